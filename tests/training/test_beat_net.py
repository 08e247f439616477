"""The smallest beat network: its size, its export, that it learns, and that its decoder reads what it should say."""

import sys
from pathlib import Path

import numpy as np
import pytest

TRAINING = Path(__file__).parents[2] / "training"
sys.path.insert(0, str(TRAINING))

from beat_hearing import FEATURE, by_kind, decode, means, open_onnx, score_clip  # noqa: E402

from hexachord.errors import InputError  # noqa: E402

torch = pytest.importorskip("torch")

from beat_net import BeatNet, NetSize, export_onnx, load_net, parameter_count, save_net, tolerant_loss  # noqa: E402
from beat_training import Clip, Recipe, Variation, crop, one_cycle, train  # noqa: E402

SMALL = NetSize(bands=16, front=((4, 3, 4, 4),), width=8, blocks=6)
STILL = Variation(tempo_octaves=0.0, shift_bands=0.0, gain_db=0.0, tilt_db=0.0, colour_db=0.0, floor_chance=0.0, masks=0)


def clicks(bpm: float, *, metre: int = 4, frames: int = 800, bands: int = 16, seed: int = 0) -> Clip:
    """A metronome whose downbeats are higher than its other beats, in noise."""
    random = np.random.default_rng(seed)
    mel = random.normal(-60.0, 3.0, (frames, bands)).astype(np.float32)
    beat_s = np.arange(0.2, frames * 0.02 - 0.2, 60.0 / bpm)
    position = np.arange(len(beat_s)) % metre + 1
    for time, place in zip(beat_s, position, strict=True):
        frame = round(time / 0.02)
        band = 10 if place == 1 else 3
        mel[frame : frame + 3, band : band + 4] = np.array([[-10.0], [-20.0], [-30.0]])
    return Clip(id=f"{bpm}", kind="clicks", mel_db=lambda a, b: mel[a:b], frames=frames, beat_s=beat_s, position=position)


def test_it_is_as_small_as_promised() -> None:
    assert parameter_count(BeatNet()) <= 100_000
    assert NetSize().reach * FEATURE.hop_s > 10.0


def test_onnx_says_what_torch_says(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = BeatNet()
    torch.nn.init.normal_(net.head.weight)
    net.train()
    net(torch.randn(2, 300, 128))  # norms that are not trivial
    assert export_onnx(net.eval(), tmp_path / "net.onnx") < 1e-4
    chances = open_onnx(tmp_path / "net.onnx")
    mel = np.random.default_rng(1).normal(size=(777, 128)).astype(np.float32)
    with torch.no_grad():
        expected = torch.sigmoid(net(torch.from_numpy(mel)[None]))[0].numpy()
    found = chances(mel)
    assert found.shape == (777, 2)
    assert np.ptp(found) > 0.01
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_saved_network_comes_back(tmp_path: Path) -> None:
    net = BeatNet(SMALL).eval()
    torch.nn.init.normal_(net.head.weight)
    save_net(net, tmp_path / "net.pt")
    back = load_net(tmp_path / "net.pt")
    mel = torch.randn(1, 100, 16)
    assert back.size == SMALL
    assert torch.equal(net(mel), back(mel))


def test_clicks_are_learnt_in_seconds(tmp_path: Path) -> None:
    clips = [clicks(bpm, metre=3 + number % 2, seed=number) for number, bpm in enumerate((84.0, 100.0, 120.0, 140.0))]
    recipe = Recipe(batch=4, crop=300, rate=2e-2, ema=0.9, variation=STILL)
    losses = []
    net, progress = train(clips, recipe=recipe, size=SMALL, steps=60, tell=lambda progress, _: losses.append(progress.loss), tell_every=10)
    assert progress.step == 60
    assert losses[-1] < 0.5 * losses[0]
    unheard = clicks(110.0, seed=9)
    with torch.no_grad():
        chance = torch.sigmoid(net(torch.from_numpy(unheard.mel_db(0, unheard.frames))[None]))[0].numpy()
    found = score_clip(unheard.beat_s, unheard.position, decode(chance))
    assert found["beat_f"] > 0.95
    assert found["downbeat_f"] > 0.9


def test_the_same_steps_make_the_same_weights_and_may_be_interrupted(tmp_path: Path) -> None:
    clips = [clicks(100.0), clicks(130.0, seed=1)]
    recipe = Recipe(batch=2, crop=120)
    whole, _ = train(clips, recipe=recipe, size=SMALL, steps=6)
    again, _ = train(clips, recipe=recipe, size=SMALL, steps=6)
    checkpoint = tmp_path / "net.ckpt"

    class Stopped(Exception):
        pass

    def stop(progress: object, net: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        train(clips, recipe=recipe, size=SMALL, steps=6, checkpoint=checkpoint, save_s=0.0, tell=stop, tell_every=4)
    with pytest.raises(InputError, match="another name"):
        train(clips[:1], recipe=recipe, size=SMALL, steps=6, checkpoint=checkpoint)
    resumed, progress = train(clips, recipe=recipe, size=SMALL, steps=6, checkpoint=checkpoint)
    assert progress.step == 6
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name])
        assert torch.equal(value, resumed.state_dict()[name]), name


def test_a_crop_keeps_beats_on_their_sound() -> None:
    clip = clicks(100.0)
    for seed in range(20):
        mel, target, known = crop(
            clip, np.random.default_rng(seed), frames=300, variation=Variation(tempo_octaves=0.4, floor_chance=0.0, masks=0)
        )
        assert mel.shape == (300, 16)
        assert known.all()
        beats = np.flatnonzero(target[:, 0])
        loud = mel.max(axis=1)
        inner = beats[(beats > 2) & (beats < 296)]
        assert len(inner) >= 5
        rise = [loud[max(0, beat - 1) : beat + 2].max() - loud[beat - 3] for beat in inner]
        assert min(rise) > 15.0
        assert 0 < target[:, 1].sum() < target[:, 0].sum()


def test_where_bars_are_unknown_nothing_is_learnt_of_them() -> None:
    clip = clicks(100.0)
    clip = Clip(
        id="", kind="", mel_db=clip.mel_db, frames=clip.frames, beat_s=clip.beat_s, position=np.zeros(len(clip.beat_s), dtype=np.int64)
    )
    _, target, known = crop(clip, np.random.default_rng(0), frames=1000, variation=STILL)
    assert not known[:, 1].any()
    assert not target[:, 1].any()
    assert 0.75 < known[:, 0].mean() < 0.85  # 800 of 1000 frames exist


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


def test_the_rate_rises_and_falls() -> None:
    rates = [one_cycle(part, warm=0.2) for part in np.linspace(0, 1, 101)]
    assert max(rates) == rates[20] == 1.0
    assert rates[0] == pytest.approx(0.1)
    assert rates[-1] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("metre", [3, 4])
def test_the_decoder_reads_ideal_chances(metre: int) -> None:
    beat_s = 0.3 + np.arange(60) * 60.0 / 127.0
    position = np.arange(60) % metre + 1
    chance = np.full((round(beat_s[-1] / 0.02) + 20, 2), 0.01, dtype=np.float32)
    frame = np.rint(beat_s / 0.02).astype(int)
    chance[frame, 0] = 0.95
    chance[frame[position == 1], 1] = 0.9
    heard = decode(chance)
    assert score_clip(beat_s, position, heard) == {"beat_f": 1.0, "downbeat_f": 1.0, "metre_acc": 1.0}
    assert np.abs(heard.beats_s - beat_s).max() < 0.015


def test_nothing_heard_is_no_beats() -> None:
    heard = decode(np.full((500, 2), 0.001, dtype=np.float32))
    assert len(heard.beats_s) == 0
    assert heard.beats_per_bar == 0
    assert score_clip(np.arange(10.0), np.zeros(10, dtype=np.int64), heard) == {"beat_f": 0.0}


def test_means_leave_out_what_is_missing() -> None:
    rows = {"a/1": {"x": 1.0}, "a/2": {"x": 3.0, "y": 5.0}, "b/1": {"y": 7.0}}
    assert means(rows.values()) == {"x": 2.0, "y": 6.0}
    assert by_kind(rows) == {"a": {"x": 2.0, "y": 5.0}, "b": {"y": 7.0}}
