"""What is written can be read again, exactly: random scores, and the real ones of the data folder."""

import random
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from score_strategies import performances, written_scores

from hexachord.score.json_format import read_json, write_json
from hexachord.score.midi import load_midi, read_midi, write_midi
from hexachord.score.model import Note, Part, Score
from hexachord.score.musicxml_read import load_musicxml, read_musicxml
from hexachord.score.musicxml_write import musicxml_text
from hexachord.score.notated import notated
from hexachord.score.notes import merge_ties

RELAXED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def differences(left: Score, right: Score) -> list[str]:
    """Names of the fields in which two scores differ, warnings and provenance aside."""
    skipped = ("warnings", "provenance", "parts")
    found = [item.name for item in fields(Score) if item.name not in skipped and getattr(left, item.name) != getattr(right, item.name)]
    if len(left.parts) != len(right.parts):
        return [*found, "number of parts"]
    for index, (one, other) in enumerate(zip(left.parts, right.parts, strict=True)):
        found += [f"parts[{index}].{item.name}" for item in fields(Part) if getattr(one, item.name) != getattr(other, item.name)]
    return found


def sounding(part: Part) -> list[tuple[int, int, int, int | None, int, int]]:
    return sorted((n.onset, n.duration, n.pitch, n.velocity or 0, n.voice, n.staff) for n in merge_ties(part.notes) if not n.grace)


@RELAXED
@given(written_scores())
def test_musicxml_gives_back_every_part_of_a_score(score: Score) -> None:
    text = musicxml_text(score).text
    again = read_musicxml(text)
    assert differences(notated(score), again) == []
    assert musicxml_text(again).text == text  # written twice, the bytes are the same


@RELAXED
@given(written_scores())
def test_completing_a_score_changes_no_sound_and_only_once(score: Score) -> None:
    complete = notated(score)
    for before, after in zip(score.parts, complete.parts, strict=True):
        # Ties between unisons may pair differently, so unisons of one voice are left to the exact test above.
        keys = [(note.onset, note.pitch, note.voice, note.staff) for note in before.notes]
        spans = [(note.pitch, note.voice, note.staff) for note in before.notes if not note.grace]
        if len(set(keys)) == len(keys) and len(set(spans)) == len(spans):
            assert sounding(before) == sounding(after)
    assert notated(complete) == complete


@RELAXED
@given(performances())
def test_midi_gives_back_every_event_of_a_performance(score: Score) -> None:
    again = read_midi(write_midi(score).data)
    assert [sorted(part.notes) for part in again.parts] == [sorted(part.notes) for part in score.parts]
    plain = replace(again, parts=tuple(replace(part, notes=()) for part in again.parts))
    assert differences(plain, replace(score, parts=tuple(replace(part, notes=()) for part in score.parts))) == []


@RELAXED
@given(written_scores())
def test_json_gives_back_the_same_score(score: Score) -> None:
    assert read_json(write_json(score)) == score
    assert read_json(write_json(notated(score))) == notated(score)


def test_a_performance_gets_through_musicxml_too() -> None:
    notes = tuple(Note(37 * index, 61, 60 + index % 5, 64) for index in range(40))
    score = Score(parts=(Part(notes=notes),), ticks_per_quarter=480)
    written = musicxml_text(score)
    assert [line.split(":")[0] for line in written.warnings] == ["durations that no note value fits, drawn as the nearest (quantise first)"]
    again = read_musicxml(written.text)
    assert again.ticks_per_quarter == 480
    assert sounding(again.parts[0]) == sounding(score.parts[0])


# --- the real scores -------------------------------------------------------------------------------------------------------------------


def check_score_file(path: Path) -> int:
    score = load_musicxml(path)
    text = musicxml_text(score).text
    again = read_musicxml(text)
    complete = notated(score)
    assert [part.notes for part in complete.parts] == [part.notes for part in score.parts], path
    assert differences(complete, again) == [], path
    assert musicxml_text(again).text == text, path
    return score.note_count


def check_midi_file(path: Path) -> int:
    score = load_midi(path)
    assert differences(score, read_midi(write_midi(score).data)) == [], path
    return score.note_count


def score_files(data_dir: Path, name: str) -> list[Path]:
    files = sorted((data_dir / "train" / name).rglob("*.mxl"))
    if not files:
        pytest.skip(f"no train/{name} in HEXACHORD_DATA")
    return files


@pytest.mark.data
def test_a_sample_of_real_scores_survives(data_dir: Path) -> None:
    for name, count in (("openewld", 12), ("musetrainer", 2), ("openscore_lieder", 4)):
        files = score_files(data_dir, name)
        assert sum(check_score_file(path) for path in random.Random(7).sample(files, count)) > 500


@pytest.mark.data
def test_ten_performed_songs_survive(data_dir: Path) -> None:
    files = sorted((data_dir / "train" / "pop909").glob("*/*.mid"))
    if not files:
        pytest.skip("no train/pop909 in HEXACHORD_DATA")
    assert sum(check_midi_file(path) for path in files[:10]) > 5000


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "count", "least"), [("openewld", 452, 50_000), ("openscore_lieder", 200, 150_000), ("musetrainer", 69, 90_000)]
)
def test_the_corpora_survive(data_dir: Path, name: str, count: int, least: int) -> None:
    files = score_files(data_dir, name)
    assert sum(check_score_file(path) for path in random.Random(0).sample(files, min(count, len(files)))) > least


@pytest.mark.slow
@pytest.mark.data
def test_fifty_performed_songs_survive(data_dir: Path) -> None:
    files = sorted((data_dir / "train" / "pop909").glob("*/*.mid"))[:50]
    if not files:
        pytest.skip("no train/pop909 in HEXACHORD_DATA")
    assert sum(check_midi_file(path) for path in files) > 50_000
