"""What the embedding learns from: acts whose songs share their players, chunks with what is true of them, and a fair count of retrieval."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from training.embedding import embedding_loss, of_cepstrum, of_net, retrieval, whitening  # noqa: E402
from training.embedding_acts import EFFECTS, MEL, SONGS, effects_of, group_seed, transferred, worn  # noqa: E402
from training.embedding_clips import CHUNK, TOLD, Chunks, Guise, likeness  # noqa: E402
from training.embedding_songs import Songs, open_songs  # noqa: E402
from training.embedding_whitening import fit_whitening  # noqa: E402

from hexachord.learning.deep.embedding_net import EmbeddingNet, EmbeddingSize  # noqa: E402
from hexachord.learning.deep.loop import Recipe, train  # noqa: E402
from hexachord.rendering.instruments import find_instruments  # noqa: E402
from hexachord.rendering.model import Take  # noqa: E402
from hexachord.rendering.presence import FAMILIES  # noqa: E402
from hexachord.rendering.producing import draw_production  # noqa: E402
from hexachord.rendering.shelf import Shelf  # noqa: E402
from hexachord.rendering.split import load_split  # noqa: E402
from hexachord.rendering.take import draw_take  # noqa: E402


def acts(count: int, *, seed: int = 0, noise: float = 8.0) -> Songs:
    """Acts that differ in their spectrum, songs of an act that differ little, looks that differ in level."""
    random = np.random.default_rng(seed)
    curve = np.cumsum(random.normal(0, 4, (count, 1, 1, 1, MEL.bands)), axis=-1)
    song = np.cumsum(random.normal(0, 1.5, (count, SONGS, 1, 1, MEL.bands)), axis=-1)
    look = np.array([0.0, -20.0])[None, None, :, None, None]
    mel = 120 + curve + song + look + random.normal(0, noise, (count, SONGS, 2, 4 * CHUNK, MEL.bands))
    families = np.zeros((count, SONGS, 12, len(FAMILIES)), dtype=np.uint8)
    families[np.arange(count), :, :, np.arange(count) % len(FAMILIES)] = 1
    effects = random.normal(0, 1, (count, len(EFFECTS))).astype(np.float32)
    effects[:, -7:] = effects[:, -7:] > 0
    return Songs(
        mel=np.clip(mel, 0, 255).astype(np.uint8), families=families, effects=effects, scene=("studio",) * count, kind=("band",) * count
    )


def test_a_chunk_knows_who_plays_and_what_was_done() -> None:
    songs = acts(6)
    chunks = Chunks(songs, groups=4)
    inputs, targets, known = chunks(np.random.default_rng(0))
    assert inputs.shape == (16, CHUNK, MEL.bands)
    assert targets.shape == known.shape == (16, 1 + sum(TOLD.values()))
    groups, counts = np.unique(targets[:, 0], return_counts=True)
    assert (len(groups), set(counts)) == (4, {4})
    families = targets[:, 1 : 1 + len(FAMILIES)]
    assert families[np.arange(16), targets[:, 0].astype(int)].all()
    effects = slice(1 + len(FAMILIES), 1 + len(FAMILIES) + len(EFFECTS))
    assert set(np.unique(known[:, effects].mean(axis=1))) == {0.0, 1.0}  # of worn songs nobody knows
    assert known[:, -1].all()
    np.testing.assert_array_equal(inputs, chunks(np.random.default_rng(0))[0])
    alone = Guise(other=-1, louder_db=0.0, shift_bands=0.0, curve_db=np.zeros(MEL.bands, np.float32))
    plain, _, _ = chunks.disguised(np.random.default_rng(1), 0, 0, 0, alone)
    both, told, unknown = chunks.disguised(np.random.default_rng(1), 0, 0, 0, replace(alone, other=3, shift_bands=2.0))
    assert told[[0, 3]].all()  # families of both
    assert not unknown[effects.start - 1 : effects.stop - 1].any()
    power = [np.mean(10.0 ** (each / 10.0)) for each in (plain, both)]
    assert power[1] == pytest.approx(2 * power[0], rel=0.2)  # as loud as each other
    assert likeness(inputs[0]).shape == (40,)


def test_what_was_rendered_is_read_again(tmp_path: Path) -> None:
    songs = acts(4)
    for number, rows in enumerate((slice(0, 2), slice(2, 4))):
        np.savez(
            tmp_path / f"{number:05d}.npz", mel=songs.mel[rows], families=songs.families[rows], effects=songs.effects[rows],
            scene=np.array(songs.scene[rows]), kind=np.array(songs.kind[rows]),
        )  # fmt: skip
    again = open_songs(tmp_path)
    np.testing.assert_array_equal(again.mel, songs.mel)
    assert again.kind == songs.kind


def test_retrieval_counts_what_is_right() -> None:
    clear, hopeless = acts(8, noise=1.0), acts(8, noise=1.0)
    numbers = retrieval(clear, lambda chunks: chunks.mean(axis=1, dtype=np.float32))
    assert numbers["song"] > 0.8
    assert numbers["act"] > 0.9
    assert numbers["act_map"] > 0.8
    random = np.random.default_rng(0)
    lost = retrieval(hopeless, lambda chunks: random.normal(size=(len(chunks), 5)).astype(np.float32))
    assert lost["act"] < 0.5 < numbers["act"]
    assert 0.0 < lost["act_map"] < 0.5
    assert lost["act_map"] < retrieval(clear, of_cepstrum)["act_map"] <= 1.0


@pytest.mark.slow
def test_acts_are_learnt() -> None:
    songs = acts(12)
    torch.manual_seed(0)
    net = EmbeddingNet(EmbeddingSize(front=(4, 6, 8), width=24, vector=16, project=8, told=sum(TOLD.values())))
    net.level_db.fill_(-12.0)
    net.spread_db.fill_(15.0)
    losses = list[float]()
    learnt, _ = train(
        net, Chunks(songs, groups=6), embedding_loss(net.size), recipe=Recipe(rate=1e-2, ema=0.9), steps=30,
        tell=lambda progress, _: losses.append(progress.loss), tell_every=5,
    )  # fmt: skip
    assert losses[-1] < 0.8 * losses[0]
    unheard = acts(8, seed=1)
    assert retrieval(unheard, of_net(learnt, "statistics"))["act"] > 0.5
    fitted = whitening(songs, of_net(learnt, "statistics"), numbers=16)
    learnt.usual.copy_(torch.from_numpy(fitted.usual))
    learnt.basis.copy_(torch.from_numpy(fitted.basis))
    said = of_net(learnt)(unheard.mel[0, 0, 0, :CHUNK][None])
    np.testing.assert_allclose(said, fitted(of_net(learnt, "statistics")(unheard.mel[0, 0, 0, :CHUNK][None])), atol=1e-4)
    assert retrieval(unheard, of_net(learnt))["act"] > 0.5


def test_what_differs_within_an_act_counts_little() -> None:
    random = np.random.default_rng(0)
    act = np.repeat(np.arange(40), 10)
    own = random.normal(0, 1, (40, 3))[act]
    seen = np.concatenate([own, random.normal(0, 5, (400, 3))], axis=1) @ random.normal(0, 1, (6, 6)) + 7
    fitted = fit_whitening(seen.astype(np.float32), act, numbers=6)
    turned = fitted(seen.astype(np.float32))
    assert turned.std() == pytest.approx(1.0, abs=0.05)

    def share(values: np.ndarray) -> float:
        means = np.stack([values[act == one].mean(axis=0) for one in range(40)])
        return float(means.var(axis=0).sum() / values.var(axis=0).sum())

    assert share(turned) > 2 * share(seen)


@pytest.mark.data
def test_another_song_of_an_act_has_its_players(data_dir: Path) -> None:
    split = load_split()
    shelf, instruments = Shelf(data=data_dir, split=split, side="valid"), find_instruments(split, "valid")
    shared, takes = 0, list[Take]()
    for group in range(6):
        first = draw_take(group_seed(group, 0), shelf, kind="band", length_s=15.0)
        other = draw_take(group_seed(group, 1), shelf, kind="band", length_s=15.0)
        production = draw_production(first, instruments, seed=first.seed)
        made = transferred(production, first, other, instruments)
        assert len(made.parts) == len(other.tracks)
        assert (made.room, made.mix, made.medium) == (production.room, production.mix, production.medium)
        assert made.aim_lufs == production.aim_lufs
        players = [{part.origin + str(part.program) for part in each.parts} for each in (made, production)]
        shared += len(players[0] & players[1])
        takes += [first, other]
        assert effects_of(production).shape == (len(EFFECTS),)
    assert shared >= 10
    assert len({take.seed for take in takes}) == 12
    random = np.random.default_rng(0)
    assert worn(random, instruments.families) != worn(random, instruments.families)
