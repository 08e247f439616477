import numpy as np
import pytest
from toy_bank import RATE, Toy, one_voice, play, sample_of, sine

from hexachord.errors import InputError
from hexachord.synthesis.model import (
    BEND,
    EXPRESSION,
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
    Strike,
    Stroke,
    Track,
    Voice,
    control_at,
)
from hexachord.synthesis.player import render_tracks

LOUDER = Route(VOLUME, Shape("concave", falling=True, full=127.0), -96.0, "gain_db")
PANNED = Route(PAN, Shape(bipolar=True), 1.0, "pan")
SENT = Route(91, Shape(full=127.0), 1.0, "reverb_send")


def a_bit_of_everything() -> tuple[Track, Toy]:
    sample, loop = sine()
    noise = sample_of(np.random.default_rng(1).uniform(-0.5, 0.5, (2, 9000)))
    routes = (LOUDER, PANNED, SENT, Route(BEND, Shape(bipolar=True), 200.0, "pitch_cents"))
    sweep = Modulator(ModulationEnvelope(attack_s=0.1, decay_s=0.3, sustain=0.2, release_s=0.2), "cutoff_cents", 2400.0)
    swell = Modulator(Lfo(rate_hz=6.0), "gain_db", 3.0)
    roam = Modulator(Lfo(rate_hz=3.0, shape="sine"), "pan", 0.7)
    voices = (
        Voice(sample=sample, loop=loop, routes=routes, filter=Filter("lowpass2", 700.0, 6.0), modulators=(sweep, swell), pan=-0.4),
        Voice(sample=noise, routes=routes, width=0.5, gain_db=-12.0, modulators=(roam,), group=1, cuts=1, reverb_send=0.1),
        Voice(
            sample=sample,
            loop=Loop(*loop[:2], until_release=True),
            pitch_cents=700.0,
            modulators=(Modulator(Lfo(rate_hz=5.0), "pitch_cents", 40.0),),
        ),
    )
    rng = np.random.default_rng(2)
    onsets = np.sort(rng.uniform(0.0, 2.0, 24))
    strokes = tuple(Stroke(float(t), float(t + rng.uniform(0.01, 0.5)), 60, 100) for t in onsets)
    steps = np.linspace(0.0, 2.5, 40)
    controls = {
        VOLUME: Curve(steps, 64.0 + 50.0 * np.sin(9.0 * steps)),
        PAN: Curve(steps + 0.01, 64.0 + 60.0 * np.sin(5.0 * steps)),
        BEND: Curve(steps + 0.005, 64.0 + 60.0 * np.sin(3.0 * steps)),
        91: Curve(steps + 0.02, 64.0 + 60.0 * np.cos(3.0 * steps)),
    }
    return Track(strokes=strokes, controls=controls, pan=0.1, volume=0.8), Toy(lambda strike: voices)


def rendered(tracks: list[Track], instruments: list[Toy], **options: object) -> tuple[np.ndarray, np.ndarray]:
    blocks = list(render_tracks(tracks, instruments, **options))
    return np.concatenate([block.dry for block in blocks], axis=2), np.concatenate([block.reverb_send for block in blocks], axis=-1)


@pytest.mark.parametrize("block_s", [0.0173, 0.25, 1.0])
def test_the_sound_does_not_depend_on_the_block_size(block_s: float) -> None:
    track, toy = a_bit_of_everything()
    dry, send = rendered([track], [toy], block_s=30.0)
    in_blocks, send_in_blocks = rendered([track], [toy], block_s=block_s)
    assert dry.shape == in_blocks.shape
    assert np.abs(dry).max() > 0.2
    assert np.abs(dry - in_blocks).max() < 1e-6
    assert np.abs(send - send_in_blocks).max() < 1e-6


def test_the_same_seed_gives_the_same_sound() -> None:
    track, toy = a_bit_of_everything()
    assert np.array_equal(rendered([track], [toy])[0], rendered([track], [toy])[0])


def test_chance_comes_from_the_seed_and_differs_between_strokes() -> None:
    sample = sample_of([1.0])
    toy = Toy(lambda strike: (Voice(sample=sample, gain_db=-40.0 * strike.chance, envelope=AmplitudeEnvelope(attack_s=0.0)),))
    strokes = tuple(Stroke(0.1 * i, 0.1 * i + 0.05, 60, 100) for i in range(8))
    first, again, other = (play(toy, *strokes, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first[:, : other.shape[1]], other[:, : first.shape[1]])
    peaks = [first[0, int(0.1 * i * RATE) - 5 : int(0.1 * i * RATE) + 5].max() for i in range(1, 8)]
    assert len(set(np.round(peaks, 6))) == 7


def test_tracks_apart_add_up_to_the_mix() -> None:
    track, toy = a_bit_of_everything()
    sample, loop = sine()
    other = Track(strokes=(Stroke(0.5, 1.0, 60, 100),))
    pair = [track, other], [toy, one_voice(Voice(sample=sample, loop=loop, reverb_send=0.5))]
    mix, mix_send = rendered(*pair)
    apart, apart_send = rendered(*pair, separate=True)
    assert apart.shape[0] == 2
    assert apart_send.shape[:2] == (2, 2)
    assert np.abs(apart.sum(axis=0) - mix[0]).max() < 1e-5
    assert np.abs(apart_send.sum(axis=0) - mix_send).max() < 1e-5
    assert np.allclose(apart_send[1], 0.5 * apart[1], atol=1e-7)


def test_nothing_to_play_gives_no_blocks() -> None:
    sample, _ = sine()
    assert list(render_tracks([], [])) == []
    assert list(render_tracks([Track()], [one_voice(Voice(sample=sample))])) == []
    assert list(render_tracks([Track(strokes=(Stroke(1.0, 2.0, 60, 90),))], [Toy(lambda strike: ())])) == []


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(ValueError, match="1 tracks for 0"):
        render_tracks([Track()], [])
    with pytest.raises(ValueError, match="positive"):
        render_tracks([], [], rate_hz=0)


def test_a_recording_that_cannot_be_read_is_silent_and_told_once() -> None:
    def broken() -> np.ndarray:
        raise InputError("piano.wav", found="nothing")

    missing = Sample(name="missing", rate_hz=RATE, frames=100, channels=1, read=broken)
    sample, loop = sine()
    heard: list[str] = []
    toy = Toy(lambda strike: (Voice(sample=missing), Voice(sample=sample, loop=loop)))
    sound = play(toy, Stroke(0.0, 0.5, 60, 100), Stroke(0.6, 1.0, 60, 100), warn=heard.append)
    assert len(heard) == 1
    assert "piano.wav" in heard[0]
    assert np.abs(sound).max() > 0.3


def test_a_voice_is_choked_by_a_later_stroke_that_cuts_its_group() -> None:
    sample, loop = sine()
    ringing = Voice(sample=sample, loop=loop, group=1, off_s=0.006)
    closing = Voice(sample=sample_of([0.0]), cuts=1)
    toy = Toy(lambda strike: (ringing,) if strike.key == 46 else (closing,))
    sound = play(toy, Stroke(0.0, 2.0, 46, 100), Stroke(0.5, 0.6, 42, 100))[0]
    cut = int(0.5 * RATE)
    assert np.abs(sound[cut - 200 : cut]).max() > 0.35
    assert sound.shape[0] <= cut + int(0.0061 * RATE)
    assert np.abs(np.diff(sound)).max() < 1.1 * np.abs(np.diff(sound[: cut - 200])).max()


def test_voices_of_one_stroke_do_not_choke_each_other_but_the_next_stroke_does() -> None:
    sample, loop = sine()
    voice = Voice(sample=sample, loop=loop, group=2, cuts=2)
    twice = Toy(lambda strike: (voice, voice))
    sound = play(twice, Stroke(0.0, 1.0, 60, 100), Stroke(0.5, 1.0, 60, 100))[0]
    assert np.abs(sound[1000:20000]).max() == pytest.approx(np.abs(sound[25000:40000]).max(), rel=1e-3)


def test_equal_strokes_at_once_add_up() -> None:
    sample, loop = sine()
    voice = Voice(sample=sample, loop=loop)
    one = play(voice, Stroke(0.1, 0.5, 60, 100))
    three = play(voice, *(Stroke(0.1, 0.5, 60, 100) for _ in range(3)))
    assert np.allclose(three, 3 * one, atol=1e-6)


def test_release_samples_sound_when_the_key_goes_up() -> None:
    click = sample_of(np.eye(1, 50)[0])
    ring = Voice(sample=click, envelope=AmplitudeEnvelope(attack_s=0.0))
    toy = Toy(lambda strike: (), lambda strike: (ring,))
    sound = play(toy, Stroke(0.2, 0.7, 60, 100))[0]
    assert int(np.argmax(sound)) == round(0.7 * RATE)


def test_strokes_out_of_order_and_without_sense_do_no_harm() -> None:
    click = Voice(sample=sample_of(np.eye(1, 50)[0]), envelope=AmplitudeEnvelope(attack_s=0.0))
    strokes = (Stroke(0.5, 0.6, 60, 100), Stroke(float("nan"), 1.0, 60, 100), Stroke(0.2, 0.1, 60, 100), Stroke(-1.0, 0.1, 60, 100))
    sound = play(click, *strokes)[0]
    assert np.flatnonzero(sound > 0.5).tolist() == [0, round(0.2 * RATE), round(0.5 * RATE)]


def test_an_endless_voice_ends_with_the_tail_without_a_click() -> None:
    sample, loop = sine()
    voice = Voice(sample=sample, loop=loop, envelope=AmplitudeEnvelope(release_db_per_s=0.0))
    sound = play(voice, Stroke(0.0, 0.5, 60, 100), tail_s=1.0)[0]
    assert sound.shape[0] == pytest.approx(1.5 * RATE, abs=2)
    assert np.abs(sound[-20:]).max() < 1e-3


def test_the_end_is_where_the_last_voice_has_faded() -> None:
    sample, loop = sine()
    voice = Voice(sample=sample, loop=loop, envelope=AmplitudeEnvelope(release_db_per_s=100.0))
    sound = play(voice, Stroke(0.0, 0.5, 60, 100))[0]
    assert 0.5 + 0.9 < sound.shape[0] / RATE < 0.5 + 1.0
    assert np.abs(sound[-100:]).max() < 10 ** (-90 / 20)


def test_progress_climbs_to_one() -> None:
    sample, loop = sine()
    heard: list[float] = []
    play(Voice(sample=sample, loop=loop), Stroke(0.0, 2.0, 60, 100), block_s=0.3, progress=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_little_memory_gives_the_same_sound() -> None:
    track, toy = a_bit_of_everything()
    assert np.abs(rendered([track], [toy])[0] - rendered([track], [toy], cache_bytes=1000)[0]).max() < 1e-6


def test_a_counter_is_kept_for_each_track() -> None:
    seen: list[dict[int, int]] = []

    def attack(strike: Strike) -> tuple[Voice, ...]:
        strike.counts[0] = strike.counts.get(0, 0) + 1
        seen.append(dict(strike.counts))
        return ()

    track = Track(strokes=tuple(Stroke(float(i), i + 0.5, 60, 100) for i in range(3)))
    list(render_tracks([track, track], [Toy(attack), Toy(attack)], block_s=10.0))
    assert [counts[0] for counts in seen] == [1, 2, 3, 1, 2, 3]


def test_an_instrument_is_told_the_controls_at_the_stroke() -> None:
    seen: list[float] = []

    def attack(strike: Strike) -> tuple[Voice, ...]:
        seen.append(control_at(strike.controls, EXPRESSION))
        return ()

    track = Track(
        strokes=tuple(Stroke(float(i), i + 0.5, 60, 100) for i in range(3)),
        controls={EXPRESSION: Curve(np.array([1.0, 1.5]), np.array([50.0, 60.0]))},
    )
    list(render_tracks([track], [Toy(attack)]))
    assert seen == [127.0, 50.0, 60.0]
