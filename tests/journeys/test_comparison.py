"""What was heard beside what is written."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.journeys.comparison import Comparison, compare, comparison_document, load_comparison
from hexachord.journeys.truth import written_knowledge
from hexachord.knowledge.model import F0, Beats, Key, Knowledge, Metre, Notes, Segments, Tempo, TempoHypothesis
from hexachord.score.builtin import BUILTIN_NAMES, builtin_score
from hexachord.score.edit import transposed
from hexachord.score.formats import load_score
from hexachord.score.model import Lyric, Note, Part, Score


@pytest.fixture(scope="module")
def written() -> Knowledge:
    return written_knowledge(builtin_score("six-small-notes"))


def sung(notes: Notes, duration_s: float) -> F0:
    """The f0 of a voice that sings exactly these notes."""
    times_s = np.arange(round(duration_s / 0.01)) * 0.01
    f0_hz = np.zeros(len(times_s))
    for onset_s, offset_s, pitch in zip(notes.onset_s, notes.offset_s, notes.pitch, strict=True):
        f0_hz[(times_s >= onset_s) & (times_s < offset_s)] = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    return F0(time_s=times_s, f0_hz=f0_hz, voicing=(f0_hz > 0).astype(float))


def moved(notes: Notes, *, by_s: float = 0.0, semitones: float = 0.0) -> Notes:
    return replace(notes, onset_s=notes.onset_s + by_s, offset_s=notes.offset_s + by_s, pitch=notes.pitch + semitones)


def test_the_truth_heard_is_all_right(written: Knowledge) -> None:
    assert written.melody_notes is not None
    heard = replace(written, melody=sung(written.melody_notes, written.duration_s))
    found = compare(heard, written)
    assert {fact.id: fact.right for fact in found.facts} == {"tempo": True, "metre": True, "key": True}
    assert {score.task for score in found.scores} == {"beats", "key", "chords", "sections", "melody", "notes"}
    assert [score for score in found.scores if score.value < 0.999] == []
    assert found.skipped == {}


def test_every_error_lowers_its_own_score_and_no_other(written: Knowledge) -> None:
    assert written.notes is not None
    assert written.beats is not None
    assert written.chords is not None
    right = compare(written, written)
    wrong_roots = replace(written.chords, label=tuple("F#:min" for _ in written.chords.label))
    half = Beats(time_s=written.beats.time_s[::2], position=written.beats.position[::2])
    cases = {
        ("notes", "onset F"): replace(written, notes=moved(written.notes, semitones=1)),
        ("chords", "major/minor"): replace(written, chords=wrong_roots),
        ("beats", "F"): replace(written, beats=half),
    }
    for (task, name), heard in cases.items():
        found = compare(heard, written)
        assert found.score(task, name) < 0.7
        others = [score for score in found.scores if score.task != task]
        assert all(score.value == right.score(score.task, score.name) for score in others)
    assert compare(cases["beats", "F"], written).score("beats", "F") == pytest.approx(2 / 3)


def test_ends_count_only_where_they_are_asked_for(written: Knowledge) -> None:
    assert written.notes is not None
    cut = replace(written.notes, offset_s=written.notes.onset_s + 0.06)
    found = compare(replace(written, notes=cut), written)
    assert found.score("notes", "onset F") == 1.0
    assert found.score("notes", "onset and end F") < 0.3


@pytest.mark.parametrize(("late_s", "right"), [(0.04, 1.0), (0.2, 0.0)])
def test_the_window_of_notes_is_fifty_milliseconds(written: Knowledge, late_s: float, right: float) -> None:
    assert written.melody_notes is not None
    melody = replace(written, notes=written.melody_notes)
    found = compare(replace(melody, notes=moved(written.melody_notes, by_s=late_s)), melody)
    assert found.score("notes", "onset F") == pytest.approx(right, abs=0.12)


@pytest.mark.parametrize(
    ("heard_bpm", "heard_key", "beats_per_bar", "expected"),
    [
        (104.9, ("G", "major"), 4, (True, True, True)),
        (208.0, ("E", "minor"), 3, (False, False, False)),
        (104.0, ("G", "major"), 3, (True, False, True)),
    ],
)
def test_facts_are_right_or_wrong(
    written: Knowledge, heard_bpm: float, heard_key: tuple[str, str], beats_per_bar: int, expected: tuple[bool, bool, bool]
) -> None:
    heard = replace(
        written,
        tempo=Tempo(hypotheses=(TempoHypothesis(bpm=heard_bpm, confidence=0.5),)),
        key=Key(tonic=heard_key[0], mode=heard_key[1]),
        metre=Metre(beats_per_bar=beats_per_bar),
    )
    found = compare(heard, written)
    assert tuple(fact.right for fact in found.facts) == expected
    assert found.score("key", "weighted") == (1.0 if heard_key[1] == "major" else 0.3)


def test_enharmonic_keys_are_one() -> None:
    heard, written = (Knowledge(duration_s=1, key=Key(tonic=tonic, mode="major")) for tonic in ("Gb", "F#"))
    assert compare(heard, written).facts[0].right


def test_what_cannot_be_compared_says_why(written: Knowledge) -> None:
    no_beats = Beats(time_s=np.empty(0), position=np.empty(0, dtype=int))
    deaf = Knowledge(duration_s=written.duration_s, beats=no_beats, skipped={"key": "it is noise"})
    found = compare(deaf, written)
    assert found.scores == found.facts == ()
    assert found.skipped["key"] == "it is noise"
    assert found.skipped["beats"] == "nothing was heard"
    assert compare(written, deaf).skipped["beats"] == "the truth does not say"
    assert math.isnan(found.score("beats", "F"))


def test_spans_without_length_are_no_spans(written: Knowledge) -> None:
    nothing = Segments(start_s=np.array([1.0]), end_s=np.array([1.0]), label=("C:maj",))
    found = compare(written, replace(written, chords=nothing, sections=nothing))
    assert {"chords", "sections"} <= found.skipped.keys()
    heard_nothing = compare(replace(written, chords=nothing), written)
    assert heard_nothing.score("chords", "major/minor") == 0.0


def test_it_survives_being_written_down(written: Knowledge, tmp_path: Path) -> None:
    found = compare(replace(written, key=None), written)
    path = tmp_path / "comparison.json"
    path.write_text(json.dumps(comparison_document(found), allow_nan=False))
    assert load_comparison(path) == found
    for text in ("{", "[]", '{"format": "hexachord-comparison", "version": 2}', '{"format": "hexachord-comparison", "version": 1}'):
        path.write_text(text)
        with pytest.raises(InputError):
            load_comparison(path)


@pytest.mark.parametrize("name", BUILTIN_NAMES)
def test_every_built_in_score_can_be_the_truth(name: str) -> None:
    written = written_knowledge(builtin_score(name))
    found = compare(written_knowledge(transposed(builtin_score(name), semitones=7)), written)
    assert found.score("beats", "F") == 1.0
    assert found.score("notes", "onset F") < 0.7


def test_the_melody_of_a_score_is_the_part_that_leads() -> None:
    def part(name: str, pitches: list[int], *, words: bool = False) -> Part:
        lyrics = (Lyric("la"),) if words else ()
        notes = tuple(Note(onset=index * 480, duration=480, pitch=pitch, lyrics=lyrics) for index, pitch in enumerate(pitches))
        return Part(name=name, notes=notes)

    low, high = [48, 50, 52], [72, 74, 76]

    def melody(*parts: Part) -> list[float] | None:
        notes = written_knowledge(Score(ticks_per_quarter=480, parts=parts)).melody_notes
        return None if notes is None else notes.pitch.tolist()

    assert melody(part("Piano", low), part("Soprano", high, words=True)) == high
    assert melody(part("Lead guitar", high), part("Bass", low)) == high
    assert melody(part("Flute", high)) == high
    assert melody(part("Violin", high), part("Cello", low)) is None
    assert melody(part("Soprano", high, words=True), part("Tenor", low, words=True)) is None


def test_repeats_are_played(tmp_path: Path) -> None:
    path = tmp_path / "twice.abc"
    path.write_text("X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:C\n|:CDEF|GABc:|\n")
    written = written_knowledge(load_score(path))
    assert written.duration_s == pytest.approx(8.0)
    assert written.notes is not None
    assert len(written.notes) == 16


def test_an_empty_comparison_is_one() -> None:
    found = compare(Knowledge(duration_s=0), Knowledge(duration_s=0), title="silence")
    assert found == Comparison(title="silence", skipped=found.skipped)
    assert set(found.skipped.values()) == {"the truth does not say"}


@pytest.mark.parametrize(("heard", "right"), [((2, 8, 3), True), ((2, 4, 0), False), ((2, 4, 2), False), ((6, 8, 2), False)])
def test_metres_agree_in_how_they_are_felt(heard: tuple[int, int, int], right: bool) -> None:
    beats, kind, parts = heard
    written = Knowledge(duration_s=9.0, metre=Metre(beats_per_bar=2, beat_type=8, beat_division=3))
    found = compare(Knowledge(duration_s=9.0, metre=Metre(beats_per_bar=beats, beat_type=kind, beat_division=parts)), written)
    assert [(fact.written, fact.right) for fact in found.facts if fact.id == "metre"] == [("6/8", right)]
