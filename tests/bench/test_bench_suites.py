"""Rendered suites in a bench: their figures stand beside the real ones under other names, and what is missing is named."""

import json
from pathlib import Path

import numpy as np
import pytest
from bench_folder import sound

from hexachord.bench import suites
from hexachord.bench.beats import Heard, score
from hexachord.bench.harness import BenchItem, BenchResult, print_result, run_bench
from hexachord.bench.suites import SuiteItems, beat_item, chroma_item, f0_item, load_suite, means_by_trait, note_item, stem_item, with_suite
from hexachord.knowledge import F0, Beats, Key, Knowledge, Notes, Segments, Tuning
from hexachord.rendering.labels_json import labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.suite_files import SuiteSong

NOTES = Notes(onset_s=np.array([0.5, 1.0]), offset_s=np.array([0.9, 1.5]), pitch=np.array([60.0, 64.0]), velocity=np.array([0.5, 0.9]))
TRUTH = Knowledge(
    duration_s=2.0,
    beats=Beats(time_s=np.array([0.1, 0.6, 1.1, 1.6]), position=np.array([2, 3, 1, 2])),
    tuning=Tuning(cents=-25.0),
    key=Key(tonic="C", mode="major"),
    chords=Segments(start_s=np.array([0.0, 1.0]), end_s=np.array([1.0, 2.0]), label=("C:maj", "G:7")),
    notes=NOTES,
    melody=F0(time_s=np.array([0.0, 0.01]), f0_hz=np.array([0.0, 440.0]), voicing=np.array([0.0, 1.0])),
    melody_notes=NOTES,
)


def song_in(folder: Path, name: str = "waltz", truth: Knowledge = TRUTH, metres: tuple[str, ...] = ()) -> SuiteSong:
    sound(folder / f"{name}.flac")
    spans = Segments(start_s=np.arange(len(metres)) * 1.0, end_s=np.arange(len(metres)) + 1.0, label=metres) if metres else None
    take = Take(id=name, seed=0, tracks=(), roles=(), truth=truth, metres=spans)
    (folder / f"{name}.json").write_text(labels_to_json(take))
    return SuiteSong(id=f"rhythm-1/{name}", traits=("3_4",), labels=folder / f"{name}.json", path=folder / f"{name}.flac", stems={})


@pytest.fixture
def one_song(monkeypatch, tmp_path):
    songs = (song_in(tmp_path), song_in(tmp_path, "silence", Knowledge(duration_s=2.0)))
    monkeypatch.setattr(
        suites, "load_suite", lambda *_, **__: SuiteItems(songs, ("rhythm-1: played without kit/x: not found",), "kept here")
    )
    return songs


def measured(side, data):
    real = BenchResult(bench="beats", data="d", engine="", metrics={"beat_f": 0.25}, items=(BenchItem(id="a", metrics={"beat_f": 0.25}),))
    return with_suite(
        real,
        "rhythm",
        data,
        side=side,
        instruments=None,
        item=beat_item,
        name=lambda item: item.recording.id,
        estimate=lambda item: item.time_s,
        score=lambda item, heard: {"beat_f": float(len(heard) == 4)},
        by_trait=("beat_f",),
        engines=lambda: "beats/stub",
    )


def test_rendered_figures_have_names_of_their_own(one_song, tmp_path):
    result = measured("held_out", tmp_path)
    assert result.metrics == {"beat_f": 0.25, "render_beat_f": 1.0, "render_beat_f_3_4": 1.0}
    assert [(item.id, dict(item.metrics)) for item in result.items] == [("a", {"beat_f": 0.25}), ("rhythm-1/waltz", {"render_beat_f": 1.0})]
    assert result.engine == "beats/stub"
    assert result.seconds_of_audio == 30.0
    assert result.skipped == ("rhythm-1: played without kit/x: not found",)
    assert result.to_json()["rendered"] == ["kept here"]
    assert set(measured("train", tmp_path).metrics) == {"beat_f", "render_seen_beat_f", "render_seen_beat_f_3_4"}


def test_without_suites_nothing_is_added(one_song, tmp_path):
    result = measured(None, tmp_path)
    assert result.metrics == {"beat_f": 0.25}
    assert "rendered" not in result.to_json()


def test_where_it_is_kept_is_printed(one_song, tmp_path):
    from rich.console import Console

    console = Console(width=120, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    print_result(measured("held_out", tmp_path), console=console)
    assert "kept here" in console.export_text()


def test_items_hold_what_is_true_of_the_song(tmp_path):
    song, silent = song_in(tmp_path), song_in(tmp_path, "silence", Knowledge(duration_s=2.0))
    beats = beat_item(song)
    assert (beats.beats_per_bar, beats.downbeats_s.tolist(), beats.bpm) == (3, [1.1], pytest.approx(120))
    notes = note_item(song)
    assert notes.pitch.tolist() == [59.75, 63.75]  # as they sound: everybody's A is 25 cents low
    assert notes.intervals_s.tolist() == [[0.5, 0.9], [1.0, 1.5]]
    f0 = f0_item(song)
    assert f0.f0_hz.tolist() == [[0.0, 440.0]]
    assert f0.notes[0].pitch.tolist() == [59.75, 63.75]
    chroma = chroma_item(song)
    assert (chroma.chord_labels, chroma.tonics) == (("C:maj", "G:7"), ("C",))
    assert chroma.treble.shape[1] == 12
    assert chroma.duration_s == pytest.approx(2.0, abs=0.2)
    assert [make(silent) for make in (beat_item, note_item, f0_item, chroma_item)] == [None] * 4


def test_unnumbered_beats_have_no_bars(tmp_path):
    unnumbered = Knowledge(duration_s=2.0, beats=Beats(time_s=np.array([0.1, 0.6]), position=np.array([0, 0])))
    assert beat_item(song_in(tmp_path, "free", unnumbered)).position is None


def test_stems_are_files_by_role(tmp_path):
    stems = {role: tmp_path / f"{role}.flac" for role in ("vocals", "drums")}
    for path in stems.values():
        sound(path, channels=2)
    song = SuiteSong(id="s", traits=(), labels=tmp_path / "s.json", path=tmp_path / "s.flac", stems=stems)
    found, mixture = stem_item(song).audio()
    assert set(found) == {"vocals", "drums"}
    assert np.allclose(mixture.samples, song.audio().samples)


def test_traits_are_averaged_apart():
    items = [BenchItem(id="a", metrics={"f": 1.0}), BenchItem(id="b", metrics={"g": 0.5})]
    assert means_by_trait(items, {"a": ("x",), "b": ("x", "y")}, ("f", "g")) == {"f_x": 1.0, "g_x": 0.5, "g_y": 0.5}


def test_missing_music_is_named(made_up_bench):
    result = run_bench("beats", data=made_up_bench)
    assert any(line.startswith("rhythm-1: no music to render") for line in result.skipped)
    assert not any(name.startswith("render_") for name in result.metrics)
    assert not any("rhythm-1" in line for line in run_bench("beats", data=made_up_bench, suites=None).skipped)


def test_missing_instruments_are_named(made_up_bench, monkeypatch, tmp_path):
    (made_up_bench.parent / "train").mkdir()
    monkeypatch.setattr(suites, "instrument_folders", lambda *_: (tmp_path / "nowhere",))
    found = load_suite("rhythm", made_up_bench, side="held_out")
    assert found.songs == ()
    assert "font/timgm6mb" in found.skipped[0]
    assert "nowhere" in found.skipped[0]


def test_the_command_line_says_who_plays(made_up_bench, tmp_path):
    from typer.testing import CliRunner

    from hexachord.cli.app import app

    out = tmp_path / "beats.json"
    told = CliRunner().invoke(app, ["bench", "structure", "--data", str(made_up_bench), "--suites", "none", "--json", str(out), "--quiet"])
    assert told.exit_code == 0, told.output
    assert "rendered" not in json.loads(out.read_text())
    assert CliRunner().invoke(app, ["bench", "beats", "--data", str(made_up_bench), "--suites", "nobody"]).exit_code == 2


@pytest.mark.parametrize(
    ("metres", "heard", "right"),
    [
        (("3/4",), (3, 0), True),
        (("3/8",), (3, 2), True),
        (("9/8",), (3, 3), True),
        (("9/8",), (3, 2), False),
        (("3/4",), (3, 3), False),
        (("9/8",), (2, 3), False),
        (("9/8", "3/4"), (3, 3), None),
        ((), (3, 0), None),
    ],
)
def test_a_signature_is_right_if_count_and_division_are(
    tmp_path: Path, metres: tuple[str, ...], heard: tuple[int, int], right: bool | None
) -> None:
    beats = Beats(time_s=np.arange(9) * 0.5, position=np.arange(9) % 3 + 1)
    item = beat_item(song_in(tmp_path, truth=Knowledge(duration_s=5.0, beats=beats), metres=metres))
    assert item is not None
    said = Heard(beats.time_s, beats.downbeats_s, beats_per_bar=heard[0], beat_division=heard[1])
    found = score(item, said)
    assert found["metre_acc"] == float(heard[0] == 3)
    assert found.get("signature_acc") == (None if right is None else float(right))
