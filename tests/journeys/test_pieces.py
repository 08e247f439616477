import numpy as np
import pytest

from hexachord.audio_analysis.melody import track_melody
from hexachord.dsp.frontend import FrontEnd
from hexachord.journeys.pieces import join_tracks, pieces_of
from hexachord.knowledge import F0

RATE_HZ = 22050


@pytest.mark.parametrize("seconds", [0, 5, 29, 31, 100, 101.3])
def test_pieces_cover_everything_once(seconds):
    signal = np.zeros(int(seconds * 1000), np.float32)
    pieces = list(pieces_of(signal, rate_hz=1000, piece_s=20, context_s=2, hop=10))
    tracks = []
    for piece in pieces:
        count = 1 + (piece.stop - piece.start) // 10
        time_s = np.arange(count) * 0.01
        tracks.append(piece.keep(F0(time_s=time_s, f0_hz=time_s + piece.offset_s, voicing=np.ones(count))))
    joined = join_tracks(tracks)
    assert len(joined) == 1 + len(signal) // 10
    np.testing.assert_allclose(joined.time_s, np.arange(len(joined)) * 0.01, atol=1e-9)
    np.testing.assert_allclose(joined.f0_hz, joined.time_s, atol=1e-9)
    assert len(pieces) == (1 if seconds <= 30 else -(-seconds // 20))


def test_a_melody_followed_in_pieces_is_the_melody():
    rng = np.random.default_rng(0)
    pitch = np.repeat(rng.integers(57, 75, 40), int(0.5 * RATE_HZ))
    phase = np.cumsum(440.0 * 2 ** ((pitch - 69) / 12)) / RATE_HZ
    signal = sum(np.sin(2 * np.pi * k * phase) / k for k in (1, 2, 3)).astype(np.float32)
    whole = track_melody(FrontEnd(signal), engine="pyin")
    tracks = [
        piece.keep(track_melody(FrontEnd(signal[piece.start : piece.stop]), engine="pyin"))
        for piece in pieces_of(signal, rate_hz=RATE_HZ, piece_s=6, context_s=2, hop=512)
    ]
    assert len(tracks) == 4
    joined = join_tracks(tracks)
    np.testing.assert_allclose(joined.time_s, whole.time_s, atol=1e-9)
    agree = (joined.f0_hz > 0) == (whole.f0_hz > 0)
    both = (joined.f0_hz > 0) & (whole.f0_hz > 0)
    cents = 1200 * np.abs(np.log2(joined.f0_hz[both] / whole.f0_hz[both]))
    assert agree.mean() > 0.99
    assert (cents < 10).mean() > 0.99
