"""The pitch of notes between the keys, and how it moves."""

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.pitch_spectrum import RATE_HZ
from hexachord.dsp.tones import tone
from hexachord.dsp.tuning import Tuning
from hexachord.knowledge import Notes
from hexachord.models.networks import network_path
from hexachord.transcription.network import ANY, notes_from_network, notes_of_piano
from hexachord.transcription.note_pitch import notes_at_pitch, notes_at_tuning, pitch_courses

PARTIALS = tuple(0.7**h for h in range(10))


def notes(*rows: tuple[float, float, float]) -> Notes:
    """Notes of (key, onset, offset)."""
    key, onset_s, offset_s = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return Notes(onset_s=onset_s, offset_s=offset_s, pitch=key, velocity=np.full(len(key), 0.6))


def sound(*rows: tuple[float, float, float], total_s: float = 2.0, away: object = 0.0) -> np.ndarray:
    """Tones of (pitch, onset, offset); `away` moves all of them, a number or one for each sample."""
    out = np.zeros(round(total_s * RATE_HZ), dtype=np.float32)
    course = np.broadcast_to(np.asarray(away, dtype=np.float64), out.shape)
    for pitch, onset_s, offset_s in rows:
        first, last = round(onset_s * RATE_HZ), round(offset_s * RATE_HZ)
        hz = 440.0 * 2.0 ** ((pitch + course[first:last] - 69.0) / 12.0)
        played = tone(hz, rate_hz=RATE_HZ, partials=PARTIALS, gain=0.2)
        out[first:last] += played * np.minimum(1.0, np.minimum(np.arange(len(played)), np.arange(len(played))[::-1]) / 200)
    return out


@pytest.mark.parametrize("cents", [-45, -20, 0, 3, 31, 48])
@pytest.mark.parametrize("key", [33, 48, 69, 93])
def test_a_tone_is_where_it_sounds(key: int, cents: int) -> None:
    found = notes_at_pitch(sound((key + cents / 100, 0.2, 1.5)), notes((key, 0.2, 1.5)))
    assert found.pitch[0] == pytest.approx(key + cents / 100, abs=0.03 if key < 40 else 0.015)


def test_each_note_of_a_chord_has_its_own() -> None:
    """A fifth and a sixth share partials; each is measured by those that it has alone."""
    away = {57: 0.15, 64: -0.2, 73: 0.1}
    found = notes_at_pitch(sound(*((key + by, 0.1, 1.8) for key, by in away.items())), notes(*((key, 0.1, 1.8) for key in away)))
    np.testing.assert_allclose(found.pitch, [key + by for key, by in away.items()], atol=0.04)


def test_neighbours_in_time_do_not_pull() -> None:
    rows = [(60.2, 0.2, 0.5), (61.9, 0.5, 0.8), (60.2, 0.8, 1.1)]
    found = notes_at_pitch(sound(*rows), notes(*((np.rint(pitch), on, off) for pitch, on, off in rows)))
    np.testing.assert_allclose(found.pitch, [60.2, 61.9, 60.2], atol=0.04)


def test_a_key_is_never_made_another() -> None:
    """Who names a note wrongly keeps the name: rounding gives it back."""
    found = notes_at_pitch(sound((69.6, 0.2, 1.5)), notes((69, 0.2, 1.5)))
    assert np.rint(found.pitch[0]) == 69


@pytest.mark.parametrize("signal", [np.zeros(RATE_HZ, np.float32), np.ones(RATE_HZ, np.float32), np.zeros(0, np.float32)])
def test_nothing_to_measure_stays_whole(signal: np.ndarray) -> None:
    one = notes((60, 0.1, 0.9))
    assert notes_at_pitch(signal, one).pitch.tolist() == [60.0]
    assert len(pitch_courses(signal, one).of(0)[0]) == 0
    assert len(notes_at_pitch(signal, notes())) == 0


def test_vibrato_is_followed_and_its_middle_is_the_pitch() -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    sway = 0.4 * np.sin(2 * np.pi * 5.5 * time_s)
    signal, one = sound((67.1, 0.2, 1.8), away=sway), notes((67, 0.2, 1.8))
    assert notes_at_pitch(signal, one).pitch[0] == pytest.approx(67.1, abs=0.06)
    when, pitch = pitch_courses(signal, one).of(0)
    inner = (when > 0.3) & (when < 1.7)
    assert np.abs(pitch - 67.1 - 0.4 * np.sin(2 * np.pi * 5.5 * when))[inner].max() < 0.15
    assert np.ptp(pitch[inner]) > 0.6


def test_a_scoop_is_heard_and_does_not_move_the_note() -> None:
    time_s = np.arange(2 * RATE_HZ) / RATE_HZ
    scoop = -0.7 * np.clip(1 - (time_s - 0.2) / 0.25, 0, 1)
    signal, one = sound((60, 0.2, 1.8), away=scoop), notes((60, 0.2, 1.8))
    assert notes_at_pitch(signal, one).pitch[0] == pytest.approx(60.0, abs=0.02)
    when, pitch = pitch_courses(signal, one).of(0)
    assert np.interp(0.25, when, pitch) == pytest.approx(59.44, abs=0.12)
    assert np.interp(1.0, when, pitch) == pytest.approx(60.0, abs=0.02)


def test_what_stands_still_is_one_point() -> None:
    courses = pitch_courses(sound((60.2, 0.2, 1.0), (72.0, 1.1, 1.9)), notes((60, 0.2, 1.0), (72, 1.1, 1.9)))
    assert np.diff(courses.start).tolist() == [1, 1]
    np.testing.assert_allclose(courses.pitch, [60.2, 72.0], atol=0.02)


def test_a_long_recording_is_measured_as_its_parts_are() -> None:
    once, rows = sound((60.2, 0.2, 1.0), (66.7, 1.1, 1.9)), [(60, 0.2, 1.0), (67, 1.1, 1.9)]
    shift_s = 12.0 * 2048 / RATE_HZ
    lead = np.zeros(12 * 2048, dtype=np.float32)
    late = notes_at_pitch(np.concatenate([lead, once]), notes(*((key, on + shift_s, off + shift_s) for key, on, off in rows)))
    np.testing.assert_allclose(late.pitch, notes_at_pitch(once, notes(*rows)).pitch, atol=1e-3)


def test_an_instrument_of_fixed_keys_is_as_far_away_as_all_of_it() -> None:
    found = notes_at_tuning(notes((60, 0, 1), (64, 0, 1)), Tuning(-12.0, 0.8))
    np.testing.assert_allclose(found.pitch, [59.88, 63.88])
    assert notes_at_tuning(found, Tuning(30.0, 0.01)).pitch.tolist() == found.pitch.tolist()


@pytest.mark.skipif(network_path(ANY.network) is None, reason="the network is not in this installation")
def test_the_network_says_where_notes_sound() -> None:
    rows = [(60.14, 0.3, 0.8), (64.14, 0.9, 1.4), (67.14, 1.5, 1.9)]
    decay = np.exp(-2.0 * np.arange(2 * RATE_HZ) / RATE_HZ).astype(np.float32)
    frontend = FrontEnd(sound(*rows) * decay)
    for listen in (notes_from_network, notes_of_piano):
        heard = listen(frontend)
        named = heard.pitch[np.isin(np.rint(heard.pitch), [60, 64, 67])]
        assert len(named) >= 3
        np.testing.assert_allclose(named - np.rint(named), 0.14, atol=0.03)
