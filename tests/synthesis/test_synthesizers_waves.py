"""What the synthesizers' samples are made of: pitch, band limits, seams, formants, drums."""

from itertools import pairwise

import numpy as np
import pytest

from hexachord.synthesis.model import Strike
from hexachord.synthesis.synthesizers import SYNTHESIZERS, synthesizer_bank
from hexachord.synthesis.synthesizers.drums import DRUMS, hit
from hexachord.synthesis.synthesizers.partials import band_noise, damped, looped
from hexachord.synthesis.synthesizers.sung import FORMANTS_HZ, Sung

RATE_HZ = 44100
TONES = [patch for patch in SYNTHESIZERS if patch.recipe is not None]
IN_TUNE = [patch for patch in TONES if not patch.is_detuned]
LASTING = ["Violin", "Trumpet", "Woman's Voice", "Men's Choir", "Saw Lead", "Jazz Organ", "Pipe Organ", "FM Brass", "Accordion", "Flute"]


def sample_of(name, key, *, velocity=127, **options):
    (voice,) = synthesizer_bank(name, **options).instrument(program=0).attack(Strike(key, velocity, {}, {}))
    return voice, voice.sample.read().mean(axis=0)


def loop_f0_hz(loop, near_hz):
    """The mean frequency of the strongest low harmonic of a loop, by the turns of its phase: whatever it does in between."""
    spectrum = np.fft.fft(loop)
    best = max(range(1, 5), key=lambda k: np.abs(spectrum[_around(k * near_hz, loop.size, near_hz)]).max())
    band = np.zeros(loop.size, dtype=complex)
    where = _around(best * near_hz, loop.size, near_hz)
    band[where] = spectrum[where]
    phase = np.unwrap(np.angle(np.fft.ifft(band)))
    slope = np.polyfit(np.arange(loop.size), phase, 1)[0] if loop.size < 8000 else (phase[-1] - phase[0]) / (loop.size - 1)
    return slope * RATE_HZ / (2 * np.pi * best)


def _around(hz, frames, f0_hz):
    return slice(round((hz - 0.25 * f0_hz) * frames / RATE_HZ), round((hz + 0.25 * f0_hz) * frames / RATE_HZ) + 1)


def fading_f0_hz(sound, near_hz):
    """The frequency of the strongest low partial of what dies away, by its peak."""
    frames = 1 << 19
    sound = sound[1500 : 1500 + (1 << 16)]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size), frames))
    best_hz, best = near_hz, 0.0
    for k in (1, 2):
        low, high = (round(k * near_hz * 2 ** (cents / 1200) * frames / RATE_HZ) for cents in (-50, 50))
        at = low + int(spectrum[low:high].argmax())
        a, b, c = np.log(spectrum[at - 1 : at + 2])
        if spectrum[at] > 3 * best:
            best, best_hz = float(spectrum[at]), (at + 0.5 * (a - c) / (a - 2 * b + c)) * RATE_HZ / frames / k
    return best_hz


@pytest.mark.parametrize("patch", IN_TUNE, ids=lambda patch: patch.name)
@pytest.mark.parametrize("variation", [0.0, 0.8])
def test_it_is_in_tune_within_a_cent_at_rest_and_varied(patch, variation):
    for key in (max(patch.low, 31), (patch.low + patch.high) // 2, min(patch.high, 93)):
        voice, sound = sample_of(patch.name, key, seed=4, variation=variation)
        near_hz = 440 * 2 ** ((key - 69) / 12) * 2 ** (-voice.pitch_cents / 1200)
        if voice.loop is not None:
            f0_hz = loop_f0_hz(sound[voice.loop.start : voice.loop.end], near_hz)
        else:
            f0_hz = fading_f0_hz(sound, near_hz)
        bells = patch.name in ("Tubular Bells", "Glockenspiel")  # each mode is two, so far apart that they warble
        assert abs(1200 * np.log2(f0_hz / near_hz)) < (5.0 if bells else 1.0), (key, f0_hz, near_hz)


@pytest.mark.parametrize("name", LASTING)
def test_loops_close_without_a_click(name):
    voice, sound = sample_of(name, 60)
    loop = sound[voice.loop.start : voice.loop.end]
    steps = np.abs(np.diff(np.concatenate([sound[voice.loop.start - 1 : voice.loop.start + 1], loop]) if voice.loop.start else loop))
    seam = abs(loop[0] - loop[-1])
    bend = abs((loop[1] - loop[0]) - (loop[0] - loop[-1]))
    assert seam <= 1.05 * steps.max()
    assert bend <= 1.05 * np.abs(np.diff(loop, 2)).max()


@pytest.mark.parametrize(
    ("name", "key"), [("FM Brass", 84), ("Square Lead", 96), ("Fifths Lead", 84), ("Sub Bass", 55), ("Jazz Organ", 96)]
)
def test_nothing_folds_back(name, key):
    """Whatever is no multiple of the pitch (or half of it: sub-octaves) would be an alias."""
    patch = next(patch for patch in TONES if patch.name == name)
    bank = synthesizer_bank(name)
    tone = bank.instrument(program=0)
    recipe, f0_hz = patch.recipe, 440 * 2 ** ((key - 69) / 12)
    assert tone.name == name
    wave = recipe.wave(f0_hz)
    loop = recipe.sound(f0_hz, force=1.0, take=0, rng=np.random.default_rng(0))[0, wave.loop.start : wave.loop.end]
    power = np.square(np.abs(np.fft.rfft(loop)))
    turns = round(wave.f0_hz * loop.size / RATE_HZ)
    harmonic = np.arange(power.size) % max(turns // 2, 1) == 0
    assert 10 * np.log10(power[~harmonic].sum() / power.sum()) < -60
    assert 10 * np.log10(power[np.arange(power.size) * RATE_HZ / loop.size > 18_500].sum() / power.sum() + 1e-12) < -60


@pytest.mark.parametrize("name", ["Driven Guitar", "Harpsichord", "FM Bell", "FM Clav"])
def test_what_dies_away_stays_within_the_band(name):
    _, sound = sample_of(name, 88)
    power = np.square(np.abs(np.fft.rfft(sound[200:20000] * np.hanning(19800))))
    assert 10 * np.log10(power[np.fft.rfftfreq(19800, 1 / RATE_HZ) > 19_000].sum() / power.sum()) < -60


def test_plucked_tones_lose_their_treble_first():
    _, sound = sample_of("Steel Guitar", 50)
    early, late = (np.square(np.abs(np.fft.rfft(sound[start : start + 8192] * np.hanning(8192)))) for start in (500, 60_000))
    high = np.fft.rfftfreq(8192, 1 / RATE_HZ) > 1500
    assert late[high].sum() / late.sum() < 0.5 * early[high].sum() / early.sum()


@pytest.mark.parametrize("sex", ["man", "woman", "child"])
@pytest.mark.parametrize("vowel", "aeiou")
def test_formants_stand_where_they_should(sex, vowel):
    voice = Sung(sex=sex, vowels=vowel, ring_db=0.0, breath_db=-60.0, shimmer=0.0)
    f0_hz = 55.0  # far below, so that harmonics draw the envelope finely
    sound = voice.sound(f0_hz, force=1.0, take=0, rng=np.random.default_rng(1))
    wave = voice.wave(f0_hz)
    loop = sound[0, wave.loop.start :]
    number = np.arange(1, 90)
    level_db = 20 * np.log10(np.abs(np.fft.rfft(loop))[number * round(wave.f0_hz * loop.size / RATE_HZ)])
    level_db -= voice.tilt_db * np.log2(number)
    for target_hz in FORMANTS_HZ[sex][vowel][:2]:
        near = np.abs(number * wave.f0_hz - target_hz) < 130
        inside, outside = level_db[near].max(), level_db[np.abs(np.abs(number * wave.f0_hz - target_hz) - 260) < 60].max()
        found_hz = number[near][level_db[near].argmax()] * wave.f0_hz
        assert abs(found_hz - target_hz) < 40, (target_hz, found_hz)
        assert inside > outside - 6


def test_a_soprano_raises_her_mouth_to_the_pitch():
    assert Sung(sex="woman").formants_hz(800.0, "i")[0] > 800.0


def test_a_louder_voice_is_brighter():
    voice = Sung(sex="man", breath_db=-60.0, consonant_db=-60.0)
    soft, loud = (voice.sound(110.0, force=force, take=0, rng=np.random.default_rng(0))[0] for force in (0.5, 1.0))
    assert centroid_hz(loud) > 1.1 * centroid_hz(soft)


def test_vowels_change_from_stroke_to_stroke():
    voice = synthesizer_bank("Man's Voice").instrument(program=53)
    counts = {}
    samples = [voice.attack(Strike(50, 90, {}, counts))[0].sample.name for _ in range(20)]
    assert len(set(samples)) == 5
    assert all(first != second for first, second in pairwise(samples))


def centroid_hz(sound):
    power = np.square(np.abs(np.fft.rfft(sound)))
    return float((np.fft.rfftfreq(sound.size, 1 / RATE_HZ) * power).sum() / power.sum())


def decay_s(sound):
    """When 99 % of the energy is out."""
    energy = np.cumsum(np.square(sound))
    return float(np.searchsorted(energy, 0.99 * energy[-1])) / RATE_HZ


@pytest.mark.parametrize("variation", [0.0, 1.0])
@pytest.mark.parametrize("patch", [patch for patch in SYNTHESIZERS if patch.kit is not None], ids=lambda patch: patch.name)
def test_the_drums_of_a_kit_are_distinct(patch, variation):
    for seed in range(3):
        kit = synthesizer_bank(patch.name, seed=seed, variation=variation).instrument(program=0, is_percussion=True)
        sound = {key: kit.attack(Strike(key, 110, {}, {}))[0].sample.read()[0] for key in (36, 38, 41, 42, 46, 49, 50)}
        assert centroid_hz(sound[36]) < centroid_hz(sound[38]) < centroid_hz(sound[42])
        assert decay_s(sound[42]) < decay_s(sound[46]) < decay_s(sound[49])
        assert centroid_hz(sound[41]) < centroid_hz(sound[50]) < centroid_hz(sound[38])
        assert centroid_hz(sound[36]) < 400
        assert centroid_hz(sound[42]) > 3500


@pytest.mark.parametrize("key", sorted(DRUMS))
def test_no_two_hits_are_alike_and_all_are_finite(key):
    kit = next(patch.kit for patch in SYNTHESIZERS if patch.kit is not None)
    one, two = (hit(kit, key, force=0.7, rng=np.random.default_rng(seed))[0] for seed in (0, 1))
    assert np.isfinite(one).all()
    assert one.size == two.size
    assert abs(one[0]) < 1e-3
    assert abs(one[-1]) < 1e-3
    if key != 56:
        assert np.abs(one - two).max() > 0.01 * np.abs(one).max()


def test_damped_partials_are_what_their_formula_says():
    rng = np.random.default_rng(3)
    hz, level, phase, fall_s = rng.uniform(30, 8000, 20), rng.uniform(0.1, 1, 20), rng.uniform(0, 6, 20), rng.uniform(0.2, 2, 20)
    time_s = np.arange(30_000) / RATE_HZ
    expected = sum(
        a * 10 ** (-3 * time_s / d) * np.sin(2 * np.pi * f * time_s + p) for f, a, p, d in zip(hz, level, phase, fall_s, strict=True)
    )
    assert np.abs(damped(hz, level, phase, fall_s, time_s.size) - expected).max() < 1e-3


def test_a_loop_repeats_exactly_and_noise_has_the_band_it_was_given():
    loop = looped(
        np.array([441.0]), np.array([1.0]), np.array([0.3]), 4410, shimmer=0.1, noise=np.full(2206, 1e-3), rng=np.random.default_rng(0)
    )
    assert loop.shape == (4410,)
    noise = band_noise(1.0, 1000, 2000, rng=np.random.default_rng(0))
    power = np.square(np.abs(np.fft.rfft(noise)))
    inside = (np.fft.rfftfreq(noise.size, 1 / RATE_HZ) > 700) & (np.fft.rfftfreq(noise.size, 1 / RATE_HZ) < 2900)
    assert power[inside].sum() / power.sum() > 0.75
    assert np.sqrt(np.square(noise).mean()) == pytest.approx(1.0)
