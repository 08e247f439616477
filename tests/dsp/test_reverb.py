import numpy as np
import pytest
from scipy.signal import butter, fftconvolve, sosfilt

from hexachord.dsp.reverb import ROOMS, Convolver, Reverb, Room, room_named, room_response
from hexachord.errors import InputError

RATE_HZ = 16000


def noise(frames, seed=0):
    return np.random.default_rng(seed).normal(0, 0.1, (2, frames)).astype(np.float32)


def octave_decay_s(response, centre_hz):
    """T30 of one octave: Schroeder's backward integral, from -5 to -35 dB."""
    band = butter(4, [centre_hz / 1.4, centre_hz * 1.4], "band", fs=RATE_HZ, output="sos")
    energy = np.cumsum(np.square(sosfilt(band, response))[::-1])[::-1]
    level_db = 10 * np.log10(energy / energy[0])
    first, last = np.argmax(level_db < -5), np.argmax(level_db < -35)
    return 2 * (last - first) / RATE_HZ


@pytest.mark.parametrize("partition", [256, 4096])
def test_convolution_is_convolution(partition):
    response = np.random.default_rng(1).normal(0, 0.05, (2, 2, 3000)).astype(np.float32)
    sound = noise(9000)
    sound[:, 2000:7000] = 0.0  # a rest longer than the response
    convolver = Convolver(response, partition=partition)
    got = np.concatenate([convolver.process(sound), convolver.tail()], axis=1)
    expected = np.stack([sum(fftconvolve(sound[sent], response[heard, sent]) for sent in (0, 1)) for heard in (0, 1)])
    assert got.shape == expected.shape
    assert np.abs(got - expected).max() < 1e-6


def test_how_the_signal_is_cut_makes_no_difference():
    sound = noise(120000)
    sound[:, 40000:90000] = 0.0
    whole = Reverb(ROOMS["hall"], rate_hz=RATE_HZ).process(sound)
    pieces = Reverb(ROOMS["hall"], rate_hz=RATE_HZ)
    cuts = np.sort(np.random.default_rng(2).integers(0, 120000, 40))
    assert np.abs(np.concatenate([pieces.process(piece) for piece in np.split(sound, cuts, axis=1)], axis=1) - whole).max() < 1e-6


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_decays_as_it_says(name):
    room = ROOMS[name]
    response = room_response(room, rate_hz=RATE_HZ)[0, 0].astype(np.float64)
    assert octave_decay_s(response, 1000.0) == pytest.approx(room.decay_s / (1 + (1000 / room.damping_hz) ** 1.5), rel=0.2)
    assert octave_decay_s(response, 4000.0) < 0.8 * octave_decay_s(response, 500.0)


@pytest.mark.parametrize("rate_hz", [8000, 44100])
@pytest.mark.parametrize("name", ROOMS)
def test_steady_pink_noise_returns_at_the_level(name, rate_hz):
    spectrum = np.fft.rfft(noise(8 * rate_hz), axis=1)
    frequency_hz = np.fft.rfftfreq(8 * rate_hz, 1 / rate_hz)
    spectrum *= np.where((frequency_hz > 150) & (frequency_hz < 3600), 1 / np.sqrt(np.maximum(frequency_hz, 1)), 0)
    sound = np.fft.irfft(spectrum, axis=1).astype(np.float32)
    back = Reverb(ROOMS[name], rate_hz=rate_hz).process(sound)[:, 3 * rate_hz :]
    assert 10 * np.log10(np.mean(back**2) / np.mean(sound[:, 3 * rate_hz :] ** 2)) == pytest.approx(ROOMS[name].level_db, abs=0.8)


def test_sides_stay_sides_in_the_early_reflections_and_mix_in_the_tail():
    response = room_response(Room(size_m=10.0, early_share=0.6), rate_hz=RATE_HZ)
    early, late = response[:, :, : RATE_HZ // 20], response[:, :, RATE_HZ // 5 :]
    assert np.square(early[0, 0]).sum() > 1.1 * np.square(early[1, 0]).sum()
    assert np.square(late[0, 0]).sum() == pytest.approx(np.square(late[1, 0]).sum(), rel=0.3)
    assert abs(np.corrcoef(late[0, 0], late[1, 0])[0, 1]) < 0.1


def test_the_same_room_is_the_same_sound():
    assert (room_response(ROOMS["room"], rate_hz=8000) == room_response.__wrapped__(ROOMS["room"], rate_hz=8000)).all()
    assert (room_response(ROOMS["room"], rate_hz=8000, seed=1) != room_response(ROOMS["room"], rate_hz=8000)).any()


@pytest.mark.parametrize("rate_hz", [8000, 22050, 96000])
def test_any_rate(rate_hz):
    reverb = Reverb(ROOMS["room"], rate_hz=rate_hz)
    out = reverb.process(noise(rate_hz))
    assert np.isfinite(out).all()
    assert np.isfinite(reverb.tail()).all()
    assert np.abs(reverb.process(np.zeros((2, 100000), np.float32)))[:, -10:].max() == 0.0


def test_rooms_by_name():
    assert room_named(None) is None
    assert room_named("none") is None
    assert room_named("plate") is ROOMS["plate"]
    with pytest.raises(InputError, match=r"cathedral.*hall"):
        room_named("cathedral")
