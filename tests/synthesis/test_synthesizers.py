"""The banks of our own synthesizers: what they offer, how they answer a hand, and that chance is only where it was asked for."""

import itertools

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.synthesis.banks import choose_bank, open_bank
from hexachord.synthesis.model import Strike, Stroke, Track
from hexachord.synthesis.plain import PlainBank
from hexachord.synthesis.player import render_tracks
from hexachord.synthesis.synthesizers import SYNTHESIZERS, Patch, Retuned, synthesizer_bank

TONES = [patch for patch in SYNTHESIZERS if patch.kit is None]
KITS = [patch for patch in SYNTHESIZERS if patch.kit is not None]


def instrument_of(patch: Patch, **options):
    return synthesizer_bank(patch.name, **options).instrument(program=0, is_percussion=patch.kit is not None)


def played(instrument, key, velocity, *, seconds=0.3):
    track = Track(strokes=(Stroke(0.0, seconds, key, velocity),))
    blocks = list(render_tracks([track], [instrument], rate_hz=44100))
    return np.concatenate([block.dry[0] for block in blocks], axis=1)


def centroid_hz(sound, rate_hz=44100):
    level = np.abs(np.fft.rfft(sound.mean(axis=0)))
    return float((np.fft.rfftfreq(sound.shape[1], 1 / rate_hz) * level).sum() / level.sum())


def test_every_program_of_general_midi_has_exactly_one_that_stands_for_it_by_design():
    stands_for = [program for patch in TONES for program in patch.programs]
    assert sorted(stands_for) == list(range(128))


def test_every_role_has_several_to_choose_from_and_names_are_unique():
    for role in ("drums", "bass", "chords", "pad", "lead", "sung", "counter", "piano", "solo"):
        assert sum(role in patch.roles for patch in SYNTHESIZERS) >= 3, role
    assert len({patch.name.lower() for patch in SYNTHESIZERS}) == len(SYNTHESIZERS)
    assert all(0 <= patch.low < patch.high <= 127 for patch in SYNTHESIZERS)


@pytest.mark.parametrize("patch", TONES, ids=lambda patch: patch.name)
def test_a_synthesizer_sounds_over_its_whole_range_without_harm(patch):
    instrument = instrument_of(patch, seed=1, variation=1.0)
    for key, velocity in ((0, 1), (patch.low, 127), ((patch.low + patch.high) // 2, 64), (patch.high, 100), (127, 127)):
        (voice,) = instrument.attack(Strike(key, velocity, {}, {}))
        sound = voice.sample.read()
        assert sound.shape == (voice.sample.channels, voice.sample.frames)
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        assert 0.02 < np.abs(sound).max() <= 1.0
        if voice.loop is not None:
            assert 0 <= voice.loop.start < voice.loop.end <= voice.sample.frames


@pytest.mark.parametrize("patch", [*TONES[::4], *KITS[:2]], ids=lambda patch: patch.name)
def test_harder_strokes_are_louder(patch):
    instrument = instrument_of(patch)
    key = 38 if patch.kit is not None else (patch.low + patch.high) // 2
    levels = [float(np.square(played(instrument, key, velocity)).sum()) for velocity in (15, 45, 75, 100, 127)]
    assert all(louder > softer for softer, louder in itertools.pairwise(levels)), levels


@pytest.mark.parametrize(
    "name", ["Strung Grand", "Electric Guitar", "Tine Piano", "Trumpet", "Violin", "Clarinet", "FM Brass", "Analog Bass"]
)
def test_harder_strokes_are_brighter(name):
    (patch,) = (patch for patch in TONES if patch.name == name)
    instrument = instrument_of(patch)
    key = (patch.low + patch.high) // 2
    assert centroid_hz(played(instrument, key, 120)) > 1.1 * centroid_hz(played(instrument, key, 20))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_sound():
    for name, key in (("Nylon Guitar", 60), ("Woman's Voice", 65), ("Warm Pad", 50)):
        first, again, other = (
            synthesizer_bank(name, seed=seed, variation=0.6).instrument(program=0).attack(Strike(key, 90, {}, {}))[0] for seed in (5, 5, 6)
        )
        assert first.sample.read().tobytes() == again.sample.read().tobytes()
        assert first.envelope == again.envelope
        assert first.sample.read().tobytes() != other.sample.read().tobytes()


def test_what_was_read_first_does_not_matter():
    forth, back = (synthesizer_bank("Violin", seed=2).instrument(program=40) for _ in range(2))
    keys = (60, 70, 80)
    one = {key: forth.attack(Strike(key, 90, {}, {}))[0].sample.read() for key in keys}
    two = {key: back.attack(Strike(key, 90, {}, {}))[0].sample.read() for key in reversed(keys)}
    assert all(np.array_equal(one[key], two[key]) for key in keys)


def test_without_variation_only_chance_differs_and_with_it_the_instrument_does():
    def brightness(seed, variation):
        return centroid_hz(played(synthesizer_bank("Steel Guitar", seed=seed, variation=variation).instrument(program=25), 57, 100))

    as_designed = [brightness(seed, 0.0) for seed in range(8)]
    drawn = [brightness(seed, 1.0) for seed in range(8)]
    assert np.std(np.log(drawn)) > 2 * np.std(np.log(as_designed))


def test_repeated_strokes_differ_and_the_same_voice_comes_again():
    kit = synthesizer_bank("Studio Kit").instrument(program=0, is_percussion=True)
    counts = {}
    hits = [kit.attack(Strike(38, 100, {}, counts))[0] for _ in range(16)]
    assert all(first is not second for first, second in itertools.pairwise(hits))
    assert len(set(hits)) == 4


def test_variation_chooses_among_kits_and_stays_with_one():
    names = {synthesizer_bank(seed=seed, variation=0.3).instrument(program=0, is_percussion=True).name for seed in range(30)}
    assert names == {patch.name for patch in KITS}
    bank = synthesizer_bank()
    assert bank.instrument(program=0, is_percussion=True).name == "Studio Kit"
    assert bank.instrument(program=25, is_percussion=True).name == "Eight Kit"
    assert bank.instrument(program=73) is bank.instrument(program=73)


def test_a_bank_of_one_lends_what_it_has_not_got_and_says_so():
    bank = synthesizer_bank("Jazz Kit")
    assert bank.instrument(program=40).name == "Violin"
    assert "General MIDI" in bank.warnings[0]


def test_mistakes_are_told():
    with pytest.raises(InputError, match="no synthesizer of that name"):
        synthesizer_bank("Theremin")
    with pytest.raises(ValueError, match="variation"):
        synthesizer_bank(variation=1.5)
    with pytest.raises(ValueError, match="a4_hz"):
        Retuned(PlainBank(), a4_hz=0.0)


def test_synth_is_a_bank_that_can_be_opened_by_name(monkeypatch):
    assert open_bank("synth").instrument(program=56).name == "Trumpet"
    monkeypatch.setenv("HEXACHORD_SOUNDFONT", "synth")
    assert (choose_bank().name, choose_bank().path, open_bank().name) == ("synth", None, "synth")


def test_a_retuned_bank_is_as_far_off_as_asked_and_its_drums_are_not():
    bank = Retuned(synthesizer_bank(), a4_hz=430.0, stretch_cents_per_octave=3.0, detune_cents=-5.0)
    tuned, plain = bank.instrument(program=73), synthesizer_bank().instrument(program=73)
    for key, stretched in ((69, 0.0), (93, 6.0)):
        (voice,), (straight,) = (one.attack(Strike(key, 90, {}, {})) for one in (tuned, plain))
        expected = 1200 * np.log2(430 / 440) - 5.0 + stretched
        assert voice.pitch_cents - straight.pitch_cents == pytest.approx(expected, abs=1e-9)
        assert tuned.attack(Strike(key, 90, {}, {0: 0}))[0] is voice
    kits = (one.instrument(program=0, is_percussion=True).attack(Strike(38, 90, {}, {}))[0] for one in (bank, synthesizer_bank()))
    assert len({kit.pitch_cents for kit in kits}) == 1
