"""The bench of the data engine: its arithmetic on made-up takes, its meters on made-up sounds, and once the whole of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import Audio, save_audio
from hexachord.bench import engine
from hexachord.bench.engine_measures import level_curve_db, measure
from hexachord.bench.engine_takes import Done, described
from hexachord.bench.harness import run_bench, write_result
from hexachord.metrics.two_sample import BANDS
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split

RATE_HZ = 22_050


def _take(number, kind, *, shift=0.0):
    features = np.random.default_rng(number).normal(shift, 1.0, (4, 2 * BANDS)).astype(np.float32)
    return Done(
        id=f"train-{kind}-{number}",
        kind=kind,
        genre=f"{kind} music",
        taste="usual",
        scene="studio",
        seconds=30.0,
        wall_s=1.5,
        cpu_s=1.0,
        features=features,
    )


def _real(songs=30):
    rows = np.random.default_rng(99).normal(0.0, 1.0, (4 * songs, 2 * BANDS)).astype(np.float32)
    return rows, [f"song {row // 4}" for row in range(4 * songs)]


def test_a_kind_that_is_far_off_is_told_from_one_that_is_not():
    takes = [_take(number, "band") for number in range(20)] + [_take(100 + number, "chorale", shift=3.0) for number in range(10)]
    metrics, items = engine.tell_apart(*_real(), takes)
    assert metrics["real_vs_render_acc_chorale"] > metrics["real_vs_render_acc_band"] + 0.2
    assert metrics["real_vs_render_acc"] == pytest.approx((metrics["real_right"] + metrics["render_right"]) / 2)
    assert 0.0 < metrics["real_vs_render_se"] < 0.1
    by_id = {item.id: item.metrics for item in items}
    assert by_id["kind chorale"]["takes"] == 10
    assert by_id["kind chorale"]["excerpts"] == 40
    assert by_id["genre band music"]["level_db_110_hz"] == pytest.approx(0.0, abs=0.5)
    assert by_id["kind chorale"]["level_db_110_hz"] == pytest.approx(3.0, abs=0.5)
    assert by_id["band 00, 110 Hz"]["level_db"] == pytest.approx(1.0, abs=0.4)
    assert set(by_id) >= {"taste usual", "song 0", "train-band-0", "band 39, 10147 Hz"}
    assert by_id["train-chorale-100"]["taken_for_other"] == 0.0


def test_throughput_counts_all_workers_by_the_clock_and_one_core_by_its_time():
    found = engine.throughput([_take(0, "band"), _take(1, "band")], prefix="dry_")
    assert found == pytest.approx({"dry_realtime_x": 40.0, "dry_core_x": 30.0})


def test_sound_is_described_in_mono_whatever_its_rate():
    times = np.arange(11 * 44_100) / 44_100
    tone = np.sin(2 * np.pi * 440 * times).astype(np.float32)
    wide = described(np.stack([tone, 0.5 * tone]), rate_hz=44_100)
    plain = described(0.75 * tone[None, ::2], rate_hz=22_050)
    assert wide.shape == plain.shape == (2, 2 * BANDS)
    np.testing.assert_allclose(wide[:, :8], plain[:, :8], atol=0.1)
    assert described(np.zeros((2, 44_100 * 6), np.float32), rate_hz=44_100).shape == (0, 2 * BANDS)


def test_the_real_side_is_read_and_what_is_missing_is_named(tmp_path):
    noise = 0.1 * np.random.default_rng(0).normal(0, 1, (1, 11 * RATE_HZ)).astype(np.float32)
    (tmp_path / "artists").mkdir()
    for name in ("a", "b"):
        save_audio(Audio(samples=noise, rate_hz=RATE_HZ), tmp_path / f"artists/{name}.ogg")
    (tmp_path / "artists/torn.ogg").write_bytes(b"torn")
    skipped = []
    rows, songs = engine.real_excerpts(tmp_path, skipped=skipped)
    assert rows.shape == (4, 2 * BANDS)
    assert songs == ["a", "a", "b", "b"]
    assert any("mdb_drums" in line for line in skipped)
    assert any(line.startswith("torn.ogg") for line in skipped)
    assert any("too few" in line for line in skipped)


def test_without_music_nothing_is_rendered_and_that_is_said(tmp_path):
    (tmp_path / "bench").mkdir()
    result = run_bench("engine", data=tmp_path / "bench")
    assert result.metrics == {}
    assert any(line.startswith("train: ") for line in result.skipped)
    assert any("artists" in line for line in result.skipped)
    write_result(result, tmp_path / "engine.json")


def test_without_instruments_nothing_is_rendered_and_that_is_said(tmp_path, monkeypatch):
    (tmp_path / "train").mkdir()
    monkeypatch.setattr(engine, "default_folders", lambda: (tmp_path / "nowhere",))
    result = run_bench("engine", data=tmp_path)
    assert result.metrics == {}
    assert any("no font" in line for line in result.skipped)


def test_music_is_found_in_the_folder_or_above_it(tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "bench").mkdir()
    assert engine.music_folder(tmp_path) == tmp_path
    assert engine.music_folder(tmp_path / "bench") == tmp_path
    assert engine.music_folder(tmp_path / "bench" / "nothing") is None


@pytest.mark.slow
def test_takes_are_rendered_timed_and_told_apart(data_dir: Path):
    split = load_split()
    instruments = find_instruments(split, "train")
    if not instruments.names("font"):
        pytest.skip("no font of the train side is installed")
    takes, timed, dry = engine.render_all(Shelf(data=data_dir, split=split), instruments, count=3, timed=2, workers=1)
    assert [take.id for take in takes[1:]] == [take.id for take in timed] == [take.id for take in dry]
    assert all(len(take.features) for take in takes)
    assert not any(len(take.features) for take in dry)
    assert sum(take.cpu_s for take in dry) < sum(take.cpu_s for take in timed)
    json.dumps(engine.throughput(timed, prefix=""))


def _tone(hertz, seconds=8.0, level=0.5, rate_hz=44_100):
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)).astype(np.float32)


def test_meters_hear_bass_and_air():
    middle = _tone(500.0)
    assert measure((middle + _tone(60.0))[None], rate_hz=44_100).bass_db > 5
    assert measure((middle + _tone(60.0, level=0.01))[None], rate_hz=44_100).bass_db < -15
    assert measure((middle + _tone(10_000.0))[None], rate_hz=44_100).air_db > measure(middle[None], rate_hz=44_100).air_db + 40


def test_meters_see_holes_clipping_and_peaks():
    tone = _tone(300.0)
    on = np.arange(len(tone)) // 22_050 % 2 == 0
    read = measure((tone * on)[None], rate_hz=44_100)
    assert read.gap_share == pytest.approx(0.5, abs=0.03)
    assert read.floor_db < -60
    assert read.crest_db == pytest.approx(6.0, abs=0.1)
    clipped = measure(np.clip(3 * tone, -0.5, 0.5)[None], rate_hz=44_100)
    assert clipped.flat_share > 0.5
    assert measure(tone[None], rate_hz=44_100).flat_share < 0.02
    assert clipped.crest_db < 2


def test_a_steady_click_is_a_machine_and_a_drunk_one_is_not():
    def clicks(times_s):
        sound = np.zeros(20 * 44_100, dtype=np.float32)
        burst = np.random.default_rng(1).normal(0, 0.3, 2_000) * np.exp(-np.arange(2_000) / 300)
        for at in times_s:
            begin = round(at * 44_100)
            sound[begin : begin + 2_000] += burst[: len(sound) - begin].astype(np.float32)
        return measure(sound[None], rate_hz=44_100)

    steady = clicks(np.arange(0.5, 19.0, 0.5))
    lengths = 0.5 + 0.06 * np.random.default_rng(2).standard_normal(37)
    assert steady.tempo_bpm == pytest.approx(120.0, rel=0.03) or steady.tempo_bpm == pytest.approx(60.0, rel=0.03)
    assert steady.unsteady_percent < clicks(0.5 + np.cumsum(lengths)).unsteady_percent


def test_the_level_curve_is_in_decibels():
    np.testing.assert_allclose(level_curve_db(_tone(1000.0, level=1.0), rate_hz=44_100)[2:-2], -3.01, atol=0.02)


def test_silence_can_be_measured():
    read = measure(np.zeros((2, 44_100 * 3), np.float32), rate_hz=44_100)
    assert (read.gap_share, read.flat_share, read.tempo_bpm) == (0.0, 0.0, 0.0)
