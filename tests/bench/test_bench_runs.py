"""Every bench end to end on a made-up folder, with stand-ins for the engines: what counts is the wiring and the arithmetic."""

import json
import sys
import types
from dataclasses import dataclass

import numpy as np
import pytest
from bench_folder import sound, text

from hexachord.bench.harness import run_bench, write_result
from hexachord.bench.separation import score_stems
from hexachord.errors import InputError
from hexachord.knowledge import F0, Beats, Key, Metre, Notes, Segments, Tempo, TempoHypothesis


@dataclass
class Rhythm:
    beats: Beats
    tempo: Tempo
    metre: Metre


def stand_in(monkeypatch, module, **functions):
    stub = types.ModuleType(module)
    for name, function in functions.items():
        setattr(stub, name, function)
    monkeypatch.setitem(sys.modules, module, stub)


@pytest.fixture
def rhythm(monkeypatch, made_up_bench):
    def analyse(frontend, *, engine=None):
        assert frontend.rate_hz == 22050
        beats = Beats(time_s=np.array([0.1, 0.6, 1.1, 1.6]), position=np.array([2, 3, 1, 2]), engine="beats/stub")
        hypotheses = (TempoHypothesis(bpm=60.0, confidence=0.6), TempoHypothesis(bpm=119.0, confidence=0.3))
        return Rhythm(beats, Tempo(hypotheses=hypotheses, engine="tempo/stub"), Metre(beats_per_bar=3))

    stand_in(monkeypatch, "hexachord.audio_analysis.rhythm", analyse_rhythm=analyse)
    stand_in(monkeypatch, "hexachord.bench.online", with_online=lambda result, *_, **__: result)
    return made_up_bench


def test_beats(rhythm, tmp_path):
    told = []
    result = run_bench("beats", data=rhythm.parent, progress=lambda *step: told.append(step), json_path=tmp_path / "beats.json")
    waltz = next(item for item in result.items if item.id == "waltz").metrics
    assert waltz["beat_f"] == waltz["downbeat_f"] == waltz["metre_acc"] == waltz["cmlt"] == 1.0
    assert result.metrics["metre_acc"] == pytest.approx(1 / 3)
    assert result.metrics["beat_f_beats"] == 1.0
    assert sum(waltz[f"errors_{name}"] for name in ("octave", "off_beat", "drift", "metre", "half_bar")) == 0.0
    assert result.metrics["errors_metre"] == pytest.approx(2 / 3)
    assert result.engine == "beats/stub"
    assert any("lost.flac" in line for line in result.skipped)
    assert told[0][1:] == (0, 3)
    assert told[-1][1:] == (3, 3)
    assert result.seconds_of_audio == pytest.approx(6.0)
    assert json.loads((tmp_path / "beats.json").read_text())["metrics"]["beat_f_beats"] == 1.0


def test_tempo(rhythm):
    result = run_bench("tempo", data=rhythm)
    assert result.metrics == {"acc1": 0.0, "acc2": 1.0, "top2": 1.0, "octave_second_right": 1.0}


def test_an_unreadable_recording_is_skipped_and_named(rhythm):
    (rhythm / "beats/waltz.flac").write_bytes(b"")
    result = run_bench("beats", data=rhythm)
    assert [item.id for item in result.items] == ["Song_Drum", "Song_MIX"]
    assert any(line.startswith("waltz: ") for line in result.skipped)


def test_chords_and_key(monkeypatch, made_up_bench):
    def estimate_chords(treble_chroma, bass_chroma, *, hop_s, start_s=0.0):
        assert treble_chroma[0].argmax() == 7
        assert bass_chroma[0].argmax() == 0
        return Segments(start_s=np.array([-0.1, 1.0]), end_s=np.array([1.0, 2.1]), label=("C:min", "G:7"), engine="chords/stub")

    def estimate_key(chroma, *, bass, hop_s, engine=None):
        return Key(tonic="C" if engine is None else "G", mode="minor", engine=f"key/{engine or 'stub'}")

    def estimate_local_keys(treble_chroma, bass_chroma, *, hop_s, start_s, key):
        assert key.name == "C minor"
        end_s = start_s + len(treble_chroma) * hop_s
        return Segments(start_s=np.array([start_s]), end_s=np.array([end_s]), label=("C major",), engine="local-keys/stub")

    stubs = {"estimate_chords": estimate_chords, "estimate_key": estimate_key, "estimate_local_keys": estimate_local_keys}
    stand_in(monkeypatch, "hexachord.audio_analysis.harmony", **stubs)
    chords = run_bench("chords", data=made_up_bench)
    # N for 0.5 s is wrong, C:min7 for 1 s half right as a triad, G:7 for 0.5 s right
    assert chords.metrics["majmin"] == pytest.approx(0.5)
    assert chords.metrics["sevenths"] == pytest.approx(0.25)
    assert chords.engine == "chords/stub"
    key = run_bench("key", data=made_up_bench, peer=True)
    assert key.metrics == pytest.approx({"tonic": 1.0, "tonic_or_fifth": 1.0, "weighted": 1.0, "heard_local": 1.0}, abs=0.03)
    assert key.engine == "key/stub, local-keys/stub"
    assert key.peers["profiles"].metrics == {"tonic": 0.0, "tonic_or_fifth": 1.0, "weighted": 0.5}


def test_structure(monkeypatch, made_up_bench):
    def sections_from_network(chroma, *, hop_s, start_s=0.0):
        assert chroma.shape == (20, 24)
        said = {"function": ("intro", "chorus"), "function_confidence": np.array([0.9, 0.4])}
        return Segments(start_s=np.array([0.5, 1.5]), end_s=np.array([1.5, 2.0]), label=("x", "y"), engine="sections/stub", **said)

    monkeypatch.setattr("hexachord.audio_analysis.structure.sections_from_network", sections_from_network)
    result = run_bench("structure", data=made_up_bench)
    assert result.metrics["hit_05"] == result.metrics["pairwise_f"] == result.metrics["v_f"] == pytest.approx(1.0)
    assert result.metrics["function"] == pytest.approx(2 / 3)  # an intro of 1 s is right, half a second of verse is called chorus
    assert result.peers["every 20 s"].metrics["hit_05_trimmed"] == 0.0
    assert result.peers["every 20 s"].metrics["function"] == 0.0
    assert 0.0 <= result.peers["plain novelty"].metrics["pairwise_f"] <= 1.0
    assert "msaf_fixtures: no such sound" in result.skipped


def test_notes(monkeypatch, made_up_bench):
    sound(made_up_bench / "maps/MAPS_MUS-b_SptkBGAm.flac")
    monkeypatch.setattr("hexachord.bench.notes.installed", lambda module: False)

    def transcribe_notes(frontend):
        numbers = {"pitch": np.array([51.0, 39.0]), "velocity": np.array([0.8, 0.1])}
        return Notes(onset_s=np.array([0.53, 0.53]), offset_s=np.array([0.62, 0.62]), **numbers, engine="notes/stub")

    stand_in(monkeypatch, "hexachord.transcription.notes", transcribe_notes=transcribe_notes)
    result = run_bench("notes", data=made_up_bench, peer=True)
    metrics = result.metrics
    assert metrics["onset_f_disklavier"] == 1.0
    assert metrics["onset_f_sampled"] == pytest.approx(2 / 3)
    assert metrics["onset_f"] == pytest.approx(5 / 6)
    assert metrics["onset_offset_f_disklavier_aligned"] == 0.5  # the other note lasts 1 ms in the labels, 90 in the estimate
    assert metrics["delay_s"] == pytest.approx(0.03)
    assert metrics["singing_note_f"] == 0.0
    assert {"libsoni/demo_pianoroll/*.wav: no such files"} < set(result.skipped)
    assert "libsoni_note_f" not in metrics
    assert result.peers["basic-pitch"].status == "not installed"


def test_melody(monkeypatch, made_up_bench):
    def track_melody(frontend, *, engine=None, options=None):
        f0 = [0.0, 440.0] if options is None else [330.0, 440.0]
        return F0(time_s=np.array([0.0, 0.01]), f0_hz=np.array(f0), voicing=np.ones(2), engine="melody/stub")

    def segment_notes(f0):
        return Notes(onset_s=np.array([0.52]), offset_s=np.array([0.8]), pitch=np.array([69.0]), velocity=np.array([0.7]))

    stand_in(monkeypatch, "hexachord.audio_analysis.melody", track_melody=track_melody, MelodyOptions=types.SimpleNamespace)
    stand_in(monkeypatch, "hexachord.audio_analysis.melody.notes", segment_notes=segment_notes)
    result = run_bench("melody", data=made_up_bench)
    metrics = result.metrics
    assert metrics["choir_rpa"] == 1.0
    assert (metrics["solo_rpa"], metrics["solo_rca"], metrics["solo_oa"]) == (0.0, 1.0, 0.5)
    assert (metrics["orchestra_rpa"], metrics["orchestra_voicing_false_alarm"]) == (0.0, 0.0)
    assert metrics["note_f"] == 1.0
    assert result.engine == "melody/stub"


def test_separation(monkeypatch, made_up_bench):
    def split_stems(samples, rate_hz):
        return {"drums": 0.25 * samples, "bass": 0.25 * samples, "other": 0.5 * samples}

    engines = (types.SimpleNamespace(name="stems/stub"),)
    stand_in(monkeypatch, "hexachord.processing.stems", split_stems=split_stems, ENGINES=engines)
    result = run_bench("separation", data=made_up_bench)
    assert result.metrics["residual_db"] < -100
    assert {"sdr_drums", "sdr_bass", "sdr_other", "si_sdri"} <= set(result.metrics)
    assert "sdr_vocals" not in result.metrics
    assert result.metrics["si_sdri"] == pytest.approx(0.0)
    assert result.engine == "stems/stub"


def test_what_is_not_compared_is_the_rest_on_both_sides():
    rng = np.random.default_rng(1)
    drums, voice, piano = rng.standard_normal((3, 1, 1000)).astype(np.float32)
    mixture = drums + voice + piano
    stems = {"drums": drums, "vocals": voice, "other": piano}
    scores = score_stems(stems, {"drums": drums, "bass": voice, "other": piano}, mixture=mixture)
    assert set(scores) == {"sdr_drums", "si_sdr_drums", "si_sdri_drums", "sdr_other", "si_sdr_other", "si_sdri_other", "si_sdri"}
    assert scores["sdr_other"] > 100
    assert score_stems({"guitar": piano, "other": voice}, {"drums": drums}, mixture=mixture) == {}


def test_formats(tmp_path):
    from hexachord.score.formats import save_score
    from hexachord.score.model import Note, Part, Score

    score = Score(parts=(Part(notes=(Note(0, 10080, 60), Note(10080, 10080, 64))),))
    for name in ("a", "b", "torn"):
        (tmp_path / "train/openewld/x").mkdir(parents=True, exist_ok=True)
        save_score(score, tmp_path / f"train/openewld/x/{name}.mxl")
    (tmp_path / "train/openewld/x/torn.mxl").write_bytes(b"no zip")
    result = run_bench("formats", data=tmp_path)
    (item,) = result.items
    assert item.metrics == {"files": 3.0, "notes": 4.0, "unreadable": 1.0, "exact": 1.0}
    assert result.metrics["musicxml_exact"] == 1.0
    assert result.metrics["files_per_s"] > 1
    assert any("torn.mxl" in line for line in result.skipped)
    assert any("pop909" in line for line in result.skipped)


def test_a_changed_note_is_noticed(tmp_path, monkeypatch):
    from hexachord.bench.formats import survives
    from hexachord.score import formats
    from hexachord.score.model import Note, Part, Score

    path = tmp_path / "a.mxl"
    formats.save_score(Score(parts=(Part(notes=(Note(0, 10080, 60),)),)), path)
    changed = Score(parts=(Part(notes=(Note(0, 10080, 61),)),))
    save = formats.save_score
    monkeypatch.setattr(formats, "save_score", lambda score, target: save(changed, target))
    assert survives(path, suffix=".musicxml", columns=("pitch",)) == (1, False)


def test_missing_data_is_no_error_and_written(tmp_path):
    for name in ("beats", "tempo", "chords", "key", "structure", "notes", "melody", "separation", "formats"):
        result = run_bench(name, data=tmp_path)
        assert result.items == ()
        assert result.skipped
        write_result(result, tmp_path / f"{name}.json")
    text(tmp_path / "x", "")
    with pytest.raises(InputError):
        run_bench("beats", data=tmp_path / "x")
