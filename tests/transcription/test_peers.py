"""Adapters of other people's packages: found, opened and run as if installed, with tiny networks of random weights in their place."""

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.knowledge import Events, Notes
from hexachord.models.engine import pick_engine
from hexachord.models.networks import open_network
from hexachord.transcription import peer_basic_pitch as basic_pitch
from hexachord.transcription import peer_transkun as transkun
from hexachord.transcription.engines import ENGINES
from hexachord.transcription.options import TranscriptionOptions

RATE_HZ = 22050


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Path:
    """A network of the shape of Basic Pitch's: what it says of a frame is random sums of the frame's 256 samples."""
    onnx = pytest.importorskip("onnx")
    rng = np.random.default_rng(0)
    helper, tensor = onnx.helper, onnx.numpy_helper.from_array
    weights = {"w2": rng.normal(size=(256, 88)), "w1": rng.normal(size=(256, 88)), "w0": rng.normal(size=(256, 264))}
    given = [tensor(np.array([0, 0, 0, 0, 172 * 256 - 43844, 0], dtype=np.int64), "tail"), tensor(np.array([-1, 172, 256]), "frames")]
    given += [tensor(weight.astype(np.float32), name) for name, weight in weights.items()]
    nodes = [helper.make_node("Pad", ["in", "tail"], ["padded"]), helper.make_node("Reshape", ["padded", "frames"], ["framed"])]
    outputs = []
    for name, width in (("2", 88), ("1", 88), ("0", 264)):
        out = f"StatefulPartitionedCall:{name}"
        nodes += [helper.make_node("MatMul", ["framed", f"w{name}"], [f"m{name}"]), helper.make_node("Sigmoid", [f"m{name}"], [out])]
        outputs.append(helper.make_tensor_value_info(out, onnx.TensorProto.FLOAT, ["n", 172, width]))
    taken = helper.make_tensor_value_info("in", onnx.TensorProto.FLOAT, ["n", 43844, 1])
    model = helper.make_model(helper.make_graph(nodes, "tiny", [taken], outputs, given), opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    path = tmp_path_factory.mktemp("net") / "nmp.onnx"
    onnx.save(model, path)
    return path


@pytest.fixture
def no_packages(monkeypatch):
    """An installation without the peers, whatever this one has."""
    find = basic_pitch.importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *more: None if name in ("basic_pitch", "transkun") else find(name, *more))


@pytest.mark.parametrize("name", ["basic-pitch", "transkun"])
def test_an_engine_whose_package_is_missing_says_what_to_do(no_packages, name):
    engine = pick_engine(ENGINES, task="notes", name=name)
    assert not engine.available
    with pytest.raises(InputError, match=f"notes/{name}.*not installed.*{engine.card.licence[:3]}.*pip install .*{name}"):
        engine.load()


def test_engines_are_listed_as_not_installed_with_their_licence(no_packages, capsys):
    from hexachord.cli.inventory import engine_table, print_engines

    rows = [row for row in engine_table("notes") if row["install"]]
    assert [(row["name"], row["available"], row["default"]) for row in rows] == [
        ("notes/basic-pitch", False, False),
        ("notes/transkun", False, False),
    ]
    print_engines(rows)
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.count("not installed") == 2
    assert "Apache-2.0; pip install --no-deps basic-pitch" in printed


def test_the_adapters_say_it_too(no_packages):
    loud = click(0.5)
    with pytest.raises(InputError, match="pip install --no-deps basic-pitch"):
        basic_pitch.notes_from_basic_pitch(loud)
    transkun.open_model.cache_clear()
    with pytest.raises(InputError, match="pip install transkun"):
        transkun.notes_from_transkun(loud)


def test_the_network_is_found_in_the_package_which_is_not_imported(tmp_path, monkeypatch, tiny):
    folder = tmp_path / "basic_pitch" / "saved_models" / "icassp_2022"
    folder.mkdir(parents=True)
    (tmp_path / "basic_pitch" / "__init__.py").write_text("raise ImportError('TensorFlow')")
    monkeypatch.delitem(sys.modules, "basic_pitch", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(InputError, match="without saved_models"):
        basic_pitch.network_file()
    (folder / "nmp.onnx").write_bytes(tiny.read_bytes())
    transcribe = pick_engine(ENGINES, task="notes", name="basic-pitch").load()
    noise = np.random.default_rng(1).normal(0, 0.3, 3 * RATE_HZ).astype(np.float32)
    notes = transcribe(FrontEnd(noise), options=TranscriptionOptions(threshold=0.9))
    assert notes.engine == "notes/basic-pitch"
    assert (np.diff(notes.onset_s) >= 0).all()
    assert (notes.offset_s > notes.onset_s).all()


@pytest.mark.parametrize("at_s", [0.0, 0.4, 1.2, 1.639, 1.641, 1.72, 3.27, 3.3, 4.9])
def test_every_frame_of_every_window_is_where_it_was_heard(tiny, at_s):
    """A click shows in the frame that holds it, to the length of a frame, on both sides of the seams at 1.64 s and its multiples."""
    signal = np.zeros(round(5.1 * RATE_HZ), dtype=np.float32)
    signal[round(at_s * RATE_HZ)] = 1.0
    heads = basic_pitch.run_heads(signal, open_network(tiny))
    assert heads.onset.shape == heads.note.shape == (len(heads.time_s), 88)
    assert (np.diff(heads.time_s) > 0).all()
    assert 5.1 - heads.time_s[-1] < 0.0125
    said = np.flatnonzero(np.abs(heads.onset - 0.5).max(axis=1) > 0.05)
    assert len(said) in (1, 2)  # two windows may show it at a seam
    assert -0.0005 < at_s - heads.time_s[said[0]] < 256 / RATE_HZ


def test_another_network_is_refused(tiny):
    other = dataclasses.replace(open_network(tiny), outputs=("notes",))
    with pytest.raises(InputError, match=r"outputs notes.*network of basic-pitch 0\.4"):
        basic_pitch.run_heads(np.ones(RATE_HZ, dtype=np.float32), other)


def test_bends_are_thirds_of_a_semitone_around_the_key(tiny, monkeypatch):
    """The middle one of a key's three bins is the key; a note that lasts no frame has no course."""
    contour = np.zeros((200, 264), dtype=np.float32)
    contour[:, 3 * 39 + 1] = 0.5
    contour[100:, 3 * 39 + 2] = 0.9
    contour[:, 3 * 60] = 1.0  # another note's
    monkeypatch.setattr(basic_pitch, "_run", lambda signal, network, names: (np.arange(200) * 0.01, [contour]))
    span = {"onset_s": np.array([0.5, 3.0]), "offset_s": np.array([1.5, 3.5]), "velocity": np.ones(2)}
    courses = basic_pitch.courses_from_basic_pitch(click(0.5), Notes(pitch=np.array([60.0, 62.0]), **span), network=open_network(tiny))
    when, pitch = courses.of(0)
    assert when[[0, -1]].round(2).tolist() == [0.5, 1.49]
    np.testing.assert_allclose(pitch, np.where(when < 0.995, 60.0, 60.0 + 1 / 3))
    assert len(courses.of(1)[0]) == 0


def test_notes_of_heads():
    onset, note = np.zeros((100, 88)), np.zeros((100, 88))
    onset[10, 40], note[10:40, 40] = 0.9, 0.8
    onset[30, 40], note[45:50, 40] = 0.6, 0.4  # struck again; faint for five frames, then there again
    note[10:40, 41] = 0.45  # the neighbour hears it too
    onset[60, 20], note[60:68, 20] = 0.9, 0.9  # too short
    note[50:80, 70] = np.linspace(0.31, 0.6, 30)  # swells: no beginning of its own
    note[85:99, 3] = 0.25  # too faint
    onset[70, 5] = 0.4  # too low
    found = basic_pitch.make_notes(onset, note)
    rows = sorted(zip(found.start.tolist(), found.end.tolist(), found.pitch.tolist(), strict=True))
    assert rows == [(10, 30, 40), (30, 50, 40), (50, 79, 70)]
    order = np.argsort(found.start)
    np.testing.assert_allclose(found.strength[order], [0.8, (10 * 0.8 + 5 * 0.4) / 20, note[50:79, 70].mean()])
    np.testing.assert_allclose(found.chance[order][:2], [0.9, 0.6])


def test_what_a_pitch_begins_with_is_seen_in_its_rise():
    onset, note = np.zeros((60, 88)), np.zeros((60, 88))
    onset[10, 30], note[10:40, 30] = 0.8, 0.6
    note[20:40, 50] = 0.6  # rises as steeply, and nothing says that it begins
    found = basic_pitch.make_notes(onset, note)
    assert sorted(found.start.tolist()) == [10, 20]
    assert found.chance.tolist() == pytest.approx([0.8, 0.8])


def test_nothing_heard_is_nothing_found(tiny):
    for signal in (np.zeros(0), np.zeros(1), np.full(RATE_HZ, 1e-6)):
        frontend = FrontEnd(signal.astype(np.float32))
        assert len(basic_pitch.notes_from_basic_pitch(frontend, network=open_network(tiny))) == 0
        if len(signal):
            assert len(transkun.notes_from_transkun(frontend)) == 0


_FAKE = """
import torch
from types import SimpleNamespace as Note

class ModelConfig:
    fs, gain = 8000, 0.0

class TransKun(torch.nn.Module):
    def __init__(self, conf):
        super().__init__()
        self.fs = conf.fs
        self.gain = torch.nn.Parameter(torch.tensor([conf.gain]))

    def transcribe(self, x):
        assert x.shape[1] == 1 and not self.training and not torch.is_grad_enabled()
        at = float(x[:, 0].abs().argmax()) / self.fs
        told = dict(velocity=int(127 * self.gain), hasOnset=True, hasOffset=True)
        return [Note(start=at + 0.5, end=99.0, pitch=60, **told), Note(start=at, end=at + 0.3, pitch=67, **told),
                Note(start=at, end=at + 0.2, pitch=-64, **told), Note(start=77.0, end=78.0, pitch=70, **told)]
"""


@pytest.fixture
def fake_transkun(tmp_path, monkeypatch):
    """A package with the names, files and weights that the adapter asks for."""
    torch = pytest.importorskip("torch")
    folder = tmp_path / "transkun" / "pretrained"
    folder.mkdir(parents=True)
    (tmp_path / "transkun" / "__init__.py").write_text("")
    (tmp_path / "transkun" / "ModelTransformer.py").write_text(_FAKE)
    (tmp_path / "torchaudio.py").write_text("")
    (folder / "2.0.conf").write_text(json.dumps({"Model": {"config": {"fs": 16000}}}))
    torch.save({"state_dict": {"gain": torch.tensor([0.5])}}, folder / "2.0.pt")
    for name in ("transkun", "transkun.ModelTransformer", "torchaudio"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    transkun.open_model.cache_clear()
    yield folder
    transkun.open_model.cache_clear()
    for name in ("transkun", "transkun.ModelTransformer", "torchaudio"):
        sys.modules.pop(name, None)


def click(at_s: float) -> FrontEnd:
    signal = np.zeros(3 * RATE_HZ, dtype=np.float32)
    signal[round(at_s * RATE_HZ)] = 0.5
    return FrontEnd(signal)


def test_a_transkun_is_opened_and_heard(fake_transkun):
    notes = pick_engine(ENGINES, task="notes", name="transkun").load()(click(1.0))
    assert notes.engine == "notes/transkun"
    assert notes.pitch.tolist() == [67.0, 60.0]  # no pedal, and nothing after the end
    np.testing.assert_allclose(notes.onset_s, [1.0, 1.5], atol=2e-4)  # at its own rate, of the settings beside its weights
    np.testing.assert_allclose(notes.offset_s, [1.3, 3.0], atol=2e-4)
    np.testing.assert_allclose(notes.velocity, 63 / 127)  # of the weights
    assert np.isnan(notes.confidence).all()
    moved = transkun.notes_from_transkun(click(1.0), onsets=Events(time_s=np.array([1.02, 2.0]), confidence=np.ones(2)))
    np.testing.assert_allclose(moved.onset_s, [1.02, 1.5], atol=2e-4)


def test_a_transkun_that_cannot_be_loaded_says_why(fake_transkun):
    (fake_transkun / "2.0.pt").unlink()
    with pytest.raises(InputError, match=r"cannot be loaded \(FileNotFoundError.*expected transkun 2\.0"):
        transkun.notes_from_transkun(click(1.0))
