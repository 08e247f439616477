"""A tiny composer learns from a few tunes: what is held out says what it is worth, and what does not help is not kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from hexachord.composition.clips import Clip, on_vocabulary  # noqa: E402
from hexachord.composition.scores import clip_of  # noqa: E402
from hexachord.composition.vocabulary import Vocabulary  # noqa: E402
from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.export import save_weights  # noqa: E402
from hexachord.learning.deep.personalising import PersonalOptions, hold_out, personalise  # noqa: E402
from hexachord.learning.deep.row_net import RowNet, RowSize  # noqa: E402
from hexachord.learning.personal_crops import stretches  # noqa: E402
from hexachord.score.abc import read_abc  # noqa: E402

WORDS = Vocabulary()
TINY = RowSize(field_sizes=WORDS.field_sizes, width=32, layers=1, heads=2, head_width=16, memories=1, inner=48, head=16)
QUICK = PersonalOptions(steps=40, rank=4, rate=2e-2, lines=2, rows=96, tell_every=10)


def tune(seed: int) -> Clip:
    random = np.random.default_rng(seed)
    bars = [" ".join(random.choice(list("CEGc"), 4)) for _ in range(16)]
    return on_vocabulary(clip_of(read_abc("X:1\nM:4/4\nL:1/4\nK:C\n" + "|".join(bars) + "|]\n"), vocabulary=WORDS), WORDS)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("base") / "tiny.safetensors"
    save_weights(RowNet(TINY), path)
    return path


@pytest.fixture(scope="module")
def songs() -> dict[str, Clip]:
    return {f"{number}.abc": tune(number) for number in range(4)}


def test_songs_it_has_not_learnt_from_become_likelier(base, songs):
    told = []
    reminder = stretches(tune(50), vocabulary=WORDS, rows=96)
    made = personalise(
        songs, base=base, vocabulary=WORDS, options=QUICK, reminder=reminder, tell=lambda part, nats: told.append((part, nats))
    )
    assert made.helps
    assert made.after < made.before - 0.5
    assert made.reminder_after < made.reminder_before
    assert len(made.held_out) == 1
    assert set(made.learnt) | set(made.held_out) == set(songs)
    assert not set(made.learnt) & set(made.held_out)
    assert [part for part, _ in told] == pytest.approx([0.225, 0.475, 0.725, 0.975])
    assert made.adapter.numbers == sum(4 * sum(shape) for shape in ((32, 64), (32, 32), (32, 48), (48, 32), (32, 112)))
    again = personalise(songs, base=base, vocabulary=WORDS, options=QUICK)
    assert again.after == pytest.approx(made.after, abs=1e-6)
    assert np.isnan(again.reminder_after)


def test_what_does_not_help_is_said_to(base, songs):
    made = personalise(
        songs, base=base, vocabulary=WORDS, options=PersonalOptions(steps=8, rate=30.0, lines=1, rows=96, tell_every=2, patience=2)
    )
    assert not made.helps
    assert made.best_step == 0
    assert made.after == pytest.approx(made.before)
    assert made.steps == 4  # it had enough before the end


def test_a_song_whose_notes_all_come_first_is_judged_too(base):
    bars = ["C E G c"] * 3 + ["z4"] * 13
    bunched = on_vocabulary(clip_of(read_abc("X:1\nM:4/4\nL:1/4\nK:C\n" + "|".join(bars) + "|]\n"), vocabulary=WORDS), WORDS)
    options = PersonalOptions(steps=2, lines=1, rows=96, tell_every=1)
    made = personalise(dict.fromkeys("abc", bunched), base=base, vocabulary=WORDS, options=options)
    assert np.isfinite([made.before, made.after]).all()
    silent = replace(bunched, notes=bunched.notes[:2])
    with pytest.raises(ValueError, match="notes in two bars"):
        personalise(dict.fromkeys("abc", silent), base=base, vocabulary=WORDS, options=options)


def test_too_few_songs_and_other_weights_are_refused(base, songs, tmp_path):
    with pytest.raises(InputError, match="too few"):
        personalise(dict(list(songs.items())[:2]), base=base, vocabulary=WORDS)
    save_weights(RowNet(RowSize(field_sizes=(4, 5), width=16, layers=1, head_width=16, inner=16, head=8)), tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="a model over other rows"):
        personalise(songs, base=tmp_path / "other.safetensors", vocabulary=WORDS)


@pytest.mark.parametrize("wrong", [{"minutes": 0.0}, {"minutes": float("nan")}, {"rank": 0}, {"rank": 65}])
def test_options_that_mean_nothing_are_refused(wrong):
    with pytest.raises(InputError):
        PersonalOptions(**wrong)


def test_what_is_held_out_is_a_fifth_and_one_at_least():
    names = [f"{number:02}" for number in range(20)]
    assert len(hold_out(names)) == 4
    assert hold_out(names, seed=1) != hold_out(names, seed=2)
    assert len(hold_out(names[:3])) == 1
