import math
from dataclasses import replace

import numpy as np
import pytest

from hexachord.journeys.facts import check_sentence, resolve_fact
from hexachord.journeys.harmony_sentences import chord_loop
from hexachord.journeys.sentences import write_sentences
from hexachord.journeys.wording import hedge
from hexachord.knowledge import (
    F0,
    Beats,
    Descriptor,
    Drums,
    Groove,
    Key,
    Knowledge,
    Loudness,
    Metre,
    Notes,
    Segments,
    Sentence,
    Tempo,
    TempoHypothesis,
    Tuning,
)


def segments(labels: list[str], step_s: float = 2.0) -> Segments:
    start = np.arange(len(labels)) * step_s
    return Segments(start_s=start, end_s=start + step_s, label=tuple(labels), confidence=np.full(len(labels), 0.7))


@pytest.fixture
def song() -> Knowledge:
    beats_s = np.arange(0, 200, 0.5)
    pitch = np.array([57.1, 60.0, 64.2, 76.0, 60.0])
    notes = Notes(onset_s=np.arange(5.0), offset_s=np.arange(5.0) + 0.5, pitch=pitch, velocity=np.full(5, 0.5))
    return Knowledge(
        duration_s=201.7,
        tempo=Tempo(hypotheses=(TempoHypothesis(bpm=119.6, confidence=0.6), TempoHypothesis(bpm=59.8, confidence=0.3))),
        beats=Beats(time_s=beats_s, position=np.arange(len(beats_s)) % 4 + 1),
        metre=Metre(beats_per_bar=4, confidence=0.9),
        tuning=Tuning(cents=9.3, confidence=0.8),
        key=Key(tonic="C#", mode="minor", confidence=0.5, alternatives=(("E major", 0.4),)),
        local_keys=Segments(start_s=np.array([0.0, 100.0]), end_s=np.array([100.0, 125.0]), label=("C# minor", "E major")),
        chords=segments(["C#:min", "A:maj", "E:maj", "B:7"] * 5 + ["N", "G:hdim7"]),
        sections=segments(["intro", "A1", "B", "A2"], 30.0),
        melody_notes=notes,
        notes=notes,
        loudness=Loudness(integrated_lufs=-9.84, range_lu=6.21, true_peak_dbtp=0.32),
        descriptors={
            "spectral_centroid": Descriptor(value=3120.4, unit="Hz"),
            "percussiveness": Descriptor(value=0.31),
            "onset_rate": Descriptor(value=3.44, unit="1/s"),
            "stereo_width": Descriptor(value=0.12),
        },
        skipped={"sections_more": "the file is longer than an hour"},
    )


def groove(stability: float = 0.0062, swing: float = 1.78, bpm: tuple[float, ...] = (119.0, 121.0)) -> Groove:
    return Groove(tempo_time_s=np.arange(len(bpm)) * 1.0, tempo_bpm=np.array(bpm), stability=stability, swing_ratio=swing)


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (groove(), "The beat is steady to 0.6 % and it swings 1.8 : 1."),
        (groove(swing=1.04), "The beat is steady to 0.6 % and its eighths are straight."),
        (groove(swing=math.nan), "The beat is steady to 0.6 %."),
        (
            groove(bpm=(96.4, 128.3)),
            "The beat is steady to 0.6 %, the tempo moves between 96 and 128 beats a minute and it swings 1.8 : 1.",
        ),
        (groove(stability=0.143), "There is no steady pulse: beats stray 14.3 % from the smoothed tempo."),
        (groove(stability=math.nan, swing=math.nan), ""),
    ],
)
def test_the_groove_in_words(song: Knowledge, found: Groove, text: str) -> None:
    known = replace(song, groove=found)
    told = [sentence for sentence in write_sentences(known) if any(path.startswith("groove") for path in sentence.facts)]
    assert [sentence.text for sentence in told] == ([text] if text else [])
    for sentence in told:
        assert check_sentence(sentence, known) == ()
        assert check_sentence(sentence, replace(known, groove=groove(0.5, 3.0, (10.0, 20.0)))) != ()


def test_what_the_user_corrected_is_said_to_be_so(song: Knowledge) -> None:
    tempo = Tempo(hypotheses=(TempoHypothesis(bpm=59.8, confidence=1.0),), engine="user")
    known = replace(song, tempo=tempo, metre=Metre(beats_per_bar=3, confidence=1.0, engine="user"))
    text = " ".join(sentence.text for sentence in write_sentences(known))
    assert "The tempo is about 60 beats a minute, as you corrected it." in text
    assert "The metre is 3/4 by your correction, counted over" in text
    for sentence in write_sentences(known):
        assert check_sentence(sentence, known) == ()


def test_a_compound_metre_says_how_it_is_felt(song: Knowledge) -> None:
    metre = Metre(beats_per_bar=2, beat_type=8, beat_division=3, confidence=0.95, division_confidence=0.95)
    known = replace(song, metre=metre)
    (told,) = [sentence for sentence in write_sentences(known) if "metre" in sentence.text]
    assert "6/8, felt in 2, counted over" in told.text
    assert check_sentence(told, known) == ()


def test_drums_are_counted(song: Knowledge) -> None:
    strokes = Drums(time_s=np.arange(3.0), label=("kick", "hihat_closed", "hihat_closed"), velocity=np.full(3, 80.0))
    known = replace(song, drums=strokes)
    text = " ".join(sentence.text for sentence in write_sentences(known))
    assert "3 drum strokes were heard, mostly the closed hi-hat." in text
    for sentence in write_sentences(known):
        assert check_sentence(sentence, known) == ()
    none = Drums(time_s=np.empty(0), label=(), velocity=np.empty(0))
    assert "No drums were heard." in [sentence.text for sentence in write_sentences(replace(song, drums=none))]


def test_every_sentence_is_true(song: Knowledge) -> None:
    sentences = write_sentences(song)
    assert len(sentences) >= 12
    for sentence in sentences:
        assert check_sentence(sentence, song) == (), sentence.text


def test_the_paragraph_says_the_main_facts(song: Knowledge) -> None:
    text = " ".join(sentence.text for sentence in write_sentences(song))
    for part in (
        "It lasts 3:22.",
        "The tempo is probably about 120 beats a minute; it could also be felt half as fast, at 60.",
        "The metre is 4/4",
        "The key is probably C# minor; the next best guess is E major.",
        "From 1:40 to 2:05 it seems to be in E major.",
        "9 cents above concert pitch",
        "C#m – A – E – B7 comes 5 times, first at 0:00",
        "A3 and E5",
        "−9.8 LUFS",
        "beyond full scale",
        "longer than an hour",
    ):
        assert part in text


@pytest.mark.parametrize(
    "change",
    [
        {"duration_s": 190.0},
        {"tempo": Tempo(hypotheses=(TempoHypothesis(bpm=91.0, confidence=0.6), TempoHypothesis(bpm=45.5, confidence=0.3)))},
        {"loudness": Loudness(integrated_lufs=-14.0, range_lu=6.21, true_peak_dbtp=0.32)},
        {"chords": segments(["C#:min", "A:maj", "E:maj", "B:7"] * 4 + ["N", "G:hdim7"])},
        {"key": None},
        {"descriptors": {}},
    ],
)
def test_the_check_catches_a_sentence_that_stopped_being_true(song: Knowledge, change: dict[str, object]) -> None:
    told = write_sentences(song)
    other = replace(song, **change)  # type: ignore[arg-type]
    assert any(check_sentence(sentence, other) for sentence in told)


def test_the_check_refuses_what_no_fact_holds() -> None:
    known = Knowledge(duration_s=61.5)
    assert check_sentence(Sentence(text="It lasts 2 minutes.", facts=("duration_s",)), known)
    assert check_sentence(Sentence(text="It reaches C5.", facts=("duration_s",)), known)
    assert check_sentence(Sentence(text="It is nice.", facts=()), known)
    assert check_sentence(Sentence(text="It is nice.", facts=("tempo.bpm",)), known)


def test_nothing_known_says_so() -> None:
    nothing = Knowledge(duration_s=0.2)
    sentences = write_sentences(nothing)
    assert [check_sentence(sentence, nothing) for sentence in sentences] == [()] * len(sentences)
    assert sentences[0].text == "It lasts 0.2 seconds."
    assert sentences[-1].text.startswith("Not known: the tempo")


def test_empty_findings_are_told_as_such() -> None:
    none = np.empty(0)
    silent = Knowledge(
        duration_s=20.0,
        tempo=Tempo(hypotheses=()),
        chords=Segments(start_s=none, end_s=none, label=()),
        sections=Segments(start_s=np.zeros(1), end_s=np.full(1, 20.0), label=("A",)),
        melody=F0(time_s=np.arange(3.0), f0_hz=np.zeros(3), voicing=np.zeros(3)),
        notes=Notes(onset_s=none, offset_s=none, pitch=none, velocity=none),
        loudness=Loudness(integrated_lufs=-math.inf, range_lu=math.nan, true_peak_dbtp=-math.inf),
    )
    sentences = write_sentences(silent)
    text = " ".join(sentence.text for sentence in sentences)
    for part in ("No steady pulse", "No chords", "No section boundary", "No melody", "No notes", "silent"):
        assert part in text
    assert [check_sentence(sentence, silent) for sentence in sentences] == [()] * len(sentences)


def test_hedges_follow_confidence() -> None:
    assert [hedge(c) for c in (1.0, 0.8, 0.79, 0.45, 0.44, 0.0)] == ["is", "is", "is probably", "is probably", "may be", "may be"]


def test_loops() -> None:
    assert chord_loop(["C", "G"] * 8) == ("C", "G")
    assert chord_loop(["C", "N"] * 8) == ()
    assert chord_loop(["C", "D", "E", "F", "G", "A"]) == ()
    assert chord_loop([]) == ()


def test_paths_that_lead_nowhere(song: Knowledge) -> None:
    for path in ("nothing", "tempo.hypotheses.7.bpm", "descriptors.loud.value", "tempo", "beats.time_s", "key._x"):
        with pytest.raises(ValueError, match="fact"):
            resolve_fact(song, path)


def test_what_was_not_found_is_not_claimed() -> None:
    silence = Knowledge(
        duration_s=12.0,
        metre=Metre(beats_per_bar=4, confidence=0.0),
        key=Key(tonic="C", mode="major", confidence=0.0),
        tuning=Tuning(cents=0.0, confidence=0.0),
    )
    sentences = write_sentences(silence)
    assert [sentence.text for sentence in sentences[1:4]] == [
        "No metre was found.",
        "No key was found: there is no tonal content.",
        "No tuning was found.",
    ]
    assert not [problem for sentence in sentences for problem in check_sentence(sentence, silence)]


def test_one_is_not_many() -> None:
    one = Notes(onset_s=np.zeros(1), offset_s=np.ones(1), pitch=np.array([60.0]), velocity=np.ones(1))
    beats = Beats(time_s=np.zeros(1), position=np.ones(1, dtype=np.int64))
    known = Knowledge(duration_s=1.0, metre=Metre(beats_per_bar=4, confidence=0.9), beats=beats, melody_notes=one, notes=one)
    text = " ".join(sentence.text for sentence in write_sentences(known))
    assert "1 beat and 1 bar begun" in text
    assert "The melody has 1 note, C4." in text
    assert "1 note was heard" in text
