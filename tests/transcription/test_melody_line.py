from dataclasses import replace

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.knowledge import F0, Notes
from hexachord.transcription.melody_line import (
    FEATURES,
    LineOptions,
    candidates,
    describe,
    find_melody_notes,
    likeliest_chain,
    melody_line,
    melody_of_notes,
)

TUNE = np.array([72, 74, 76, 77, 79, 77, 76, 74, 72, 76, 79, 84, 83, 79, 77, 74.0])


def struck(pitch: np.ndarray, onset_s: np.ndarray, *, length_s: float = 0.45, velocity: float = 0.6) -> Notes:
    pitch, onset_s = np.asarray(pitch, dtype=float), np.asarray(onset_s, dtype=float)
    return Notes(
        onset_s=onset_s,
        offset_s=onset_s + length_s,
        pitch=pitch,
        velocity=np.full(len(pitch), velocity),
        confidence=np.full(len(pitch), 0.9),
    )


def joined(*parts: Notes) -> Notes:
    columns = ("onset_s", "offset_s", "pitch", "velocity", "confidence")
    return Notes(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}, engine="played")


def f0_of(pitch: np.ndarray, *, note_s: float = 0.5) -> F0:
    hz = np.repeat(440 * 2 ** ((np.asarray(pitch) - 69) / 12), round(note_s * 100))
    return F0(time_s=np.arange(len(hz)) * 0.01, f0_hz=hz, voicing=np.ones(len(hz)), engine="melody/salience")


NOTHING = struck(np.empty(0), np.empty(0))
BEATS = np.arange(len(TUNE)) * 0.5


def accompanied(velocity: float = 0.8) -> Notes:
    """The tune, a bass on every beat and a third chord tone between beats, both louder than it."""
    bass = struck(np.tile([41.0, 48.0], len(TUNE) // 2), BEATS, velocity=velocity)
    inner = joined(*(struck(np.full(len(TUNE), pitch), BEATS + 0.25, length_s=0.2, velocity=velocity) for pitch in (55.0, 60.0, 64.0)))
    return joined(struck(TUNE, BEATS), bass, inner)


def kept(line: Notes) -> int:
    """How many notes of the tune are in a line."""
    rows = list(zip(line.onset_s, line.pitch, strict=True))
    return sum(any(abs(on - when) < 0.05 and what == pitch for on, what in rows) for when, pitch in zip(BEATS, TUNE, strict=True))


def test_the_tune_is_found_even_where_the_predominant_pitch_dives_into_the_bass() -> None:
    wrong = TUNE.copy()
    wrong[::3] = 41.0
    line = melody_line(accompanied(), melody=f0_of(wrong), melody_notes=struck(wrong, BEATS))
    assert line.pitch.min() > 60
    assert kept(line) >= 0.6 * len(TUNE)
    agreeing = melody_line(accompanied(), melody=f0_of(TUNE), melody_notes=struck(TUNE, BEATS))
    assert kept(agreeing) >= 0.9 * len(TUNE)
    assert len(agreeing) <= 1.1 * len(TUNE)
    assert "judged-chain" in line.engine


def test_a_line_is_one_note_at_a_time_and_its_confidence_a_probability() -> None:
    line = melody_line(accompanied(), melody=f0_of(TUNE), melody_notes=struck(TUNE, BEATS))
    assert (line.offset_s[:-1] <= line.onset_s[1:]).all()
    assert (line.offset_s > line.onset_s).all()
    assert ((line.confidence >= 0) & (line.confidence <= 1)).all()


def test_what_sings_between_the_notes_is_kept() -> None:
    """The transcriber heard only the accompaniment; the predominant pitch has the tune."""
    others = joined(struck(np.full(len(TUNE), 48.0), BEATS), struck(np.full(len(TUNE), 55.0), BEATS))
    line = melody_line(others, melody=f0_of(TUNE), melody_notes=struck(TUNE, BEATS))
    assert np.isin(TUNE, line.pitch).mean() > 0.9
    assert np.median(line.pitch) > 70


def test_time_does_not_matter() -> None:
    late = accompanied()
    late = replace(late, onset_s=late.onset_s + 3, offset_s=late.offset_s + 3)
    f0 = f0_of(np.concatenate([np.zeros(6), TUNE]))
    line = melody_line(accompanied(), melody=f0_of(TUNE), melody_notes=struck(TUNE, BEATS))
    shifted = melody_line(late, melody=replace(f0, f0_hz=np.where(f0.time_s < 3, 0, f0.f0_hz)), melody_notes=struck(TUNE, BEATS + 3))
    assert shifted.pitch.tolist() == line.pitch.tolist()
    np.testing.assert_allclose(shifted.onset_s, line.onset_s + 3)


def test_nothing_gives_nothing() -> None:
    silence = F0(time_s=np.empty(0), f0_hz=np.empty(0), voicing=np.empty(0))
    assert len(melody_line(NOTHING, melody=silence, melody_notes=NOTHING)) == 0
    assert describe(candidates(NOTHING, NOTHING), silence).shape == (0, FEATURES)


def test_one_note_of_either_witness() -> None:
    silence = F0(time_s=np.zeros(1), f0_hz=np.zeros(1), voicing=np.zeros(1))
    one = struck(np.array([70.2]), np.array([0.0]))
    for notes, followed in ((one, NOTHING), (NOTHING, one), (one, one)):
        assert len(candidates(notes, followed).onset_s) == 1
        assert len(melody_line(notes, melody=silence, melody_notes=followed)) <= 1


def test_a_chain_pays_for_leaps() -> None:
    heard = candidates(struck(np.array([72, 48, 74, 76.0]), np.array([0.0, 0.5, 0.5, 1.0])), NOTHING)
    odds = np.array([1.0, 1.2, 1.0, 1.0])
    assert heard.pitch[likeliest_chain(heard, odds, LineOptions())].tolist() == [72, 74, 76]
    assert heard.pitch[likeliest_chain(heard, odds, LineOptions(leap_cost=0.0))].tolist() == [72, 48, 76]
    assert likeliest_chain(heard, -odds, LineOptions()).size == 0


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(InputError, match="judged-chain"):
        find_melody_notes(NOTHING, melody=f0_of(TUNE), melody_notes=NOTHING, engine="skyline")


def test_without_sound_a_single_line_is_itself_and_chords_lose_their_lower_notes():
    beats = np.arange(len(TUNE)) * 0.5
    line = struck(TUNE, beats)
    assert melody_of_notes(line) is line
    chords = struck(np.concatenate([TUNE, TUNE * 0 + 43, TUNE * 0 + 50]), np.concatenate([beats] * 3))
    assert np.mean(np.isin(melody_of_notes(chords).pitch, TUNE)) > 0.9
    nothing = struck(np.zeros(0), np.zeros(0))
    assert melody_of_notes(nothing) is nothing
