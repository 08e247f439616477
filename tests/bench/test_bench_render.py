"""The render bench: its measuring rods, its fonts, its claims on a few keys, and what it does without FluidSynth."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.bench import fluidsynth, render
from hexachord.bench.harness import BenchItem, run_bench
from hexachord.bench.render_accuracy import cents_between, click_frame, frequency_hz, measure_accuracy
from hexachord.bench.render_fonts import MOVING, TUNINGS, write_parts_font
from hexachord.bench.render_peer import PRESETS, compare_presets, our_render, preset_score, third_octaves
from hexachord.bench.render_speed import LOADS, PARTS, parts_score
from hexachord.score.formats import load_score, save_score
from hexachord.synthesis.soundfont import load_soundfont


@pytest.mark.parametrize("hz", [27.5, 61.7354, 440.0, 1234.567, 4186.01])
def test_the_frequency_rod_is_exact_to_a_hundredth_of_a_cent(hz: float) -> None:
    tone = np.sin(2 * np.pi * hz / 44_100 * np.arange(13_230) + 0.7).astype(np.float32)
    assert abs(cents_between(frequency_hz(tone, rate_hz=44_100), hz)) < 0.01


@pytest.mark.parametrize("width", [0.02, 0.3, 0.9])
def test_the_click_rod_is_exact_to_a_hundredth_of_a_frame(width: float) -> None:
    sound = np.sinc(width * (np.arange(1_000) - 500.37)).astype(np.float32)
    assert click_frame(sound, about=490.0, within=60) == pytest.approx(500.37, abs=0.02)


def test_the_claims_hold_on_a_few_keys() -> None:
    items = measure_accuracy(keys=(21, 60, 69, 108))
    assert len(items) == 9 + len(TUNINGS) + 2
    for item in items:
        assert item.metrics.get("onset_samples", 0.0) < 1.0, item.id
        assert item.metrics.get("pitch_cents", 0.0) < 1.0, item.id
    assert {tuning.name for tuning in TUNINGS}.isdisjoint(tuning.name for tuning in MOVING)


def test_third_octaves_put_power_where_it_is() -> None:
    tone = np.sin(2 * np.pi * 1_000 / 44_100 * np.arange(44_100)).astype(np.float32)
    bands = third_octaves(np.stack([tone, tone]), rate_hz=44_100)
    assert np.argmax(bands) == int(3 * np.log2(1_000 / 50))
    assert bands.max() > 0.999 * bands.sum()


def test_the_loads_are_what_they_claim_and_fit_one_track_each(tmp_path: Path) -> None:
    for load in LOADS:
        score = parts_score(load, programs=8)
        notes = sum(len(part.notes) for part in score.parts)
        assert len(score.parts) == PARTS
        assert notes == pytest.approx(load.notes_per_s * load.seconds, rel=0.01)
        save_score(score, tmp_path / "load.mid")
        read = load_score(tmp_path / "load.mid")
        assert len(read.parts) == PARTS
        assert sum(len(part.notes) for part in read.parts) == notes


def test_the_parts_font_is_stereo_and_filtered(tmp_path: Path) -> None:
    bank = load_soundfont(write_parts_font(tmp_path / "parts.sf2"))
    midi = tmp_path / "parts.mid"
    save_score(parts_score(LOADS[0]._replace(seconds=2.0), programs=8), midi)
    sound = our_render(bank, midi, rate_hz=22_050)
    assert sound.shape[0] == 2
    assert sound.shape[1] >= 2 * 22_050
    assert 0.01 < np.sqrt(np.mean(np.square(sound))) < 1.0
    assert np.abs(sound[0] - sound[1]).max() > 0.01
    assert bank.warnings == ()


def test_presets_cover_the_families() -> None:
    assert len(PRESETS) == 20
    assert len({preset.program // 8 for preset in PRESETS if not preset.is_percussion}) == 15  # all but sound effects
    score = preset_score(PRESETS[0])
    assert len(score.parts[0].notes) == 9


def test_without_fluidsynth_the_rest_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    items = (BenchItem(id="a", metrics={"onset_samples": 0.5, "pitch_cents": 0.1}),)
    speeds = tuple(BenchItem(id=str(x), metrics={"realtime_x": x, "cpu_s": 1.0, "wall_s": 1.0, "seconds": x}) for x in (30.0, 3.0))
    monkeypatch.setattr(render, "measure_accuracy", lambda progress: items)
    monkeypatch.setattr(render, "measure_speed", lambda **_: speeds)
    monkeypatch.setattr(render, "fluidsynth_version", lambda: "")
    result = run_bench("render", data=tmp_path, peer=True, json_path=tmp_path / "out.json")
    assert result.metrics == {"pitch_cents": 0.1, "onset_samples": 0.5, "realtime_x": 30.0, "dense_realtime_x": 3.0}
    assert result.peers["fluidsynth"].status == "not installed"
    assert "not installed" in result.skipped[0]
    assert (tmp_path / "out.json").exists()
    monkeypatch.setattr(render, "fluidsynth_version", lambda: "2.3.1")
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(fluidsynth, "_FOLDERS", ())
    result = run_bench("render", data=tmp_path, peer=True, instruments=tmp_path / "empty")
    assert "no .sf2 or .sf3 font" in result.skipped[0]


def test_beside_fluidsynth_on_a_font_of_our_own(tmp_path: Path) -> None:
    if not fluidsynth.fluidsynth_version():
        pytest.skip("the command fluidsynth is not installed")
    font = write_parts_font(tmp_path / "parts.sf2")
    (tmp_path / "fonts").mkdir()
    assert fluidsynth.general_midi_fonts(tmp_path) == [font]
    wanted = [preset for preset in PRESETS if preset.program in (0, 11)]  # the font has no program 11
    items = compare_presets(font, presets=wanted)
    assert [item.id for item in items] == ["preset: grand piano", "preset: standard kit"]
    for item in items:
        assert item.metrics["level_db"] < 2.0
        assert item.metrics["envelope_db"] < 2.5
