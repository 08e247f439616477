"""The drum bench reads its labels, scores by class, and says what is missing."""

import numpy as np
import pytest

from hexachord.audio import Audio, save_audio
from hexachord.bench.datasets import Recording
from hexachord.bench.drums import DrumItem, by_class, load_drums, run, score, three_bands
from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError

RATE_HZ = 22050


@pytest.fixture
def folder(tmp_path):
    """One song: a drum track of clicks, labels, and no mix."""
    root = tmp_path / "mdb_drums"
    (root / "annotations" / "class").mkdir(parents=True)
    (root / "audio").mkdir()
    (root / "annotations" / "class" / "Song_class.txt").write_text("0.500000 \t KD \n0.500000 \t HH \n1.000000 \t SD \n1.5 \t OT \n\n")
    signal = np.zeros(2 * RATE_HZ, dtype=np.float32)
    rumble = np.sin(2 * np.pi * 60 * np.arange(4000) / RATE_HZ) * np.exp(-np.arange(4000) / 1000)
    signal[RATE_HZ // 2 : RATE_HZ // 2 + 4000] = 0.8 * rumble
    save_audio(Audio(samples=signal[np.newaxis], rate_hz=RATE_HZ), root / "audio" / "Song_Drum.flac")
    return tmp_path


def test_labels_are_read_by_class(folder):
    (item,) = load_drums(folder).items
    assert {name: times.tolist() for name, times in item.strokes.items()} == {"kick": [0.5], "hihat": [0.5], "snare": [1.0]}
    assert item.prefix == ""


def test_a_broken_line_is_named(folder):
    (folder / "mdb_drums" / "annotations" / "class" / "Song_class.txt").write_text("0.5 KD\nhalf past SD\n")
    with pytest.raises(InputError, match="half past"):
        load_drums(folder)


def test_what_is_missing_is_named(tmp_path):
    found = run(tmp_path, suites=None)
    assert found.metrics == {}
    assert any("mdb_drums" in line for line in found.skipped)


def test_open_and_closed_hats_are_one_class():
    found = by_class(np.array([2.0, 1.0, 3.0]), ("hihat_open", "hihat_closed", "clap"))
    assert {name: times.tolist() for name, times in found.items()} == {"hihat": [1.0, 2.0]}


def test_scores_count_what_is_invented(folder):
    (item,) = load_drums(folder).items
    scores = score(item, {"kick": np.array([0.51]), "snare": np.array([1.2]), "tom": np.array([0.1, 0.2])})
    assert scores == {"kick_f": 1.0, "snare_f": 0.0, "hihat_f": 0.0, "invented_per_min": 60.0}
    mix = DrumItem(recording=item.recording, strokes={"kick": np.array([0.5])}, prefix="mix_")
    assert score(mix, {"kick": np.array([0.5])}) == {"mix_kick_f": 1.0, "mix_invented_per_min": 0.0}


def test_three_bands_hear_a_rumble_as_a_kick(folder):
    (item,) = load_drums(folder).items
    found = three_bands(FrontEnd(item.recording.audio(mono=True).mono(), rate_hz=RATE_HZ))
    assert abs(found["kick"][0] - 0.5) < 0.03
    assert isinstance(item.recording, Recording)


def test_a_run_measures_every_track(folder):
    found = run(folder, suites=None, peer=True)
    assert [item.id for item in found.items] == ["Song_Drum"]
    assert {"kick_f", "snare_f", "hihat_f", "invented_per_min"} <= set(found.metrics)
    assert set(found.peers) == {"drums/nmf", "three bands"}
