"""The engine ``notes/nmf``, and the textbook's templates, on cases small enough to be counted by hand."""

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Events
from hexachord.transcription.nmf import harmonic_templates, notes_from_nmf, notes_of_activations, pitch_activations, with_onset_templates
from hexachord.transcription.notes import transcribe_notes
from hexachord.transcription.options import TranscriptionOptions

RATE_HZ = 22050


def tones(*notes, seconds=4.0):
    """Struck tones of eight partials: (onset_s, pitch, level)."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(time_s))
    for onset_s, pitch, level in notes:
        since_s = time_s - onset_s
        f0_hz = 440 * 2 ** ((pitch - 69) / 12)
        tone = sum(np.sin(2 * np.pi * f0_hz * m * since_s) / m**1.5 for m in range(1, 9))
        sound += level * np.where(since_s >= 0, np.exp(-2.5 * np.maximum(since_s, 0)) * tone, 0.0)
    return FrontEnd(sound.astype(np.float32))


def test_which_entries_of_a_template_are_zero():
    """A4 in bins of 10 Hz with five per cent to either side: partials from 418 to 462, 836 to 924, 1254 to 1386 Hz."""
    made = harmonic_templates(np.array([69.0]), np.arange(0, 1401, 10.0))[0]
    expected = np.zeros(141)
    expected[41:47], expected[83:93], expected[125:139] = 1.0, 1 / 2, 1 / 3
    np.testing.assert_allclose(made, expected)


def test_a_template_reaches_the_last_bin_but_not_beyond():
    made = harmonic_templates(np.array([69.0, 100.0]), np.array([0.0, 200.0, 430.0]), tolerance=0.1)
    assert made.tolist() == [[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]]
    assert harmonic_templates(np.array([69.0]), np.zeros(0)).shape == (1, 0)


def test_a_band_is_as_wide_as_the_analysis_resolves():
    narrow = harmonic_templates(np.array([33.0]), np.arange(0, 120, 5.0), tolerance=0.01)[0]
    wide = harmonic_templates(np.array([33.0]), np.arange(0, 120, 5.0), tolerance=0.01, spread_hz=8.0)[0]
    assert np.flatnonzero(narrow).tolist() == [10, 11, 21, 22]
    assert np.flatnonzero(wide).tolist() == [9, 10, 11, 12, 20, 21, 22, 23]


def test_templates_of_the_attack_come_first():
    both = with_onset_templates(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), level=0.2)
    assert both[0::2].tolist() == [[0.2] * 3] * 2
    assert both[1::2].tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]


def test_a_chord_and_a_repeated_note_are_heard():
    notes = transcribe_notes(tones((0.5, 60, 0.3), (0.5, 65, 0.2), (1.5, 69, 0.25), (2.5, 69, 0.25)), engine="nmf")
    assert notes.engine == "notes/nmf"
    heard = np.isin(notes.pitch, [60, 65, 69])
    assert notes.pitch[heard].tolist() == [60.0, 65.0, 69.0, 69.0]
    assert (~heard).sum() <= 1  # an octave
    np.testing.assert_allclose(notes.onset_s[heard], [0.5, 0.5, 1.5, 2.5], atol=0.04)
    assert notes.velocity[heard][0] > notes.velocity[heard][1]
    assert notes.offset_s[heard][2] <= notes.onset_s[heard][3] + 0.03


def test_octaves_are_told_apart():
    activation = pitch_activations(tones((0.5, 48, 0.3), seconds=2.0).signal)
    assert activation[40:60].sum(axis=0).argmax() == 48 - 21


def test_stretches_leave_no_seam():
    struck = [(at, pitch, 0.3) for at, pitch in ((28.0, 60), (29.5, 64), (30.15, 67), (31.0, 72))]
    notes = notes_from_nmf(tones(*struck, seconds=34.0))
    for at, pitch, _ in struck:
        heard = (notes.pitch == pitch) & (notes.confidence > 0.7)
        assert notes.onset_s[heard] == pytest.approx([at], abs=0.04)


def test_threshold_and_onsets_count():
    frontend = tones((0.5, 60, 0.3), (1.5, 72, 0.04))
    few = notes_from_nmf(frontend, options=TranscriptionOptions(threshold=0.8))
    many = notes_from_nmf(frontend, options=TranscriptionOptions(threshold=0.3))
    assert len(few) < len(many)
    onsets = Events(time_s=np.array([0.52, 3.0]), confidence=np.ones(2))
    assert notes_from_nmf(frontend, onsets=onsets, options=TranscriptionOptions(onset_reach_s=0.1)).onset_s[0] == 0.52


def test_activations_by_hand():
    activation = np.zeros((60, 4))
    activation[10:30, 0] = np.linspace(1.0, 0.01, 20)
    activation[20:35, 1], activation[35:60, 1] = 0.5, 1.0
    activation[:, 2] = 0.05
    activation[20:22, 3] = 0.9  # the noise of an attack
    rows = notes_of_activations(activation)
    rows = rows[rows[:, 4] > 0.5]
    assert rows[:, 2].tolist() == [0.0, 1.0, 1.0]
    np.testing.assert_allclose(rows[:, 0], [10, 20, 35], atol=1.5)
    assert rows[0, 1] == pytest.approx(29, abs=1)
    assert rows[1, 1] == rows[2, 0]
    assert rows[2, 1] == 60
    assert notes_of_activations(np.zeros((5, 3))).shape == (0, 5)
