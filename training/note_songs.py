"""What the note transcriber learns from: rendered songs near A = 440 Hz with all their pitched notes, and single tones of instruments."""

from dataclasses import dataclass, replace

import numpy as np
from songs import Song

from hexachord.rendering.instruments import Instruments
from hexachord.synthesis.model import Stroke, Track
from hexachord.synthesis.player import render_tracks
from hexachord.transcription.activations import HOP, LOWEST_PITCH, PITCHES, RATE_HZ, activate, note_spectrum
from hexachord.transcription.onset_features import Candidates, find_candidates

TONE_S = 2.5
LEAD_S = 1.0
_FEWEST = 20  # notes
_MOST_CENTS = 30.0  # the transcriber's pitches are those of a piano
_TOGETHER_S = 0.03
_LATE_S = 0.012  # a candidate shows so long after its note
TOLERANCE_S = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class NoteSong:
    """A song as the trainer sees it; rows of `notes` are (onset_s, offset_s, pitch, velocity in 0 .. 1)."""

    kind: str
    signal: np.ndarray
    notes: np.ndarray
    is_piano: bool


SeenSong = tuple[NoteSong, Candidates, np.ndarray]
"""A song without its signal, the candidates in it, and the row of the note that each of them is, or -1."""


def notes_of(song: Song) -> NoteSong | None:
    """Describe a song; None if it has hardly any notes, or stands between the keys."""
    truth, presence = song.take.truth, song.take.presence
    if truth.notes is None or len(truth.notes) < _FEWEST or truth.tuning is None or abs(truth.tuning.cents) > _MOST_CENTS:
        return None
    if presence is None or not np.any(song.signal):
        return None
    notes = truth.notes
    rows = np.stack([notes.onset_s, notes.offset_s, notes.pitch, notes.velocity], axis=1)
    rows = rows[(rows[:, 2] >= LOWEST_PITCH) & (rows[:, 2] < LOWEST_PITCH + PITCHES)]
    return NoteSong(kind=song.kind, signal=song.signal, notes=undoubled(rows), is_piano=set(presence.family) == {"piano"})


def see(song: NoteSong, templates: np.ndarray) -> Candidates:
    spectrum = note_spectrum(song.signal)
    flat = templates.reshape(-1, templates.shape[-1]).astype(np.float32)
    return find_candidates(spectrum, activate(spectrum, flat).reshape(len(spectrum), PITCHES, -1), song.signal)


def seen(song: Song, *, templates: np.ndarray) -> SeenSong | None:
    """Look at a song: its notes, the candidates in it, and which note each candidate is."""
    described = notes_of(song)
    if described is None:
        return None
    found = see(described, templates)
    return replace(described, signal=np.zeros(0, np.float32)), found, label(found, described.notes)


def label(found: Candidates, notes: np.ndarray) -> np.ndarray:
    """Row of the note each candidate is, or -1; each note has one candidate at most."""
    time_s = found.frame * (HOP / RATE_HZ)
    truth = np.full(len(time_s), -1)
    for number, (onset, _, pitch, _) in enumerate(notes):
        near = np.flatnonzero((found.pitch_index == pitch - LOWEST_PITCH) & (np.abs(time_s - onset - _LATE_S) <= TOLERANCE_S) & (truth < 0))
        if len(near):
            truth[near[np.abs(time_s[near] - onset - _LATE_S).argmin()]] = number
    return truth


def undoubled(notes: np.ndarray) -> np.ndarray:
    """One note where several instruments strike the same pitch within 30 ms."""
    last: dict[int, float] = {}
    kept = []
    for row in notes[np.argsort(notes[:, 0], kind="stable")]:
        if row[0] - last.get(int(row[2]), -1.0) >= _TOGETHER_S:
            last[int(row[2])] = row[0]
            kept.append(row)
    return np.array(kept).reshape(-1, 4)


def tones(instruments: Instruments, origin: str, program: int, *, velocity: int = 80) -> np.ndarray:
    """Play every pitch of an instrument, one after the other: mono at the transcriber's rate; tone n begins at ``LEAD_S + n * TONE_S``."""
    strokes = tuple(Stroke(LEAD_S + n * TONE_S, LEAD_S + (n + 0.6) * TONE_S, LOWEST_PITCH + n, velocity) for n in range(PITCHES))
    player = instruments.bank(origin).instrument(program=program)
    sound = np.zeros(round((LEAD_S + TONE_S * PITCHES + 2.0) * RATE_HZ), dtype=np.float32)
    for block in render_tracks([Track(program=program, strokes=strokes)], [player], rate_hz=RATE_HZ, tail_s=1.0):
        first = round(block.start_s * RATE_HZ)
        count = max(0, min(block.dry.shape[2], len(sound) - first))
        sound[first : first + count] = block.dry[0, :, :count].mean(axis=0)
    return sound
