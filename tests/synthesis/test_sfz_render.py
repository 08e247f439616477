"""SFZ instruments heard: what is written in the file is measured in the sound."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from sfz_library import RATE_HZ, Hands, bank_of, write_tone

from hexachord.arrays import Float64Array
from hexachord.synthesis.model import EXPRESSION, VOLUME, Curve, Stroke, Track
from hexachord.synthesis.player import render_tracks
from hexachord.synthesis.sfz import SfzBank, load_sfz
from hexachord.synthesis.sfz.voices import FALL_DB

FULL = {VOLUME: 127.0, EXPRESSION: 127.0}  # so that the level is the file's own
LOOP = "loop_mode=loop_continuous loop_start=4410 loop_end=39709 ampeg_release=0.05 "


def rendered(
    bank: SfzBank, *strokes: Stroke, controls: dict[int, float] | None = None, curves: dict[int, Curve] | None = None
) -> Float64Array:
    """Play one part; ``(2, frames)`` at the rate of the test's samples."""
    start = np.zeros(1)
    stand = {number: Curve(start, np.array([value])) for number, value in {**FULL, **(controls or {})}.items()}
    track = Track(strokes=strokes, controls={**stand, **(curves or {})})
    blocks = [block.dry[0] for block in render_tracks([track], [bank.instrument(program=0)], rate_hz=RATE_HZ, tail_s=4.0)]
    return np.concatenate(blocks, axis=1).astype(np.float64) if blocks else np.zeros((2, 0))


def note(key: int = 60, velocity: int = 127, *, at_s: float = 0.0, lasts_s: float = 0.8) -> Stroke:
    return Stroke(at_s, at_s + lasts_s, key, velocity)


def cut(sound: Float64Array, start_s: float, end_s: float) -> Float64Array:
    return sound[:, round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]


def level_db(sound: Float64Array) -> float:
    """Root mean square of the power of both sides."""
    return float(10 * np.log10(np.mean(np.square(sound).sum(axis=0)) + 1e-20))


def frequency_hz(sound: Float64Array) -> float:
    """The strongest frequency, from a parabola through the peak of a windowed spectrum."""
    mono = sound.sum(axis=0)
    spectrum = np.abs(np.fft.rfft(mono * np.blackman(len(mono)), 8 * len(mono)))
    at = int(spectrum.argmax())
    left, here, right = np.log(spectrum[at - 1 : at + 2])
    return float((at + 0.5 * (left - right) / (left - 2 * here + right)) * RATE_HZ / (8 * len(mono)))


def cents(measured: float, expected: float) -> float:
    return 1200 * math.log2(measured / expected)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_pitch_level_and_onset_of_a_tone(tmp_path: Path, suffix: str) -> None:
    bank = bank_of(tmp_path, f"<region> sample=a{suffix} pitch_keycenter=60 {LOOP}", "a", suffix=suffix)
    for key in (36, 47, 60, 61, 72, 84):
        sound = rendered(bank, note(key, at_s=0.1))
        assert abs(cents(frequency_hz(cut(sound, 0.15, 0.85)), 441 * 2 ** ((key - 60) / 12))) < 1.0
        assert level_db(cut(sound, 0.2, 0.8)) == pytest.approx(20 * math.log10(0.5 / math.sqrt(2)), abs=0.1)
        assert np.abs(cut(sound, 0.0, 0.099)).max() < 1e-3


def test_a_click_is_where_the_stroke_is(tmp_path: Path) -> None:
    click = np.zeros(2000)
    click[0] = 0.9
    soundfile.write(tmp_path / "click.wav", click, RATE_HZ, subtype="FLOAT")
    bank = bank_of(tmp_path, "<region> sample=click.wav")
    for frame in (0, 1000, 4411, 44_100):
        sound = rendered(bank, Stroke(frame / RATE_HZ, frame / RATE_HZ + 0.5, 60, 127))
        assert int(np.abs(sound[0]).argmax()) == frame


def test_velocity_is_heard_as_the_file_says(tmp_path: Path) -> None:
    for text, expected in (
        ("", lambda velocity: 40 * math.log10(velocity / 127)),
        ("amp_veltrack=0", lambda velocity: 0.0),
        ("amp_velcurve_1=0.5", lambda velocity: 20 * math.log10(0.5 + 0.5 * (velocity - 1) / 126)),
    ):
        bank = bank_of(tmp_path, f"<region> sample=a.wav {LOOP} {text}", "a")
        full = level_db(cut(rendered(bank, note()), 0.1, 0.7))
        for velocity in (16, 64, 100):
            assert level_db(cut(rendered(bank, note(60, velocity)), 0.1, 0.7)) - full == pytest.approx(expected(velocity), abs=0.1)


def test_layers_round_robins_and_keyswitches_sound_their_own_samples(tmp_path: Path) -> None:
    text = f"<global> sw_lokey=24 sw_hikey=25 sw_default=24 pitch_keytrack=0 lokey=48 {LOOP} "
    text += "<master> sw_last=24 <group> hivel=63 <region> sample=a.wav "
    text += "<group> lovel=64 seq_length=2 <region> sample=b.wav <region> seq_position=2 sample=c.wav "
    text += "<master> sw_last=25 <region> sample=d.wav"
    bank = bank_of(tmp_path, text, *"abcd")
    plan = [(60, 40), (61, 100), (62, 100), (63, 100), (25, 90), (64, 100), (24, 90), (65, 40)]
    expected = ["a", "b", "c", "b", None, "d", None, "a"]
    sound = rendered(bank, *(note(key, velocity, at_s=at * 0.5, lasts_s=0.4) for at, (key, velocity) in enumerate(plan)))
    for at, name in enumerate(expected):
        part = cut(sound, at * 0.5 + 0.05, at * 0.5 + 0.35)
        if name is None:
            assert level_db(part) < -90
        else:
            assert abs(cents(frequency_hz(part), 441 * 2 ** ("abcd".index(name) / 12))) < 5


def test_release_samples_sound_after_the_key_and_fade_with_it(tmp_path: Path) -> None:
    text = f"<group> pitch_keytrack=0 <region> sample=a.wav {LOOP} <region> trigger=release rt_decay=6 sample=e.wav"
    bank = bank_of(tmp_path, text, *"abcde")
    levels = []
    for lasts_s in (0.5, 2.5):
        sound = rendered(bank, note(lasts_s=lasts_s))
        assert abs(cents(frequency_hz(cut(sound, 0.1, lasts_s)), 441)) < 3
        after = cut(sound, lasts_s + 0.1, lasts_s + 0.9)
        assert abs(cents(frequency_hz(after), 441 * 2 ** (4 / 12))) < 3
        levels.append(level_db(after))
    assert levels[0] - levels[1] == pytest.approx(12.0, abs=0.1)


def test_envelope_stages_in_the_sound(tmp_path: Path) -> None:
    text = f"<region> sample=a.wav {LOOP} ampeg_attack=0.2 ampeg_hold=0.2 ampeg_decay=2 ampeg_sustain=25 ampeg_release=1"
    sound = rendered(bank_of(tmp_path, text, "a"), note(lasts_s=2.0))
    top = level_db(cut(sound, 0.25, 0.35))
    assert level_db(cut(sound, 0.09, 0.11)) - top == pytest.approx(20 * math.log10(0.5), abs=0.3)
    assert level_db(cut(sound, 0.5, 0.52)) - top == pytest.approx(-FALL_DB / 2 * 0.11, abs=0.3)
    assert level_db(cut(sound, 1.5, 1.9)) - top == pytest.approx(20 * math.log10(0.25), abs=0.1)
    fall = level_db(cut(sound, 2.1, 2.12)) - level_db(cut(sound, 2.6, 2.62))
    assert fall == pytest.approx(FALL_DB / 2, abs=0.5)


def test_filters_equalizers_and_what_moves_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    soundfile.write(tmp_path / "noise.wav", rng.normal(0, 0.1, 2 * RATE_HZ), RATE_HZ, subtype="FLOAT")

    def band_db(text: str, low_hz: float, high_hz: float, velocity: int = 127, controls: dict[int, float] | None = None) -> float:
        bank = bank_of(tmp_path, f"<region> sample=noise.wav pitch_keytrack=0 amp_veltrack=0 {text}")
        mono = cut(rendered(bank, note(60, velocity, lasts_s=1.9), controls=controls), 0.2, 1.8).sum(axis=0)
        spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
        hz = np.fft.rfftfreq(len(mono), 1 / RATE_HZ)
        return float(10 * np.log10(spectrum[(hz >= low_hz) & (hz < high_hz)].mean()))

    around_4k = (3800.0, 4200.0)
    open_db = band_db("", *around_4k)
    assert band_db("cutoff=1000", *around_4k) - open_db == pytest.approx(-24, abs=1.5)  # two poles, two octaves
    assert band_db("cutoff=1000 fil_type=lpf_1p", *around_4k) - open_db == pytest.approx(-12, abs=1.5)
    assert band_db("cutoff=1000 fil_veltrack=2400", *around_4k) - open_db == pytest.approx(-3, abs=1)
    assert band_db("cutoff=1000 fil_veltrack=2400", *around_4k, velocity=1) - open_db < -22
    assert band_db("cutoff=1000 cutoff_oncc74=2400", *around_4k, controls={74: 127.0}) - open_db == pytest.approx(-3, abs=1)
    assert band_db("cutoff=4000 resonance=12", *around_4k) - open_db == pytest.approx(9, abs=1)  # without resonance it is 3 dB down
    assert band_db("cutoff=4000 fil_type=hpf_2p", 900, 1100) - band_db("", 900, 1100) == pytest.approx(-24, abs=1.5)
    assert band_db("eq2_gain=6 eq2_freq=1000", 950, 1050) - band_db("", 950, 1050) == pytest.approx(6, abs=0.5)
    assert band_db("eq2_gain=6 eq2_freq=1000", *around_4k) - open_db == pytest.approx(0, abs=0.5)


def test_groups_cut_pan_and_crossfades(tmp_path: Path) -> None:
    text = "<group> pitch_keytrack=0 <region> key=46 sample=a.wav group=1 off_by=2 pan=-100 "
    text += "<region> key=42 sample=e.wav group=2 pan=100 end=4409"
    bank = bank_of(tmp_path, text, *"abcde")
    sound = rendered(bank, note(46, lasts_s=0.9), note(42, at_s=0.4, lasts_s=0.1))
    assert level_db(cut(sound, 0.1, 0.35)) == pytest.approx(-9.03, abs=0.1)
    assert np.abs(cut(sound, 0.0, 0.39)[1]).max() < 1e-4  # the open one is on the left
    assert np.abs(cut(sound, 0.41, 0.5)[0]).max() < 1e-4  # and has gone when the closed one comes, on the right
    assert abs(cents(frequency_hz(cut(sound, 0.405, 0.495)), 441 * 2 ** (4 / 12))) < 10
    assert sound.shape[1] <= 0.51 * RATE_HZ


def test_stereo_samples_keep_their_sides_and_narrow(tmp_path: Path) -> None:
    write_tone(tmp_path / "s.wav", 441, channels=2)
    sides = {}
    for text in ("", "width=0", "pan=100"):
        sound = cut(rendered(bank_of(tmp_path, f"<region> sample=s.wav {text}"), note()), 0.1, 0.7)
        sides[text] = [
            round(frequency_hz(sound[channel : channel + 1])) if level_db(sound[channel : channel + 1]) > -60 else 0 for channel in (0, 1)
        ]
    assert sides[""] == [441, 882]
    assert sides["pan=100"] == [0, 882]
    narrow = cut(rendered(bank_of(tmp_path, "<region> sample=s.wav width=0"), note()), 0.1, 0.7)
    np.testing.assert_allclose(narrow[0], narrow[1], atol=1e-5)


def test_vibrato_deepens_with_the_wheel_while_the_note_sounds(tmp_path: Path) -> None:
    text = f"<region> sample=a.wav {LOOP} pitchlfo_freq=5 pitchlfo_depth=0 pitchlfo_depthcc1=100"
    wheel = {1: Curve(np.array([0.0, 1.0]), np.array([0.0, 127.0]))}
    sound = rendered(bank_of(tmp_path, text, "a"), note(lasts_s=2.0), curves=wheel)[0]

    def swing(start_s: float) -> float:
        periods = np.diff(np.flatnonzero((sound[:-1] < 0) & (sound[1:] >= 0)) + 0.0)
        begins = np.cumsum(periods) / RATE_HZ
        inside = periods[(begins > start_s) & (begins < start_s + 0.8)]
        return float(1200 * np.log2(np.percentile(inside, 97) / np.percentile(inside, 3)))

    assert swing(0.1) < 20  # whole frames of a period of 100
    assert swing(1.1) == pytest.approx(200, abs=25)


def test_where_the_file_puts_a_control_holds_until_the_part_moves_it(tmp_path: Path) -> None:
    text = f"<control> set_cc20=127 <global> pitch_keytrack=0 {LOOP} <region> hicc20=126 sample=a.wav <region> locc20=127 sample=e.wav"
    moved = {20: Curve(np.array([1.0]), np.array([5.0]))}
    sound = rendered(bank_of(tmp_path, text, *"abcde"), note(lasts_s=0.5), note(at_s=1.0, lasts_s=0.5), curves=moved)
    assert abs(cents(frequency_hz(cut(sound, 0.05, 0.45)), 441 * 2 ** (4 / 12))) < 3
    assert abs(cents(frequency_hz(cut(sound, 1.05, 1.45)), 441)) < 3


def test_legato_is_heard_where_notes_overlap_and_not_within_a_chord(tmp_path: Path) -> None:
    text = f"<global> pitch_keytrack=0 {LOOP} <region> trigger=first sample=a.wav <region> trigger=legato sample=e.wav"
    bank = bank_of(tmp_path, text, *"abcde")
    sound = rendered(bank, note(60, lasts_s=0.5), note(64, lasts_s=0.4), note(62, at_s=0.45, lasts_s=0.5), note(60, at_s=1.2, lasts_s=0.3))
    for start_s, expected in ((0.05, 441), (0.6, 441 * 2 ** (4 / 12)), (1.25, 441)):
        assert abs(cents(frequency_hz(cut(sound, start_s, start_s + 0.2)), expected)) < 5


def test_a_library_like_salamander(tmp_path: Path) -> None:
    """Velocity layers that crossfade nowhere, release and resonance samples behind controls, definitions and includes."""
    layers = 8
    names = [f"Samples/A4v{layer + 1}" for layer in range(layers)]
    for layer, name in enumerate(names):
        write_tone(tmp_path / f"{name}.flac", 440.0, seconds=3.0, peak=0.05 * 1.35**layer)
    write_tone(tmp_path / "Samples" / "rel88.flac", 1500.0, seconds=0.3, peak=0.1)
    write_tone(tmp_path / "Samples" / "harm.flac", 700.0, seconds=0.3, peak=0.1)
    regions = ["<group> lokey=68 hikey=70 pitch_keycenter=69"]
    for layer, name in enumerate(names):
        low, high = 1 + layer * 16, 16 + layer * 16 if layer < layers - 1 else 127
        regions.append(f"<region> sample={name.removeprefix('Samples/')}.$EXT lovel={low} hivel={high}")
    (tmp_path / "Data").mkdir()
    (tmp_path / "Data" / "notes.txt").write_text("\n".join(regions))
    text = """
        #define $HAMMER 21 // control
        #define $RES 20
        #define $EXT flac
        <control> default_path=Samples/
        label_cc$HAMMER=Hammer noise ($HAMMER)
        set_hdcc$HAMMER=0.5 set_cc$RES=0
        <global> ampeg_release=0.5 amp_veltrack=50 note_polyphony=1 off_time=0.5
        <master>
        #include "Data/notes.txt"
        <global> trigger=release
        <master> locc$HAMMER=1 amplitude_oncc$HAMMER=200
        <region> key=69 sample=rel88.$EXT rt_decay=3 pitch_keytrack=0
        <master> locc$RES=1
        <region> key=69 sample=harm.$EXT pitch_keytrack=0
    """
    bank = bank_of(tmp_path, text)
    assert bank.warnings == ()
    sound = rendered(bank, *(note(69, velocity, at_s=at * 2.0, lasts_s=1.0) for at, velocity in enumerate((10, 30, 60, 90, 110, 127))))
    levels = [level_db(cut(sound, at * 2.0 + 0.1, at * 2.0 + 0.9)) for at in range(6)]
    assert np.all(np.diff(levels) > 1.0)
    during, after = cut(sound, 10.1, 10.9), cut(sound, 11.05, 11.25)
    assert abs(cents(frequency_hz(during), 440)) < 1
    spectrum = np.abs(np.fft.rfft(after.sum(axis=0) * np.hanning(after.shape[1])))
    hz = np.fft.rfftfreq(after.shape[1], 1 / RATE_HZ)
    at_release, at_resonance = (spectrum[(hz > centre - 20) & (hz < centre + 20)].max() for centre in (1500, 700))
    assert at_release > 30 * at_resonance  # the hammer stands in the middle of its control, the resonance is off


@pytest.fixture(scope="module")
def piano(data_dir: Path) -> SfzBank:
    """The Upright Piano KW of FreePats: a real library, stereo, ogg, looped."""
    return load_sfz(data_dir / "instruments" / "upright_kw" / "UprightPianoKW.sfz")


def test_the_upright_piano_sounds_as_it_was_recorded(piano: SfzBank) -> None:
    hands = Hands(piano)
    key = next(key for key in range(55, 80) if hands.strike(key, 100)[0].pitch_cents == 0.0)
    (voice,) = hands.strike(key, 100)
    sound = rendered(piano, note(key, 100, lasts_s=1.5))
    expected = voice.sample.read()[:, :RATE_HZ].astype(np.float64) * 10 ** (voice.gain_db / 20)
    np.testing.assert_allclose(sound[:, :RATE_HZ], expected, atol=2e-4)


def test_its_keys_between_the_recorded_ones_are_a_semitone_apart(piano: SfzBank) -> None:
    for key in (48, 60, 66):
        measured = [frequency_hz(cut(rendered(piano, note(key + step, 70, lasts_s=1.6)), 0.3, 1.5)) for step in (-1, 0, 1)]
        assert cents(measured[2], measured[1]) == pytest.approx(100, abs=1)
        assert cents(measured[1], measured[0]) == pytest.approx(100, abs=1)


def test_its_stronger_strokes_are_louder_in_each_layer(piano: SfzBank) -> None:
    for key in (40, 60, 80):
        for layer in ((20, 50, 80), (81, 100, 127)):
            levels = [level_db(cut(rendered(piano, note(key, velocity)), 0.0, 0.5)) for velocity in layer]
            assert np.diff(levels) == pytest.approx([40 * math.log10(b / a) for a, b in pairwise(layer)], abs=0.2)


def test_its_long_notes_loop_without_clicks_and_die_away_after_the_release(piano: SfzBank) -> None:
    for key in (37, 54, 60, 66):
        (voice,) = Hands(piano).strike(key, 60)
        assert voice.loop is not None
        seam_s = voice.loop.end / RATE_HZ / 2 ** (voice.pitch_cents / 1200)
        sound = rendered(piano, note(key, 60, lasts_s=seam_s + 1.0))
        steps = np.abs(np.diff(sound[0], n=4))  # a click has them, a string has not
        seam = round(seam_s * RATE_HZ)
        assert steps[seam - 200 : seam + 200].max() < 3 * np.percentile(steps[seam - 8000 : seam + 8000], 99.9)
        before, after = level_db(cut(sound, seam_s + 0.9, seam_s + 1.0)), level_db(cut(sound, seam_s + 1.2, seam_s + 1.25))
        assert before - after == pytest.approx(FALL_DB / 0.6 * 0.225, abs=6)
        assert 0.1 < sound.shape[1] / RATE_HZ - seam_s - 1.0 < 0.9
