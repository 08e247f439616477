"""Small songs for piano as MIDI files: broken chords under a tune, other ones for every seed."""

from pathlib import Path

import numpy as np

from hexachord.score.formats import save_score
from hexachord.score.model import MetreMark, Note, Part, Score, SectionMark, TempoMark

TICKS = 480
_ROOTS = (48, 45, 41, 43)


def song_notes(seed: int, *, bars: int = 12) -> list[Note]:
    """Notes of bars of 4/4: chords that go round, in eighths, and a tune over them."""
    random = np.random.default_rng(seed)
    order, shift = random.permutation(4), int(random.integers(-3, 4))
    scale = np.array([0, 2, 4, 5, 7, 9, 11])
    notes = []
    for bar in range(bars):
        root = _ROOTS[order[bar % 4]] + shift
        for step in range(8):
            tone = root + (0, 7, 12, 16, 12, 7, 12, 16)[step]
            notes.append(Note((bar * 8 + step) * TICKS // 2, TICKS // 2, tone, 50 + 4 * (step % 4)))
        at = 0
        while at < 16:
            long = int(random.choice([2, 4, 6]))
            pitch = 72 + shift + int(scale[random.integers(7)])
            notes.append(Note(bar * 4 * TICKS + at * TICKS // 4, min(long, 16 - at) * TICKS // 4, pitch, 80))
            at += long
    return notes


def song_score(seed: int, *, bars: int = 12, bpm: float = 90.0, name: str = "Piano") -> Score:
    notes = tuple(sorted(song_notes(seed, bars=bars)))
    return Score(parts=(Part(notes=notes, name=name),), ticks_per_quarter=TICKS, tempos=(TempoMark(0, bpm),), metres=(MetreMark(0, 4, 4),))


def save_songs(folder: Path, count: int, *, bars: int = 12) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(count):
        save_score(song_score(seed, bars=bars, bpm=80.0 + 4 * seed), folder / f"song-{seed}.mid")
    return folder


def played(seed: int, *, bars: int = 24, bpm: float = 84.0) -> Score:
    """The same as somebody plays it, on a clock that says 120 and knows nothing of beats."""
    random = np.random.default_rng(seed)
    beat_s = 60.0 / bpm * np.cumprod(np.exp(random.normal(0, 0.01, bars * 4 + 1)))
    line_s = 0.37 + np.concatenate([[0.0], np.cumsum(beat_s)])
    notes = []
    for note in song_notes(seed, bars=bars):
        begin, end = (np.interp(tick / TICKS, np.arange(len(line_s)), line_s) for tick in (note.onset, note.onset + note.duration))
        late = random.normal(0, 0.006)
        notes.append(note._replace(onset=round((begin + late) * 2 * TICKS), duration=max(1, round((end - begin) * 2 * TICKS))))
    return Score(parts=(Part(notes=tuple(sorted(notes)), name="Piano"),), ticks_per_quarter=TICKS, tempos=(TempoMark(0, 120.0),))


def save_analysed(folder: Path, seed: int, *, bars: int = 12) -> Path:
    """A file as Pop1K7's ``midi_analyzed`` has them: all notes as ``piano``, the melody again, chords as markers."""
    score = song_score(seed, bars=bars)
    tune = tuple(note for note in score.parts[0].notes if note.pitch >= 68)
    marks = [SectionMark(0, "global_bpm_90")]
    marks += [SectionMark(bar * 4 * TICKS, ("C_M_C", "A_m7_G", "F_M7_F", "N_N_N")[bar % 4]) for bar in range(bars)]
    marks.append(SectionMark(0, "Boundary_0"))
    parts = (Part(notes=score.parts[0].notes, name="piano"), Part(notes=tune, name="melody"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{seed}.mid"
    save_score(Score(parts=parts, ticks_per_quarter=TICKS, tempos=score.tempos, metres=score.metres, sections=tuple(marks)), path)
    return path
