"""What a font's zones mean: generators and modulators resolved into voices, and which preset answers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from hexachord.synthesis.model import BEND, BEND_RANGE, PRESSURE, ModulationEnvelope, Shape, Strike, Voice, control_at
from hexachord.synthesis.shapes import shaped
from hexachord.synthesis.soundfont import (
    FontInstrument,
    FontPreset,
    FontSample,
    FontZone,
    Generator,
    ModulatorRecord,
    SoundFontBank,
    Source,
    load_soundfont,
    write_soundfont,
)

G = Generator
RATE_HZ = 32_000
SIGNAL = np.linspace(-0.5, 0.5, 10_000, dtype=np.float32)
VELOCITY = Source(2)


def font(
    folder: Path,
    generators: Mapping[Generator, int] | None = None,
    modulators: Sequence[ModulatorRecord] = (),
    *,
    preset: Mapping[Generator, int] | None = None,
    preset_modulators: Sequence[ModulatorRecord] = (),
    instrument_global: FontZone | None = None,
    preset_global: FontZone | None = None,
    sample: FontSample | None = None,
) -> SoundFontBank:
    sample = sample or FontSample(name="s", signal=SIGNAL, rate_hz=RATE_HZ, root_key=60, loop=(1000, 9000))
    inner = FontZone(plays="s", generators=generators or {}, modulators=modulators)
    outer = FontZone(plays="i", generators=preset or {}, modulators=preset_modulators)
    return load_soundfont(
        write_soundfont(
            folder / "font.sf2",
            samples=[sample],
            instruments=[FontInstrument(name="i", zones=[*([instrument_global] if instrument_global else []), inner])],
            presets=[FontPreset(name="p", zones=[*([preset_global] if preset_global else []), outer])],
        )
    )


def strike(bank: SoundFontBank, key: int = 60, velocity: int = 127, controls: Mapping[int, float] | None = None) -> Voice:
    (voice,) = bank.instrument(program=0).attack(Strike(key, velocity, controls or {}, {}))
    return voice


def routed(voice: Voice, target: str, controls: Mapping[int, float], *, modulator: int | None = None) -> float:
    """What the voice's routes add to a target (or to a modulator's depth) with controls standing there."""
    total = 0.0
    for route in voice.routes:
        if route.target == target and route.modulator == modulator:
            amount = route.amount * float(shaped(route.shape, control_at(controls, route.control)))
            if route.second is not None:
                amount *= float(shaped(route.second_shape, control_at(controls, route.second)))
            total += amount
    return total


def test_pitch_follows_root_scale_and_tuning(tmp_path: Path) -> None:
    sample = FontSample(name="s", signal=SIGNAL, rate_hz=RATE_HZ, root_key=60, correction_cents=13)
    assert strike(font(tmp_path, sample=sample), 72).pitch_cents == pytest.approx(1213)
    tuned = {G.ROOT_KEY: 48, G.COARSE_TUNE: -2, G.FINE_TUNE: 31, G.SCALE_TUNING: 50}
    bank = font(tmp_path, tuned, preset={G.COARSE_TUNE: 1, G.SCALE_TUNING: 25, G.ROOT_KEY: 99}, sample=sample)  # a preset has no root
    assert strike(bank, 60).pitch_cents == pytest.approx(75 * 12 - 100 + 31 + 13)


def test_fixed_key_and_velocity_replace_the_struck_ones(tmp_path: Path) -> None:
    bank = font(tmp_path, {G.KEY: 72, G.VELOCITY: 64})
    assert strike(bank, 30, 127).pitch_cents == pytest.approx(1200)
    assert strike(bank, 30, 127).gain_db == pytest.approx(strike(font(tmp_path), 60, 64).gain_db)


@pytest.mark.parametrize("velocity", [1, 20, 64, 100, 127])
def test_velocity_is_loudness_by_the_square(tmp_path: Path, velocity: int) -> None:
    assert strike(font(tmp_path), 60, velocity).gain_db == pytest.approx(40 * np.log10(velocity / 127), abs=1e-6)


def test_attenuation_counts_four_tenths_and_adds_over_levels(tmp_path: Path) -> None:
    bank = font(tmp_path, {G.ATTENUATION: 200}, preset={G.ATTENUATION: -50})
    assert strike(bank).gain_db == pytest.approx(-6.0)
    louder = font(tmp_path, {G.ATTENUATION: 100}, preset={G.ATTENUATION: -150})
    assert strike(louder).gain_db == pytest.approx(2.0)
    too_loud = strike(font(tmp_path, {G.ATTENUATION: 100}, preset={G.ATTENUATION: -900}))
    assert too_loud.gain_db + routed(too_loud, "gain_db", {}) == pytest.approx(0.0, abs=0.01)  # as recorded, at the usual volume


def test_a_resonance_lowers_the_whole_by_half_its_height(tmp_path: Path) -> None:
    voice = strike(font(tmp_path, {G.FILTER_CUTOFF: 6900, G.FILTER_RESONANCE: 120}))
    assert voice.filter is not None
    assert voice.filter.frequency_hz == pytest.approx(440.0)
    assert voice.filter.resonance_db == pytest.approx(12.0)
    assert voice.gain_db == pytest.approx(-6.0)
    assert strike(font(tmp_path)).filter is None


def test_global_zones_are_defaults_of_their_level(tmp_path: Path) -> None:
    bank = font(
        tmp_path,
        {G.PAN: 100},
        preset={G.FINE_TUNE: 5},
        instrument_global=FontZone(generators={G.PAN: -500, G.COARSE_TUNE: 3}),
        preset_global=FontZone(generators={G.FINE_TUNE: 50, G.PAN: 150}),
    )
    voice = strike(bank)
    assert voice.pan == pytest.approx((100 + 150) / 500)
    assert voice.pitch_cents == pytest.approx(305)


def test_envelopes_in_seconds_and_decibels(tmp_path: Path) -> None:
    amplitude = {
        G.VOLUME_ENVELOPE_DELAY: -1200,
        G.VOLUME_ENVELOPE_ATTACK: 0,
        G.VOLUME_ENVELOPE_HOLD: 1200,
        G.VOLUME_ENVELOPE_DECAY: 0,
        G.VOLUME_ENVELOPE_SUSTAIN: 120,
        G.VOLUME_ENVELOPE_RELEASE: 2400,
        G.KEY_TO_VOLUME_HOLD: 100,
        G.KEY_TO_VOLUME_DECAY: -50,
    }
    voice = strike(font(tmp_path, amplitude), 48)
    assert voice.delay_s == pytest.approx(0.5)
    assert voice.envelope.attack_s == pytest.approx(1.0)
    assert voice.envelope.hold_s == pytest.approx(4.0)  # twelve keys below middle C, 100 timecents each: twice as long
    assert voice.envelope.decay_db_per_s == pytest.approx(96 * 2**0.5)
    assert voice.envelope.sustain_db == pytest.approx(-12.0)
    assert voice.envelope.release_db_per_s == pytest.approx(24.0)
    modulation = {G.MODULATION_ENVELOPE_TO_PITCH: 700, G.MODULATION_ENVELOPE_DECAY: 1200, G.MODULATION_ENVELOPE_SUSTAIN: 250}
    voice = strike(font(tmp_path, modulation))
    moving = [modulator for modulator in voice.modulators if modulator.depth]
    assert len(moving) == 1
    assert isinstance(moving[0].source, ModulationEnvelope)
    assert (moving[0].target, moving[0].depth) == ("pitch_cents", 700.0)
    assert (moving[0].source.decay_s, moving[0].source.sustain) == (pytest.approx(2.0), pytest.approx(0.75))


def test_defaults_neither_click_nor_linger(tmp_path: Path) -> None:
    envelope = strike(font(tmp_path)).envelope
    assert envelope.attack_s == pytest.approx(0.001, rel=0.05)
    assert 20 / envelope.release_db_per_s == pytest.approx(0.003, abs=0.001)
    assert envelope.sustain_db == 0.0


@pytest.mark.parametrize(("mode", "expected"), [(0, None), (1, (1000, 9000, False)), (2, None), (3, (1000, 9000, True))])
def test_sample_modes(tmp_path: Path, mode: int, expected: tuple[int, int, bool] | None) -> None:
    assert strike(font(tmp_path, {G.SAMPLE_MODES: mode})).loop == expected


def test_offsets_fine_and_coarse(tmp_path: Path) -> None:
    long = FontSample(name="s", signal=np.zeros(100_000, dtype=np.float32), rate_hz=RATE_HZ, loop=(40_000, 50_000))
    offsets = {
        G.SAMPLE_MODES: 1,
        G.START_OFFSET: 7,
        G.START_COARSE_OFFSET: 1,
        G.END_OFFSET: -5,
        G.LOOP_START_OFFSET: -100,
        G.LOOP_END_OFFSET: 3,
        G.LOOP_END_COARSE_OFFSET: 1,
    }
    voice = strike(font(tmp_path, offsets, sample=long))
    assert (voice.start, voice.end) == (32_775, 99_995)
    assert voice.loop == (39_900, 82_771, False)


def test_an_exclusive_class_cuts_itself(tmp_path: Path) -> None:
    voice = strike(font(tmp_path, {G.EXCLUSIVE_CLASS: 5}))
    assert (voice.group, voice.cuts) == (5, 5)
    assert strike(font(tmp_path)).group == 0


def test_controls_everybody_has(tmp_path: Path) -> None:
    voice = strike(font(tmp_path))
    assert routed(voice, "gain_db", {7: 127, 11: 127}) == pytest.approx(0, abs=1e-9)
    assert routed(voice, "gain_db", {7: 127, 11: 64}) == pytest.approx(40 * np.log10(64 / 127), abs=1e-6)
    assert routed(voice, "pan", {}) == 0.0
    assert routed(voice, "pan", {10: 0}) == -1.0
    assert routed(voice, "pitch_cents", {BEND: 128}) == pytest.approx(200)
    assert routed(voice, "pitch_cents", {BEND: 32, BEND_RANGE: 12}) == pytest.approx(-600)
    assert routed(voice, "reverb_send", {91: 64}) == pytest.approx(0.1)
    (vibrato,) = [index for index, modulator in enumerate(voice.modulators) if modulator.target == "pitch_cents"]
    assert routed(voice, "pitch_cents", {1: 64, PRESSURE: 32}, modulator=vibrato) == pytest.approx(37.5)


def test_a_zone_replaces_defaults_and_a_preset_adds(tmp_path: Path) -> None:
    loudness = ModulatorRecord(Source(2, False, "concave", False, True), G.ATTENUATION, 480.0)
    assert strike(font(tmp_path, {}, [loudness]), velocity=64).gain_db == pytest.approx(20 * np.log10(64 / 127), abs=1e-6)
    added = font(tmp_path, {}, [loudness], preset_modulators=[loudness._replace(amount=480.0)])
    assert strike(added, velocity=64).gain_db == pytest.approx(40 * np.log10(64 / 127), abs=1e-6)
    off = font(tmp_path, {}, preset_modulators=[ModulatorRecord(Source(7, True, "concave", False, True), G.ATTENUATION, -960.0)])
    assert routed(strike(off), "gain_db", {7: 20}) == pytest.approx(0)


def test_velocity_and_key_are_settled_at_the_strike(tmp_path: Path) -> None:
    brighter = ModulatorRecord(VELOCITY, G.FILTER_CUTOFF, 4800.0)
    voice = strike(font(tmp_path, {G.FILTER_CUTOFF: 6900 - 2400}, [brighter]), velocity=64)
    assert voice.filter is not None
    assert voice.filter.frequency_hz == pytest.approx(440.0)
    both = ModulatorRecord(Source(1, True), G.FINE_TUNE, 80.0, VELOCITY)
    assert routed(strike(font(tmp_path, {}, [both]), velocity=64), "pitch_cents", {1: 64}) == pytest.approx(20)
    turned = ModulatorRecord(VELOCITY, G.FINE_TUNE, 80.0, Source(1, True))
    assert routed(strike(font(tmp_path, {}, [turned]), velocity=64), "pitch_cents", {1: 64}) == pytest.approx(20)
    folded = ModulatorRecord(Source(3, bipolar=True), G.FINE_TUNE, 80.0, absolute=True)
    assert strike(font(tmp_path, {G.SCALE_TUNING: 0}, [folded]), 32).pitch_cents == pytest.approx(40)


def test_what_cannot_move_takes_the_control_at_the_strike(tmp_path: Path) -> None:
    slower = ModulatorRecord(Source(73, True), G.VOLUME_ENVELOPE_ATTACK, 12_000.0)
    bank = font(tmp_path, {}, [slower])
    assert strike(bank, controls={73: 64}).envelope.attack_s == pytest.approx(2**-5)
    assert strike(bank, controls={73: 96}).envelope.attack_s == pytest.approx(2**-2.5)
    assert all(route.control != 73 for route in strike(bank).routes)


def test_a_wheel_may_deepen_an_oscillation(tmp_path: Path) -> None:
    tremolo = ModulatorRecord(Source(2, is_control=True), G.MODULATION_LFO_TO_VOLUME, 60.0)
    voice = strike(font(tmp_path, {}, [tremolo]))
    (index,) = [number for number, modulator in enumerate(voice.modulators) if modulator.target == "gain_db"]
    assert routed(voice, "gain_db", {2: 128}, modulator=index) == pytest.approx(6.0)


def test_the_same_strike_gives_the_same_voices(tmp_path: Path) -> None:
    instrument = font(tmp_path).instrument(program=0)
    assert instrument.attack(Strike(60, 80, {}, {})) is instrument.attack(Strike(60, 80, {7: 3.0}, {}))
    assert instrument.attack(Strike(60, 81, {}, {})) is not instrument.attack(Strike(60, 80, {}, {}))
    assert instrument.release(Strike(60, 80, {}, {}), held_s=1.0) == ()


def test_source_bits_round_trip() -> None:
    for bits in (0x0502, 0x0587, 0x028A, 0x0081, 0x020E, 0x0010, 0x0F42):
        source = Source.from_bits(bits)
        assert source is not None
        assert source.to_bits() == bits
    assert Source.from_bits(0x1000) is None
    assert Source.from_bits(0x0587) == Source(7, True, "concave", False, True)


def test_curves_mirror_and_clamp() -> None:
    values = np.arange(128.0)
    concave = shaped(Shape("concave", full=127.0), values)
    convex = shaped(Shape("convex", full=127.0), values)
    assert np.allclose(concave, 1 - convex[::-1])
    assert (concave[0], concave[-1]) == (0.0, 1.0)
    assert np.all(np.diff(concave) >= 0)
    assert shaped(Shape("switch", bipolar=True), np.array([63.0, 64.0])).tolist() == [-1.0, 1.0]
    assert shaped(Shape("switch", falling=True), np.array([63.0, 64.0])).tolist() == [1.0, 0.0]
    assert float(shaped(Shape("convex", bipolar=True), 64.0)) == 0.0


def menu(folder: Path, *addresses: tuple[int, int]) -> SoundFontBank:
    return load_soundfont(
        write_soundfont(
            folder / "menu.sf2",
            samples=[FontSample(name="s", signal=SIGNAL, rate_hz=RATE_HZ)],
            instruments=[FontInstrument(name="i", zones=[FontZone(plays="s")])],
            presets=[
                FontPreset(name=f"{bank}:{program}", bank=bank, program=program, zones=[FontZone(plays="i")]) for bank, program in addresses
            ],
        )
    )


def test_the_nearest_preset_answers_and_says_so(tmp_path: Path) -> None:
    bank = menu(tmp_path, (0, 0), (0, 26), (8, 4), (128, 0), (128, 24))
    assert [preset.program for preset in bank.presets] == [0, 26, 4, 0, 24]
    assert bank.instrument(program=4, bank=8).name == "8:4"
    assert bank.warnings == ()
    assert bank.instrument(program=26, bank=8).name == "0:26"
    assert bank.instrument(program=29).name == "0:26"
    assert bank.instrument(program=80).name == "0:0"
    assert bank.instrument(program=25, is_percussion=True).name == "128:24"
    assert bank.instrument(program=40, is_percussion=True).name == "128:0"
    assert bank.warnings == (
        "the font has no program 26 of bank 8; '0:26' plays instead",
        "the font has no program 29; '0:26' plays instead",
        "the font has no program 80; '0:0' plays instead",
        "the font has no drum kit 25; '128:24' plays instead",
        "the font has no drum kit 40; '128:0' plays instead",
    )


def test_drums_are_not_played_on_a_piano(tmp_path: Path) -> None:
    bank = menu(tmp_path, (0, 0))
    assert bank.instrument(program=0, is_percussion=True).attack(Strike(36, 100, {}, {})) == ()
    assert bank.warnings == ("the font has no drum kit; percussion stays silent",)
    drums_only = menu(tmp_path, (128, 0))
    assert drums_only.instrument(program=5).attack(Strike(36, 100, {}, {}))
