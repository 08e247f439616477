"""From files to an adapter and back: what is left out, what is kept, and what is refused."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

from hexachord.composition.composing import compose  # noqa: E402
from hexachord.composition.lock_text import parse_lock  # noqa: E402
from hexachord.composition.vocabulary import Vocabulary  # noqa: E402
from hexachord.composition.writing import Draw  # noqa: E402
from hexachord.errors import InputError  # noqa: E402
from hexachord.journeys.personalising import personal_facts, personalise_files, read_songs  # noqa: E402
from hexachord.learning.deep.export import save_weights  # noqa: E402
from hexachord.learning.deep.personalising import PersonalOptions  # noqa: E402
from hexachord.learning.deep.row_export import export_rows  # noqa: E402
from hexachord.learning.deep.row_net import RowNet, RowSize  # noqa: E402
from hexachord.score.abc import read_abc  # noqa: E402
from hexachord.score.formats import load_score, save_score  # noqa: E402
from hexachord.score.model import TICKS_PER_QUARTER, Note, Part, Score  # noqa: E402

WORDS = Vocabulary()
QUICK = PersonalOptions(steps=30, rank=4, rate=2e-2, lines=2, rows=96, tell_every=10)
CHORALE = "X:1\nM:4/4\nL:1/4\nK:C\nC E G c|c G E C|E E G G|c4|]\n"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    size = RowSize(field_sizes=WORDS.field_sizes, width=32, layers=1, heads=2, head_width=16, memories=1, inner=48, head=16)
    path = tmp_path_factory.mktemp("tiny") / "tiny.onnx"
    net = RowNet(size)
    export_rows(net, path, context=128, vocabulary=WORDS.to_json())
    save_weights(net, path.with_suffix(".safetensors"))
    return path


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("HEXACHORD_PERSONAL", str(tmp_path / "mine"))
    return tmp_path / "mine"


@pytest.fixture
def files(tmp_path) -> list[Path]:
    random, found = np.random.default_rng(0), []
    for number in range(4):
        bars = "|".join(" ".join(random.choice(list("CEGc"), 4)) for _ in range(12))
        path = tmp_path / f"tune{number}.mid"
        save_score(read_abc(f"X:1\nM:4/4\nL:1/4\nK:C\n{bars}|]\n"), path)
        found.append(path)
    return found


def test_learnt_kept_composed_with_and_forgotten(model, home, files):
    made = personalise_files(files, name="triads", options=QUICK, model=model)
    assert made.path == home / "triads.safetensors"
    assert made.facts["held_out_nats"][1] < made.facts["held_out_nats"][0]
    assert len(made.facts["sources"]) == 4
    assert made.facts["reminder_nats"][0] > 0
    assert any("held-out songs" in line for line in made.lines)
    assert personal_facts("triads") == json.loads(json.dumps(made.facts))
    draw = Draw(model=model, like="triads", seed=3)
    mine, again = (compose(read_abc(CHORALE), parse_lock("bars 1-2"), draw=draw) for _ in range(2))
    plain = compose(read_abc(CHORALE), parse_lock("bars 1-2"), draw=Draw(model=model, seed=3))
    assert mine.score.parts == again.score.parts
    assert mine.score.parts != plain.score.parts
    with pytest.raises(InputError, match="a name that is taken"):
        personalise_files(files, name="triads", options=QUICK, model=model)
    assert personalise_files(files, name="triads", options=QUICK, model=model, replace_old=True).path


def test_a_changed_base_refuses_what_was_learnt_before(model, home, files, tmp_path):
    other = tmp_path / "other.onnx"
    for suffix in (".onnx", ".npz", ".safetensors"):
        other.with_suffix(suffix).write_bytes(model.with_suffix(suffix).read_bytes())
    personalise_files(files, name="mine", options=QUICK, model=other)
    net = RowNet(RowSize(field_sizes=WORDS.field_sizes, width=32, layers=1, heads=2, head_width=16, memories=1, inner=48, head=16))
    save_weights(net, other.with_suffix(".safetensors"))
    os.utime(other, ns=(1, 1))  # it was written anew
    with pytest.raises(InputError, match="adapter of another model"):
        compose(read_abc(CHORALE), parse_lock("bars 1"), draw=Draw(model=other, like="mine"))


def test_files_that_cannot_be_learnt_from_leave_the_others_alone(files, tmp_path):
    (broken := tmp_path / "broken.mid").write_bytes(b"MThd nothing")
    (twin := tmp_path / "twin.mid").write_bytes(files[0].read_bytes())
    save_score(Score(parts=(Part(notes=()),)), empty := tmp_path / "empty.musicxml")
    note = Note(0, TICKS_PER_QUARTER, 60)
    later = note._replace(onset=8 * TICKS_PER_QUARTER, pitch=40)
    parts = [Part(notes=(note._replace(pitch=30 + number), later), id=f"P{number}", program=number) for number in range(40)]
    crowd = Score(parts=tuple(parts))
    save_score(crowd, forty := tmp_path / "forty.mid")
    songs, hashes, left_out = read_songs([*files, broken, twin, empty, forty, tmp_path / "none.mid"], vocabulary=WORDS)
    assert list(songs) == list(hashes) == [*(path.name for path in files), "forty.mid"]
    assert set(left_out) == {str(path) for path in (broken, twin, empty, tmp_path / "none.mid")}
    assert left_out[str(twin)] == "the same as another"


def test_one_file_many_times_is_too_few(model, home, files):
    with pytest.raises(InputError, match=r"1 songs: found too few to learn from .*the same as another"):
        personalise_files([files[0], files[0], files[0]], name="one", model=model)
    with pytest.raises(InputError, match="no name for a file"):
        personalise_files(files, name="a/b", model=model)
    with pytest.raises(InputError, match="no such style"):
        personalise_files(files, name="a", model=model, style="polkaz")
    assert not home.exists()


def test_a_folder_is_its_files_and_an_adapter_may_lie_anywhere(model, home, files, tmp_path):
    made = personalise_files([tmp_path], name=str(tmp_path / "there.safetensors"), options=QUICK, model=model)
    assert made.path == tmp_path / "there.safetensors"
    assert made.path.is_file()
    assert load_score(files[0]).note_count


@pytest.mark.slow
def test_the_shipped_composer_learns_a_few_tunes(home, files):
    made = personalise_files(files, name="triads", options=PersonalOptions(steps=12, tell_every=4, lines=1, rows=256))
    assert made.path
    assert made.facts["held_out_nats"][1] < made.facts["held_out_nats"][0] - 0.05
    draw = Draw(like="triads", seed=1)
    assert compose(read_abc(CHORALE), parse_lock("bars 1-2"), draw=draw).written
