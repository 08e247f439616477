"""Networks over time: shapes, what they may see, what they are judged by, and that their training can be stopped."""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.clips import Clip, crop, draw_place, levels, sampler  # noqa: E402
from hexachord.learning.deep.loop import Recipe, one_cycle, train  # noqa: E402
from hexachord.learning.deep.loss import tolerant_loss  # noqa: E402
from hexachord.learning.deep.temporal import TemporalNet, TemporalSize, parameter_count  # noqa: E402
from hexachord.learning.deep.variation import Variation  # noqa: E402

HOP_S = 0.02
SMALL = TemporalSize(bands=16, front=((4, 3, 4, 4),), width=8, blocks=4, includes=((0, 1),))
STILL = Variation(tempo_octaves=0.0, shift_bands=0.0, gain_db=0.0, tilt_db=0.0, colour_db=0.0, floor_chance=0.0, masks=0)


def small(seed: int = 0, **size: object) -> TemporalNet:
    """A network that says something of everything it hears."""
    torch.manual_seed(seed)
    net = TemporalNet(TemporalSize(**{**vars(SMALL), **size}))
    torch.nn.init.normal_(net.head.weight)
    net.train()
    net(torch.randn(4, 200, 16))  # norms that are not trivial
    return net.eval()


def clicks(bpm: float, *, metre: int = 4, frames: int = 800, seed: int = 0) -> Clip:
    """A metronome whose downbeats are higher than its other beats, in noise."""
    random = np.random.default_rng(seed)
    rows = random.normal(-60.0, 3.0, (frames, 16)).astype(np.float32)
    beat_s = np.arange(0.2, frames * HOP_S - 0.2, 60.0 / bpm)
    downbeat = np.arange(len(beat_s)) % metre == 0
    for time, first in zip(beat_s, downbeat, strict=True):
        frame, band = round(time / HOP_S), 10 if first else 3
        rows[frame : frame + 3, band : band + 4] = np.array([[-10.0], [-20.0], [-30.0]])
    return Clip(id=f"{bpm}", features=lambda a, b: rows[a:b], frames=frames, events_s=(beat_s, beat_s[downbeat]))


def test_shapes_and_size() -> None:
    assert parameter_count(TemporalNet()) < 100_000
    assert TemporalSize().ahead == TemporalSize().back == 1024
    net = small(outputs=7, extra=3)
    assert net(torch.randn(2, 33, 16)).shape == (2, 33, 10)
    for size in ({"kernel": 4}, {"includes": ((0, 2),)}, {"lookahead": -1}):
        with pytest.raises(ValueError, match=r"TemporalSize|outputs"):
            TemporalSize(**size)  # type: ignore[arg-type]


@pytest.mark.parametrize("lookahead", [None, 0, 3])
def test_frames_beyond_its_reach_do_not_matter(lookahead: int | None) -> None:
    net = small(lookahead=lookahead)
    frames, at = 160, 80
    heard = torch.randn(1, frames, 16)
    other = heard.clone()
    other[:, at] += 5.0
    with torch.no_grad():
        moved = (net(heard) - net(other)).abs().amax(dim=(0, 2)) > 1e-6
    seen = torch.nonzero(moved).ravel()
    assert at - int(seen.min()) == net.size.ahead
    assert int(seen.max()) - at <= net.size.back
    assert int(seen.max()) - at >= net.size.back - 2


def test_downbeats_are_beats() -> None:
    net = small()
    plain = TemporalNet(TemporalSize(**{**vars(SMALL), "includes": ()})).eval()
    plain.load_state_dict(net.state_dict())
    heard = torch.randn(1, 50, 16)
    with torch.no_grad():
        alone, together = plain(heard), net(heard)
    torch.testing.assert_close(together[..., 0], alone.sum(dim=-1))
    torch.testing.assert_close(together[..., 1], alone[..., 1])


@pytest.mark.parametrize("lookahead", [0, 4])
def test_a_stream_is_the_whole_in_any_blocks(lookahead: int) -> None:
    net = small(lookahead=lookahead)
    heard = torch.randn(1, 120, 16)
    past, found = net.past(), []
    with torch.no_grad():
        for block in heard.split([1, 2, 50, 3, 64], dim=1):
            logits, past = net.stream(block, past)
            found.append(logits)
        whole = net(heard)
    torch.testing.assert_close(torch.cat(found, dim=1)[:, lookahead:], whole[:, : 120 - lookahead], atol=1e-5, rtol=1e-4)
    with pytest.raises(ValueError, match="stream"):
        small().stream(heard, [])


def test_a_peak_one_frame_late_is_forgiven_and_one_far_off_is_not() -> None:
    target = torch.zeros(1, 40, 2)
    target[0, 20] = 1.0

    def loss_with_peak_at(frame: int) -> float:
        logits = torch.full((1, 40, 2), -6.0)
        logits[0, frame] = 6.0
        return tolerant_loss(logits, target, torch.ones(1, 40, 2), tolerance=1, weight=torch.ones(2)).item()

    assert loss_with_peak_at(20) == pytest.approx(loss_with_peak_at(21), abs=1e-6)
    assert loss_with_peak_at(19) < 0.01
    assert loss_with_peak_at(26) > 10 * loss_with_peak_at(21)


def test_what_is_not_known_is_not_judged() -> None:
    target, known = torch.zeros(1, 40, 2), torch.ones(1, 40, 2)
    known[:, :, 1] = 0.0
    logits = torch.zeros(1, 40, 2)
    before = tolerant_loss(logits, target, known)
    logits[:, :, 1] = 9.0
    assert tolerant_loss(logits, target, known) == before == pytest.approx(np.log(2))
    share = torch.tensor([1.0, 3.0])
    both = tolerant_loss(logits, target, torch.ones(1, 40, 2), share=share)
    assert both.item() == pytest.approx((np.log(2) + 3 * 9.0) / 4, rel=1e-3)
    assert tolerant_loss(logits, target, torch.zeros(1, 40, 2)) == 0.0


def test_a_crop_keeps_events_on_their_sound() -> None:
    clip = clicks(100.0)
    variation = Variation(tempo_octaves=0.4, floor_chance=0.0, squeeze_chance=0.5, masks=0)
    for seed in range(20):
        rows, target, known = crop(clip, np.random.default_rng(seed), frames=300, hop_s=HOP_S, variation=variation)
        assert rows.shape == (300, 16)
        assert known.all()
        beats = np.flatnonzero(target[:, 0])
        loud = rows.max(axis=1)
        inner = beats[(beats > 2) & (beats < 296)]
        assert len(inner) >= 5
        assert min(loud[max(0, beat - 1) : beat + 2].max() - loud[beat - 3] for beat in inner) > 10.0
        assert 0 < target[:, 1].sum() < target[:, 0].sum()


def test_of_what_a_clip_lacks_nothing_is_known() -> None:
    clip = clicks(100.0)
    beats = Clip(id="", features=clip.features, frames=clip.frames, events_s=(clip.events_s[0], None))
    _, target, known = crop(beats, np.random.default_rng(0), frames=1000, hop_s=HOP_S, variation=STILL)
    assert not known[:, 1].any()
    assert not target[:, 1].any()
    assert 0.75 < known[:, 0].mean() < 0.85  # 800 of 1000 frames exist
    assert draw_place(100, np.random.default_rng(0), frames=100).first == 0.0


def test_clips_are_drawn_as_often_as_they_weigh() -> None:
    clips = [
        Clip(
            id=str(level), features=lambda a, b, level=level: np.full((b - a, 4), level, np.float32), frames=50, events_s=(), weight=weight
        )
        for level, weight in ((-10.0, 3.0), (-50.0, 1.0))
    ]
    clips = [Clip(**{**vars(clip), "events_s": (np.array([0.5]),)}) for clip in clips]
    inputs, targets, known = sampler(clips, batch=400, frames=20, hop_s=HOP_S, variation=STILL)(np.random.default_rng(1))
    assert inputs.shape == (400, 20, 4)
    assert targets.shape == known.shape == (400, 20, 1)
    assert (inputs.mean(axis=(1, 2)) > -30).mean() == pytest.approx(0.75, abs=0.06)
    level_db, spread_db = levels(clips)
    np.testing.assert_allclose(level_db, -30.0)
    np.testing.assert_allclose(spread_db, 21.0)
    with pytest.raises(ValueError, match="no clips"):
        sampler([], batch=1, frames=1, hop_s=HOP_S)


def test_clicks_are_learnt_in_seconds() -> None:
    clips = [clicks(bpm, metre=3 + number % 2, seed=number) for number, bpm in enumerate((84.0, 100.0, 120.0, 140.0))]
    net = TemporalNet(TemporalSize(**{**vars(SMALL), "blocks": 6}))
    net.set_levels(*map(torch.from_numpy, levels(clips)))
    losses = []
    found, progress = train(
        net, sampler(clips, batch=4, frames=300, hop_s=HOP_S, variation=STILL), tolerant_loss, recipe=Recipe(rate=2e-2, ema=0.9),
        steps=60, tell=lambda progress, _: losses.append(progress.loss), tell_every=10,
    )  # fmt: skip
    assert progress.step == 60
    assert progress.part == 1.0
    assert losses[-1] < 0.5 * losses[0]
    unheard = clicks(110.0, seed=9)
    with torch.no_grad():
        chance = torch.sigmoid(found(torch.from_numpy(unheard.features(0, 800))[None]))[0].numpy()
    beats = np.rint(unheard.events_s[0] / HOP_S).astype(int)
    downbeats = np.rint(unheard.events_s[1] / HOP_S).astype(int)
    assert chance[beats, 0].min() > 0.5
    assert chance[downbeats, 1].min() > 0.5 > chance[np.setdiff1d(beats, downbeats), 1].max()


@pytest.mark.parametrize("recipe", [Recipe(), Recipe(bfloat16=True), Recipe(orthogonal=("fold",))])
def test_the_same_steps_make_the_same_weights_and_may_be_interrupted(tmp_path: Path, recipe: Recipe) -> None:
    draw = sampler([clicks(100.0), clicks(130.0, seed=1)], batch=2, frames=120, hop_s=HOP_S)
    loss = partial(tolerant_loss, tolerance=1)

    def fresh() -> TemporalNet:
        torch.manual_seed(0)
        return TemporalNet(SMALL)

    whole, _ = train(fresh(), draw, loss, recipe=recipe, steps=6)
    again, _ = train(fresh(), draw, loss, recipe=recipe, steps=6)
    checkpoint = tmp_path / "net.ckpt"

    class Stopped(Exception):
        pass

    def stop(progress: object, net: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        train(fresh(), draw, loss, recipe=recipe, steps=6, checkpoint=checkpoint, identity="clicks", save_s=0.0, tell=stop, tell_every=4)
    with pytest.raises(InputError, match="another name"):
        train(fresh(), draw, loss, recipe=recipe, steps=6, checkpoint=checkpoint, identity="other music")
    with pytest.raises(InputError, match="another name"):
        train(small(width=12), draw, loss, recipe=recipe, steps=6, checkpoint=checkpoint, identity="clicks")
    resumed, progress = train(fresh(), draw, loss, recipe=recipe, steps=6, checkpoint=checkpoint, identity="clicks")
    assert progress.step == 6
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_the_rate_rises_and_falls() -> None:
    rates = [one_cycle(part, warm=0.2) for part in np.linspace(0, 1, 101)]
    assert max(rates) == rates[20] == 1.0
    assert rates[0] == pytest.approx(0.1)
    assert rates[-1] == pytest.approx(0.0, abs=1e-9)


def test_nothing_else_needs_torch() -> None:
    import subprocess

    code = "import sys, hexachord, hexachord.learning.deep.clips; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
