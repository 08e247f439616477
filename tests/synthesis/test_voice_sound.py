import numpy as np
import pytest
from toy_bank import RATE, play, sample_of, sine

from hexachord.synthesis.model import (
    BEND,
    BEND_RANGE,
    MODULATION,
    PAN,
    VOLUME,
    AmplitudeEnvelope,
    Curve,
    Filter,
    Lfo,
    Loop,
    ModulationEnvelope,
    Modulator,
    Route,
    Sample,
    Shape,
    Stroke,
    Voice,
)

AT_ONCE = AmplitudeEnvelope(attack_s=0.0)
KEYS = range(21, 109)
BENT = Route(BEND, Shape(bipolar=True), 12800.0, "pitch_cents", BEND_RANGE, Shape())


def measured_hz(sound: np.ndarray, *, rate_hz: float = RATE) -> float:
    """The frequency of a steady sine, by the phase between two windows half a length apart."""
    n = len(sound) // 2
    window = np.hanning(n)
    first, second = (np.fft.rfft(sound[at : at + n] * window) for at in (0, n // 2))
    peak = int(np.abs(first).argmax())
    turn = np.angle(second[peak] / first[peak]) - 2 * np.pi * peak * (n // 2) / n
    return float((peak + ((turn + np.pi) % (2 * np.pi) - np.pi) / (2 * np.pi) * n / (n // 2)) * rate_hz / n)


def cents(hz: float, expected_hz: float) -> float:
    return float(1200 * np.log2(hz / expected_hz))


def instantaneous_cents(sound: np.ndarray, centre_hz: float) -> np.ndarray:
    """Frequency over time of a sine that moves, in cents from a centre, smoothed over 4 ms."""
    spectrum = np.fft.fft(sound)
    spectrum[len(sound) // 2 :] = 0
    phase = np.unwrap(np.angle(np.fft.ifft(spectrum)))
    hz = np.convolve(np.diff(phase), np.full(176, 1 / 176), mode="same") * RATE / (2 * np.pi)
    return 1200 * np.log2(np.maximum(hz, 1.0) / centre_hz)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 22050])
def test_a_click_lands_within_one_sample_at_every_key(rate_hz: int) -> None:
    click = np.zeros(4000)
    click[1000] = 0.5
    sample = sample_of(click)
    for key in KEYS:
        ratio = 2.0 ** ((key - 60) / 12) * RATE / rate_hz
        sound = play(Voice(sample=sample, pitch_cents=100.0 * (key - 60)), Stroke(0.25, 0.9, key, 100), rate_hz=rate_hz)[0]
        assert abs(int(np.argmax(sound)) - (round(0.25 * rate_hz) + 1000 / ratio)) <= 1.0


def test_the_first_sample_sounds_at_the_onset_to_the_sample() -> None:
    voice = Voice(sample=sample_of(np.eye(1, 100)[0]), envelope=AT_ONCE)
    for onset_s in (0.0, 0.123456, 1.5, 3.99999):
        assert int(np.argmax(play(voice, Stroke(onset_s, onset_s + 0.1, 60, 100))[0])) == round(onset_s * RATE)


def test_pitch_is_within_a_cent_at_every_key_with_a_loop_of_a_few_frames() -> None:
    sample, loop = sine(frames=60, repeats=20)
    for key in KEYS:
        sound = play(Voice(sample=sample, loop=loop, pitch_cents=100.0 * (key - 69)), Stroke(0.0, 0.9, key, 100))[0]
        expected = RATE / 60 * 2.0 ** ((key - 69) / 12)
        assert abs(cents(measured_hz(sound[2000:38000]), expected)) < 0.05
        assert np.abs(sound[2000:38000]).max() == pytest.approx(0.5 * np.sqrt(0.5), rel=0.02)


@pytest.mark.parametrize("source_rate", [11025.0, 32000.0, 48000.0, 96000.0])
def test_pitch_does_not_depend_on_the_rate_of_the_recording(source_rate: float) -> None:
    sample, loop = sine(frames=50, rate_hz=source_rate)
    sound = play(Voice(sample=sample, loop=loop, pitch_cents=37.0))[0]
    assert abs(cents(measured_hz(sound[2000:38000]), source_rate / 50 * 2.0 ** (37 / 1200))) < 0.05


def test_music_between_the_keys() -> None:
    sample, loop = sine()
    sound = play(Voice(sample=sample, loop=loop), Stroke(0.0, 1.0, 60, 100, 50.0))[0]
    assert cents(measured_hz(sound[2000:38000]), 441.0) == pytest.approx(50.0, abs=0.05)


@pytest.mark.parametrize("pitch_cents", [0.0, 310.0, -733.0])
def test_a_loop_that_fits_has_no_seam(pitch_cents: float) -> None:
    sample, loop = sine(frames=147, cycles=4, repeats=6)
    sound = play(Voice(sample=sample, loop=loop, pitch_cents=pitch_cents), Stroke(0.0, 2.5, 60, 100))[0]
    bend = np.abs(np.diff(sound[500:110000], 2))
    hz = 4 * RATE / 147 * 2 ** (pitch_cents / 1200)
    assert bend.max() < 1.01 * 0.5 * np.sqrt(0.5) * (2 * np.pi * hz / RATE) ** 2 + 1e-5


def test_a_long_note_is_as_true_as_a_short_one() -> None:
    sample, loop = sine(frames=70, repeats=9)
    sound = play(Voice(sample=sample, loop=loop, pitch_cents=123.4), Stroke(0.0, 30.0, 60, 100))[0]
    late = sound[29 * RATE : 30 * RATE]
    assert abs(cents(measured_hz(late), 630.0 * 2 ** (123.4 / 1200))) < 0.05
    spectrum = np.abs(np.fft.rfft(sound[2 * RATE : 28 * RATE] * np.blackman(26 * RATE)))
    peak = int(spectrum.argmax())
    spectrum[peak - 60 : peak + 60] = 0
    assert 20 * np.log10(spectrum.max() / np.abs(np.fft.rfft(late * np.blackman(len(late)))).max() / 26) < -85


def test_loops_until_release_go_on_to_the_end_of_the_recording() -> None:
    ramp = np.concatenate([np.zeros(1000), np.full(1000, 0.25), np.full(4000, 0.5)])
    voice = Voice(
        sample=sample_of(ramp), loop=Loop(1000, 2000, until_release=True), envelope=AmplitudeEnvelope(release_db_per_s=0.0), pan=-1.0
    )
    sound = play(voice, Stroke(0.0, 0.2, 60, 100))[0]
    release = round(0.2 * RATE)
    leaves = 1000 + 1000 * -(-(release - 1000) // 1000)
    assert np.all(sound[1100 : leaves - 10] == 0.25)
    assert np.all(sound[leaves + 10 : leaves + 3900] == 0.5)
    assert len(sound) == pytest.approx(leaves + 4000, abs=2)
    continuous = play(
        Voice(sample=voice.sample, loop=Loop(1000, 2000), envelope=voice.envelope, pan=-1.0), Stroke(0.0, 0.2, 60, 100), tail_s=1.0
    )[0]
    assert continuous.max() == 0.25


def test_the_envelope_has_its_times_and_levels() -> None:
    envelope = AmplitudeEnvelope(delay_s=0.1, attack_s=0.2, hold_s=0.1, decay_db_per_s=30.0, sustain_db=-12.0, release_db_per_s=60.0)
    constant = Voice(sample=sample_of(np.ones(100)), loop=Loop(10, 90), envelope=envelope, pan=-1.0)
    sound = play(constant, Stroke(0.5, 2.5, 60, 100))[0]

    def level(time_s: float) -> float:
        return float(sound[round((0.5 + time_s) * RATE)])

    assert level(0.0999) == 0.0
    assert level(0.2) == pytest.approx(0.5, abs=2e-3)
    assert level(0.3) == pytest.approx(1.0, abs=2e-3)
    assert level(0.4) == pytest.approx(1.0, abs=2e-3)
    assert 20 * np.log10(level(0.6)) == pytest.approx(-6.0, abs=0.02)
    assert 20 * np.log10(level(1.5)) == pytest.approx(-12.0, abs=0.02)
    assert 20 * np.log10(level(2.0 + 0.5)) == pytest.approx(-42.0, abs=0.02)


def test_a_key_let_go_in_the_attack_falls_from_where_it_was() -> None:
    voice = Voice(
        sample=sample_of(np.ones(100)), loop=Loop(0, 100), envelope=AmplitudeEnvelope(attack_s=1.0, release_db_per_s=1e9), pan=-1.0
    )
    sound = play(voice, Stroke(0.0, 0.5, 60, 100))[0]
    assert sound.max() == pytest.approx(0.5, abs=1e-3)
    assert -np.diff(sound).min() < 0.05 * sound.max()


def test_a_stroke_of_a_millisecond_still_sounds() -> None:
    sample, loop = sine()
    sound = play(Voice(sample=sample, loop=loop), Stroke(0.0, 0.001, 60, 100))[0]
    assert np.abs(sound).max() > 0.3


def test_a_recording_that_stops_short_is_faded() -> None:
    voice = Voice(sample=sample_of(np.full(3000, 0.8)), pan=-1.0, pitch_cents=200.0)
    sound = play(voice, Stroke(0.0, 1.0, 60, 100))[0]
    assert len(sound) < 3000
    assert -np.diff(sound).min() < 0.05
    assert abs(sound[-1]) < 0.02


def test_one_shots_pay_no_heed_to_the_key() -> None:
    noise = sample_of(np.random.default_rng(0).uniform(-0.5, 0.5, RATE // 2))
    voice = Voice(sample=noise, loop=Loop(100, 200), one_shot=True)
    assert play(voice, Stroke(0.0, 0.02, 60, 100)).shape[1] == pytest.approx(RATE // 2, abs=2)


@pytest.mark.parametrize("bend", [0.0, 32.0, 64.0, 96.0, 128.0])
def test_the_wheel_bends_exactly(bend: float) -> None:
    sample, loop = sine()
    controls = {BEND: Curve(np.array([0.05]), np.array([bend]))}
    sound = play(Voice(sample=sample, loop=loop, routes=(BENT,)), controls=controls)[0]
    assert cents(measured_hz(sound[5000:40000]), 441.0) == pytest.approx(200.0 * (bend - 64) / 64, abs=0.05)


def test_the_wheel_bends_while_the_note_sounds_without_a_click() -> None:
    sample, loop = sine()
    controls = {BEND: Curve(np.array([0.5, 1.0]), np.array([128.0, 0.0])), BEND_RANGE: Curve(np.array([0.0]), np.array([12.0]))}
    sound = play(Voice(sample=sample, loop=loop, routes=(BENT,)), Stroke(0.0, 1.5, 60, 100), controls=controls)[0]
    for at, expected in ((0.25, 0.0), (0.75, 1200.0), (1.25, -1200.0)):
        part = sound[round((at - 0.15) * RATE) : round((at + 0.15) * RATE)]
        assert cents(measured_hz(part), 441.0) == pytest.approx(expected, abs=0.1)
    assert np.abs(np.diff(sound, 2)).max() < 1.1 * 0.5 * np.sqrt(0.5) * (2 * np.pi * 882 / RATE) ** 2 + 1e-3


def test_vibrato_has_its_rate_and_depth() -> None:
    sample, loop = sine()
    vibrato = Modulator(Lfo(delay_s=0.3, rate_hz=5.5, shape="sine"), "pitch_cents", 60.0)
    sound = play(Voice(sample=sample, loop=loop, modulators=(vibrato,)), Stroke(0.0, 2.3, 60, 100))[0]
    course = instantaneous_cents(sound, 441.0)[1000 : 2 * RATE]
    time = (np.arange(len(course)) + 1000.5) / RATE
    expected = np.where(time > 0.3, 60.0 * np.sin(2 * np.pi * 5.5 * (time - 0.3)), 0.0)
    assert np.abs(course - expected)[500:].max() < 2.5


def test_the_modulation_wheel_deepens_the_vibrato() -> None:
    sample, loop = sine()
    wheel = Route(MODULATION, Shape(full=127.0), 50.0, modulator=0)
    voice = Voice(sample=sample, loop=loop, modulators=(Modulator(Lfo(rate_hz=5.0), "pitch_cents", 0.0),), routes=(wheel,))
    still = play(voice)[0]
    assert np.ptp(instantaneous_cents(still, 441.0)[2000:40000]) < 2.0
    moved = play(voice, controls={MODULATION: Curve(np.array([0.0]), np.array([127.0]))})[0]
    assert np.ptp(instantaneous_cents(moved, 441.0)[2000:40000]) == pytest.approx(100.0, abs=6.0)


def test_an_envelope_moves_the_pitch() -> None:
    sample, loop = sine()
    glide = Modulator(ModulationEnvelope(attack_s=0.001, decay_s=0.4, sustain=0.0), "pitch_cents", 1200.0)
    course = instantaneous_cents(play(Voice(sample=sample, loop=loop, modulators=(glide,)))[0], 441.0)
    assert course[round(0.2 * RATE)] == pytest.approx(600.0, abs=8.0)
    assert course[round(0.7 * RATE)] == pytest.approx(0.0, abs=1.0)


def test_tremolo_has_its_depth() -> None:
    voice = Voice(sample=sample_of(np.ones(100)), loop=Loop(0, 100), modulators=(Modulator(Lfo(rate_hz=4.0), "gain_db", 6.0),), pan=-1.0)
    sound = play(voice, Stroke(0.0, 2.0, 60, 100))[0][1000 : 2 * RATE - 1000]
    assert 20 * np.log10(sound.max() / sound.min()) == pytest.approx(12.0, abs=0.2)


@pytest.mark.parametrize(
    ("pan", "expected_db"), [(-1.0, (0.0, -120.0)), (0.0, (-3.01, -3.01)), (0.5, (-8.34, -0.69)), (1.0, (-120.0, 0.0))]
)
def test_a_mono_sound_is_panned_at_equal_power(pan: float, expected_db: tuple[float, float]) -> None:
    sound = play(Voice(sample=sample_of(np.ones(100)), loop=Loop(0, 100), pan=pan))
    level = 20 * np.log10(np.abs(sound[:, 20000]) + 1e-6)
    assert np.allclose(level, expected_db, atol=0.01)


def test_a_stereo_sound_keeps_its_sides_and_its_width() -> None:
    sample = sample_of(np.stack([np.full(100, 0.6), np.full(100, 0.2)]))

    def sides(**settings: float) -> list[float]:
        return play(Voice(sample=sample, loop=Loop(0, 100), **settings))[:, 20000].astype(float).round(4).tolist()

    assert sides() == [0.6, 0.2]
    assert sides(width=0.0) == [0.4, 0.4]
    assert sides(width=-1.0) == [0.2, 0.6]
    assert sides(pan=1.0) == [0.0, 0.2]


def test_a_step_of_the_volume_is_complete_when_it_was_asked_for_and_does_not_click() -> None:
    loud = Route(VOLUME, Shape("concave", falling=True, full=127.0), -96.0, "gain_db")
    voice = Voice(sample=sample_of(np.ones(100)), loop=Loop(0, 100), routes=(loud,), pan=-1.0)
    sound = play(voice, controls={VOLUME: Curve(np.array([0.0, 0.5]), np.array([127.0, 63.5]))})[0]
    assert sound[10000] == pytest.approx(1.0)
    assert sound[round(0.5 * RATE)] == pytest.approx(0.25, abs=1e-4)
    assert np.abs(np.diff(sound[1000:40000])).max() < 0.005


def test_a_sounding_note_is_moved_between_the_sides() -> None:
    voice = Voice(sample=sample_of(np.ones(100)), loop=Loop(0, 100), routes=(Route(PAN, Shape(bipolar=True), 1.0, "pan"),))
    sound = play(voice, controls={PAN: Curve(np.array([0.25, 0.5]), np.array([0.0, 128.0]))})
    assert np.allclose(sound[:, 8000], np.sqrt(0.5), atol=1e-4)
    assert np.allclose(sound[:, 18000], [1.0, 0.0], atol=1e-4)
    assert np.allclose(sound[:, 30000], [0.0, 1.0], atol=1e-4)


NOISE = np.random.default_rng(5).uniform(-1, 1, 500)
ODD_VOICES = {
    "no frames": Voice(sample=sample_of(np.zeros((1, 0)))),
    "one frame loop": Voice(sample=sample_of(NOISE), loop=Loop(499, 500)),
    "loop outside": Voice(sample=sample_of(NOISE), loop=Loop(600, 900)),
    "loop backwards": Voice(sample=sample_of(NOISE), loop=Loop(300, 200)),
    "start after end": Voice(sample=sample_of(NOISE), start=400, end=100),
    "start outside": Voice(sample=sample_of(NOISE), start=-5, end=10**9),
    "ten octaves up": Voice(sample=sample_of(NOISE), pitch_cents=12000.0, loop=Loop(0, 500)),
    "ten octaves down": Voice(sample=sample_of(NOISE), pitch_cents=-12000.0),
    "pitch not a number": Voice(sample=sample_of(NOISE), pitch_cents=float("nan")),
    "glide far below": Voice(sample=sample_of(NOISE), modulators=(Modulator(ModulationEnvelope(sustain=1.0), "pitch_cents", -6000.0),)),
    "wild glide": Voice(sample=sample_of(NOISE), loop=Loop(0, 500), modulators=(Modulator(Lfo(rate_hz=3.0), "pitch_cents", 20000.0),)),
    "filter at 0": Voice(sample=sample_of(NOISE), loop=Loop(0, 500), filter=Filter("lowpass2", 0.0, 96.0)),
    "filter at infinity": Voice(sample=sample_of(NOISE), loop=Loop(0, 500), filter=Filter("bandpass2", float("inf"), 96.0)),
    "filter not a number": Voice(sample=sample_of(NOISE), loop=Loop(0, 500), filter=Filter("lowpass2", float("nan"), float("nan"))),
    "band of no width": Voice(sample=sample_of(NOISE), equalizer=(Filter("peak", 1e6, gain_db=200.0, bandwidth_octaves=0.0),)),
    "wild sweep": Voice(
        sample=sample_of(NOISE),
        loop=Loop(0, 500),
        filter=Filter("lowpass2", 500.0, 40.0),
        modulators=(Modulator(Lfo(rate_hz=40.0), "cutoff_cents", 1e6),),
    ),
    "too loud": Voice(sample=sample_of(NOISE), gain_db=1e9),
    "gain not a number": Voice(sample=sample_of(NOISE), gain_db=float("nan")),
    "envelope of infinities": Voice(
        sample=sample_of(NOISE), loop=Loop(0, 500), envelope=AmplitudeEnvelope(0.0, 0.0, 0.0, float("inf"), float("-inf"), float("inf"))
    ),
    "backwards envelope": Voice(
        sample=sample_of(NOISE), loop=Loop(0, 500), envelope=AmplitudeEnvelope(-1.0, -1.0, -1.0, -1.0, 20.0, -1.0, 7.0)
    ),
    "sample of not a numbers": Voice(sample=sample_of(np.full(500, np.nan))),
    "route to no modulator": Voice(sample=sample_of(NOISE), routes=(Route(1, Shape(), 5.0, modulator=3),)),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_VOICES)
def test_no_setting_breaks_the_player(name: str) -> None:
    sound = play(ODD_VOICES[name], Stroke(0.0, 0.3, 60, 100), Stroke(0.3, 0.4, 60, 100), tail_s=0.5)
    assert np.isfinite(sound).all()
    assert sound.shape[1] < 3 * RATE


def test_a_recording_that_lies_about_its_length_is_played_as_far_as_it_goes() -> None:
    sample = Sample(name="short", rate_hz=RATE, frames=5000, channels=1, read=lambda: np.ones((1, 100), dtype=np.float32))
    assert np.isfinite(play(Voice(sample=sample, loop=Loop(4000, 5000)), Stroke(0.0, 0.5, 60, 100))).all()
