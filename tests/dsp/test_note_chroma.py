import numpy as np
import pytest

from hexachord.dsp.constantq import ConstantQ, cqt_magnitude
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.note_chroma import POOLED_FRAMES, fade_faint, note_activations, note_chroma, note_dictionary, pool, standardise
from hexachord.dsp.tones import tone

RATE_HZ = 22050
OPTIONS = ConstantQ(rate_hz=RATE_HZ, hop=512, bins=252, bins_per_octave=36)


def spectrum(*midi, partials=(1.0, 0.7, 0.5, 0.35, 0.25, 0.17), noise=0.0):
    sound = sum(tone(440 * 2 ** ((m - 69) / 12), rate_hz=RATE_HZ, seconds=2.0, partials=partials, gain=0.2) for m in midi)
    return cqt_magnitude((sound + noise * np.random.default_rng(0).normal(size=len(sound))).astype(np.float32), OPTIONS)


@pytest.mark.parametrize("midi", [36, 48, 57, 64, 76])
def test_a_rich_tone_is_one_note(midi):
    amount = note_activations(standardise(pool(spectrum(midi)), bins_per_octave=36), OPTIONS)
    middle = amount[len(amount) // 2]
    assert middle.argmax() == midi - 24  # the lowest bin is C1
    assert np.delete(middle, midi - 24).max() < 0.6 * middle.max()


def test_overtones_count_less_than_in_plain_chroma():
    magnitude = spectrum(48)  # its third and fifth partials are G and E
    pair, _ = note_chroma(magnitude, OPTIONS)
    both = (pair.bass + pair.treble)[len(pair.bass) // 2]
    assert both.argmax() == 0
    assert both[7] < 0.35 * both[0]
    assert both[4] < 0.35 * both[0]


def test_a_noise_floor_vanishes():
    clean, _ = note_chroma(spectrum(60, 64, 67), OPTIONS)
    noisy, _ = note_chroma(spectrum(60, 64, 67, noise=0.01), OPTIONS)
    middle = len(clean.treble) // 2
    assert set(np.argsort(noisy.treble[middle])[-3:]) == {0, 4, 7}
    assert np.median(noisy.treble[middle]) < 0.2 * noisy.treble[middle].max()


def test_bass_and_treble_are_told_apart():
    low, _ = note_chroma(spectrum(38), OPTIONS)
    high, _ = note_chroma(spectrum(74), OPTIONS)
    assert low.bass.sum() > 2 * low.treble.sum()
    assert high.treble.sum() > 5 * high.bass.sum()


def test_the_level_does_not_matter():
    magnitude = spectrum(60, 64, 67)
    one, _ = note_chroma(magnitude, OPTIONS)
    other, _ = note_chroma(1e-3 * magnitude, OPTIONS)
    assert np.allclose(one.treble, other.treble, rtol=1e-3, atol=1e-4)


def test_silence_and_nothing():
    pair, level = note_chroma(np.zeros((10, 252), dtype=np.float32), OPTIONS)
    gain = fade_faint(level)
    assert np.isfinite(pair.bass).all()
    assert not gain.any()
    empty, level = note_chroma(np.zeros((0, 252), dtype=np.float32), OPTIONS)
    assert empty.bass.shape == (0, 12)
    assert len(fade_faint(level)) == 0


def test_faint_passages_fade_out():
    gain = fade_faint(np.array([1.0] * 8 + [0.1, 1e-4]))
    assert gain[0] > 0.99
    assert gain[8] > 0.9
    assert gain[9] < 0.01


def test_templates_have_unit_length():
    notes = note_dictionary(252, 36)
    assert notes.shape == (84, 252)
    assert np.allclose(np.linalg.norm(notes, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("samples", [0, 1, 5000, 100_000])
def test_the_front_end_has_it_on_its_own_grid(samples):
    signal = np.random.default_rng(0).normal(size=samples).astype(np.float32)
    front = FrontEnd(signal, rate_hz=RATE_HZ)
    pair = front.note_chroma
    assert pair.bass.shape == pair.treble.shape == (front.frames, 12)
    assert pair.bass.dtype == np.float32
    if front.frames >= POOLED_FRAMES:
        assert (pair.treble[0] == pair.treble[POOLED_FRAMES - 1]).all()
