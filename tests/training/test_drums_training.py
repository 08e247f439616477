"""What the drum network is taught: strokes as bumps where they are, claps as nobody's, kits over music as powers add."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.drum_clips import CLAP, DrumClip, drum_sampler, over, teach  # noqa: E402
from training.drums import SIZE, choose_picking, drum_loss, measure  # noqa: E402

from hexachord.audio_analysis.drums.kit import DRUM_MEL, KIT  # noqa: E402
from hexachord.dsp.features import dequantise  # noqa: E402
from hexachord.learning.deep.clips import Place  # noqa: E402
from hexachord.learning.deep.loop import Recipe, train  # noqa: E402
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count  # noqa: E402

FRAMES = 300


def clip(number: int, *, kind: str = "drums", strokes: bool = True) -> DrumClip:
    """A click in the low bands for every kick, in the high ones for every hat, over a floor of noise."""
    random = np.random.default_rng(number)
    mel = random.integers(20, 40, (FRAMES, DRUM_MEL.bands)).astype(np.uint8)
    frame = np.sort(random.choice(np.arange(5, FRAMES - 10, 6), 12, replace=False)) if strokes else np.zeros(0, dtype=int)
    piece = random.choice([KIT.index("kick"), KIT.index("hihat_closed")], len(frame)) if strokes else np.zeros(0, dtype=int)
    for at, which in zip(frame, piece, strict=True):
        bands = slice(0, 10) if which == KIT.index("kick") else slice(80, 96)
        mel[at : at + 3, bands] = np.array([[200], [180], [160]])
    return DrumClip(
        id=str(number), kind=kind, mel=mel, time_s=frame * DRUM_MEL.hop_s, piece=piece.astype(np.int64), velocity=np.full(len(frame), 100.0)
    )


def test_a_stroke_is_a_bump_where_it_is():
    one = DrumClip(
        id="", kind="drums", mel=np.zeros((50, DRUM_MEL.bands), dtype=np.uint8), time_s=np.array([20.4 * DRUM_MEL.hop_s]),
        piece=np.array([KIT.index("snare")]), velocity=np.array([64.0]),
    )  # fmt: skip
    target, known = teach(one, Place(first=0.0, speed=1.0, frames=50))
    column = target[:, KIT.index("snare")]
    assert column.argmax() == 20
    assert column[21] > column[19] > 0.05
    velocity = target[:, len(KIT) + KIT.index("snare")]
    assert velocity[20] == pytest.approx(64 / 127)
    assert np.flatnonzero(known[:, len(KIT) :].any(axis=1)).tolist() == [19, 20, 21]
    stretched, _ = teach(one, Place(first=10.0, speed=2.0, frames=20))
    assert stretched[:, KIT.index("snare")].argmax() == 5


def test_a_clap_is_nobodys_and_the_inaudible_is_not_judged():
    one = DrumClip(
        id="", kind="drums", mel=np.zeros((50, DRUM_MEL.bands), dtype=np.uint8), time_s=np.array([10.0, 30.0]) * DRUM_MEL.hop_s,
        piece=np.array([CLAP, KIT.index("tom")]), velocity=np.array([100.0, 5.0]),
    )  # fmt: skip
    target, known = teach(one, Place(first=0.0, speed=1.0, frames=50))
    assert target.max() == 0
    assert known[10, KIT.index("snare")] == 0
    assert known[10, KIT.index("kick")] == 1
    assert known[30, KIT.index("tom")] == 0


def test_a_kit_over_music_is_at_least_as_loud_as_the_kit():
    random = np.random.default_rng(0)
    kit, music = random.uniform(-40, 10, (2, 30, DRUM_MEL.bands)).astype(np.float32)
    both = over(kit, music, random)
    assert (both >= kit - 1e-4).all()
    assert both.dtype == np.float32


def test_batches_need_some_of_each():
    with pytest.raises(ValueError, match="some of each"):
        drum_sampler([clip(0)], batch=2, frames=100)


def test_a_shipped_network_is_small():
    assert parameter_count(TemporalNet(SIZE)) < 300_000


@pytest.mark.slow
def test_a_toy_is_learnt():
    clips = [clip(n) for n in range(8)] + [clip(n, kind="band") for n in range(8, 12)] + [clip(n, strokes=False) for n in range(12, 16)]
    size = TemporalSize(bands=DRUM_MEL.bands, outputs=2 * len(KIT), front=((4, 3, 8, 4), (8, 3, 4, 4)), direct=True, width=16, blocks=2)
    torch.manual_seed(0)
    net = TemporalNet(size)
    net.set_levels(torch.full((DRUM_MEL.bands,), -45.0), torch.full((DRUM_MEL.bands,), 15.0))
    net, _ = train(net, drum_sampler(clips, batch=8, frames=120), drum_loss, recipe=Recipe(rate=1e-2), steps=150)
    with torch.no_grad():
        heard = [torch.sigmoid(net(torch.from_numpy(dequantise(one.mel, DRUM_MEL))[None]))[0].numpy() for one in clips]
    numbers = measure(clips, heard, choose_picking(clips, heard))
    assert numbers["drums_kick_f"] > 0.9
    assert numbers["drums_hihat_f"] > 0.9
    assert abs(numbers["bias_ms"]) < 5
