"""Lead sheets and piano pages: what goes in as a performance comes out as the score it was."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.knowledge import Beats, Key, Metre, Notes, Segments
from hexachord.score.builtin import builtin_score
from hexachord.score.model import Note, Score
from hexachord.score.notes import merge_ties, note_array
from hexachord.score.timing import bar_duration, tempo_map_of
from hexachord.score.values import plain_value
from hexachord.theory.chord_names import respell_chord
from hexachord.transcription.notation import lead_sheet, piano_reduction
from hexachord.transcription.notation.hands import split_hands


def perform(score: Score, *, part: int = 0, seed: int = 0, quarter_s: float = 0.625, jitter_s: float = 0.02) -> tuple[Notes, Beats, Metre]:
    """Play a score of one metre with a wandering tempo and uneven fingers."""
    rng = np.random.default_rng(seed)
    mark = score.metres[0]
    unit = 4 * score.ticks_per_quarter // mark.beat_type
    count = score.end_tick // unit + mark.beats
    period = quarter_s * unit / score.ticks_per_quarter * np.exp(0.08 * np.sin(np.arange(count) / 7 + seed))
    beat_s = np.concatenate([[0.0], np.cumsum(period)])
    notes = [note for note in merge_ties(score.parts[part].notes) if not note.grace]

    def played(ticks: list[int]) -> np.ndarray:
        return np.interp(np.array(ticks) / unit, np.arange(count + 1), beat_s) + rng.uniform(-jitter_s, jitter_s, len(ticks))

    onset = np.maximum(0.0, played([note.onset for note in notes]))
    offset = np.maximum(onset + 0.04, played([note.onset + int(0.92 * note.duration) for note in notes]))
    order = np.argsort(onset, kind="stable")
    pitch = np.array([float(note.pitch) for note in notes])
    short = bar_duration(mark, ticks_per_quarter=score.ticks_per_quarter) - (score.bars[0].duration if score.bars else 0)
    position = (np.arange(count + 1) + max(0, short) // unit) % mark.beats + 1
    heard = Notes(onset_s=onset[order], offset_s=offset[order], pitch=pitch[order], velocity=np.full(len(order), 0.6))
    return heard, Beats(time_s=beat_s, position=position), Metre(beats_per_bar=mark.beats, beat_type=mark.beat_type)


def agreement(score: Score, page: Score) -> dict[str, float]:
    """Shares of the score's notes that are on their tick, and of those the shares with the right name, hand and length."""
    written = {(note.onset, note.pitch): note for note in merge_ties(page.parts[0].notes)}
    right = Counter[str]()
    for note in {(note.onset, note.pitch): note for note in merge_ties(score.parts[0].notes) if not note.grace}.values():
        onset, duration = (ticks * 10080 // score.ticks_per_quarter for ticks in (note.onset, note.duration))
        right["notes"] += 1
        found = written.get((onset, note.pitch))
        if found is not None:
            right["onset"] += 1
            right["hand"] += found.staff == note.staff
            right["length"] += found.duration == duration
            right["spelling"] += note.spelling is None or (found.spelling or note.spelling)[:2] == note.spelling[:2]
    shares = {name: right[name] / max(1, right["onset"]) for name in ("hand", "length", "spelling")}
    return {"onset": right["onset"] / right["notes"], **shares}


@pytest.mark.parametrize("seed", range(3))
def test_the_invention_comes_back(seed: int) -> None:
    score = builtin_score("bach-invention-4")
    notes, beats, metre = perform(score, seed=seed, quarter_s=0.9)
    page = piano_reduction(notes, beats=beats, metre=metre, key=Key(tonic="D", mode="minor"))
    shares = agreement(score, page)
    assert shares["onset"] >= 0.99
    assert shares["spelling"] >= 0.99
    assert shares["hand"] >= 0.97
    assert shares["length"] >= 0.93
    assert page.keys[0][1:] == (-1, "minor")
    assert page.metres[0][1:3] == (3, 8)


def test_the_clock_of_the_page_is_that_of_the_recording() -> None:
    notes, beats, metre = perform(builtin_score("bach-invention-4"), quarter_s=0.9, jitter_s=0.0)
    page = piano_reduction(notes, beats=beats, metre=metre)
    written = note_array(page)
    by_pitch = [(written["onset_s"][written["pitch"] == pitch]) for pitch in notes.pitch.astype(int)]
    errors = [np.abs(times - onset).min() for times, onset in zip(by_pitch, notes.onset_s, strict=True)]
    assert max(errors) < 0.03


def test_a_melody_becomes_a_lead_sheet() -> None:
    score = builtin_score("six-small-notes")
    notes, beats, metre = perform(score, quarter_s=60 / 104)
    chords = Segments(start_s=beats.time_s[[0, 4, 8]], end_s=beats.time_s[[4, 8, 96]], label=("E:min7", "A#:maj/3", "N"))
    page = lead_sheet(notes, beats=beats, metre=metre, key=Key(tonic="G", mode="major"), chords=chords, title="Song")
    shares = agreement(score, page)
    assert shares["onset"] >= 0.98
    assert shares["length"] >= 0.8  # what is held for effect or cut for breath is written plainly
    assert [(chord.tick, chord.label, chord.end) for chord in page.chords] == [(0, "E:min7", 40320), (40320, "Bb:maj/3", 80640)]
    assert page.parts[0].staves == 1
    assert len(page.bars) == 24


def _readable(note: Note) -> bool:
    value = plain_value(note.duration, 10080)
    return (value is not None and value.dots <= 1) or note.duration * 6 % 10080 == 0


@pytest.mark.parametrize("seed", range(4))
def test_any_notes_give_a_readable_page(seed: int) -> None:
    rng = np.random.default_rng(seed)
    onset = np.sort(rng.uniform(0.0, 30.0, 300))
    notes = Notes(
        onset_s=onset,
        offset_s=onset + rng.exponential(0.5, 300) + 0.03,
        pitch=rng.integers(21, 108, 300) + 0.0,
        velocity=np.full(300, np.nan),
    )
    beats = Beats(time_s=0.3 + np.cumsum(rng.uniform(0.45, 0.55, 60)), position=np.zeros(60, int))
    page = piano_reduction(notes, beats=beats, metre=Metre(beats_per_bar=4))
    assert all(_readable(note) for note in page.parts[0].notes)
    bars = {bar.tick: bar.end for bar in page.bars}
    starts = np.array(sorted(bars))
    for note in page.parts[0].notes:
        assert note.end <= bars[int(starts[np.searchsorted(starts, note.onset, side="right") - 1])]
    for staff, voices in ((1, {1, 2}), (2, {5, 6})):
        assert {note.voice for note in page.parts[0].notes if note.staff == staff} <= voices
    assert float(tempo_map_of(page).seconds(page.end_tick)) >= onset[-1]


def test_no_notes_give_empty_bars() -> None:
    none = Notes(onset_s=np.zeros(0), offset_s=np.zeros(0), pitch=np.zeros(0), velocity=np.zeros(0))
    beats = Beats(time_s=np.arange(8) * 0.5, position=np.arange(8) % 4 + 1)
    for write in (lead_sheet, piano_reduction):
        page = write(none, beats=beats, metre=Metre(beats_per_bar=4))
        assert page.note_count == 0
        assert len(page.bars) == 1


@pytest.mark.parametrize(("thirds", "metre"), [((0, 1, 2), (6, 8)), ((0, 2), (2, 4)), ((0, 1.5), (2, 4))])
def test_beats_that_divide_in_three_are_dotted_but_swing_is_not(thirds: tuple[float, ...], metre: tuple[int, int]) -> None:
    onset = np.array([(beat + third / 3) * 0.7 for beat in range(24) for third in thirds])
    notes = Notes(onset_s=onset, offset_s=onset + 0.2, pitch=60.0 + np.arange(len(onset)) % 12, velocity=np.full(len(onset), 0.5))
    beats = Beats(time_s=np.arange(25) * 0.7, position=np.arange(25) % 2 + 1)
    page = lead_sheet(notes, beats=beats, metre=Metre(beats_per_bar=2))
    assert page.metres[0][1:3] == metre


def test_hands_stay_apart_where_they_are_apart() -> None:
    onset = np.repeat(np.arange(8), 4)
    pitch = np.tile([40, 47, 67, 76], 8)
    assert split_hands(onset, onset + 1, pitch).tolist() == [2, 2, 1, 1] * 8


def test_chord_roots_follow_the_key() -> None:
    assert [respell_chord("D#:maj7/5", fifths=fifths) for fifths in (-3, 4)] == ["Eb:maj7/5", "D#:maj7/5"]
    assert respell_chord("G#/3", fifths=-1) == "Ab/3"


@pytest.mark.data
@pytest.mark.slow
def test_piano_scores_come_back(data_dir: Path) -> None:
    from hexachord.score.musicxml_read import load_musicxml
    from hexachord.theory.keys import MAJOR_TONICS, key_fifths

    tonics = {key_fifths(tonic, "major"): tonic for tonic in MAJOR_TONICS}
    rows = []
    for path in sorted((data_dir / "train" / "musetrainer").glob("*.mxl")):
        score = load_musicxml(path)
        plain = (
            len(score.metres) == 1
            and len(score.parts) == 1
            and score.parts[0].staves == 2
            and score.keys
            and score.keys[0].fifths in tonics
        )
        full = {bar.duration for bar in score.bars[1:-1]}
        if not plain or full != {bar_duration(score.metres[0], ticks_per_quarter=score.ticks_per_quarter)}:
            continue
        notes, beats, metre = perform(score)
        key = Key(tonic=tonics[score.keys[0].fifths], mode="major")
        rows.append(agreement(score, piano_reduction(notes, beats=beats, metre=metre, key=key, compound=False)))
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    assert len(rows) >= 25
    assert mean["onset"] >= 0.96, mean
    assert mean["spelling"] >= 0.97, mean
    assert mean["hand"] >= 0.91, mean
    assert mean["length"] >= 0.85, mean


@pytest.mark.data
def test_pop_songs_keep_their_clock(data_dir: Path) -> None:
    from hexachord.score.formats import load_score

    for number in ("002", "050", "101"):
        folder = data_dir / "train" / "pop909" / number
        if not folder.is_dir():
            continue
        score = load_score(folder / f"{number}.mid")
        melody = next(part for part in score.parts if part.name == "MELODY")
        played = note_array(replace(score, parts=(melody,)))
        rows = np.loadtxt(folder / "beat_midi.txt")
        position = np.where(rows[:, 2] > 0, 1, 0)
        for index in range(1, len(position)):
            position[index] = position[index] or (position[index - 1] + 1 if position[index - 1] else 0)
        onset_s = played["onset_s"]
        notes = Notes(
            onset_s=onset_s, offset_s=onset_s + played["duration_s"], pitch=played["pitch"] + 0.0, velocity=np.full(len(played), 0.5)
        )
        metre = Metre(beats_per_bar=int(np.bincount(position).argmax()) if position.max() < 4 else 4)
        page = note_array(lead_sheet(notes, beats=Beats(time_s=rows[:, 0], position=position), metre=metre))
        errors = np.array(
            [np.abs(page["onset_s"][page["pitch"] == p] - t).min(initial=9.0) for t, p in zip(onset_s, played["pitch"], strict=True)]
        )
        assert np.mean(errors < 0.06) >= 0.97, number
