"""The engine ``notes/network``: notes of struck strings and of sustained tones, at any level and rate, whole or block by block."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.knowledge import Events, Notes
from hexachord.models.networks import network_path, open_network
from hexachord.transcription import network
from hexachord.transcription.network import ANY, PIANO, notes_from_network
from hexachord.transcription.notes import TranscriptionOptions, transcribe_notes

RATE_HZ = 22_050
TUNE = [(60, 0.5, 0.4), (64, 1.0, 0.4), (67, 1.5, 0.4), (72, 2.0, 0.4), (72, 2.5, 0.4), (48, 3.0, 0.9), (45, 4.0, 0.9)]

pytestmark = pytest.mark.skipif(network_path(ANY.network) is None, reason="the network is not in this installation")


def tone(pitch: int, at_s: float, seconds: float, *, total_s: float, rate_hz: int = RATE_HZ, decay: float = 1.0) -> np.ndarray:
    """Partials that die away, the higher the sooner, and stop within 50 ms at the end."""
    t = np.arange(round(total_s * rate_hz)) / rate_hz - at_s
    out = np.zeros_like(t)
    on = t >= 0
    for h in range(1, 13):
        hz = 440 * 2 ** ((pitch - 69) / 12) * h * np.sqrt(1 + 3e-4 * h * h)
        if hz < 0.45 * rate_hz:
            out[on] += np.exp(-decay * t[on] * (1.0 + 0.4 * h)) * np.sin(2 * np.pi * hz * t[on]) / h**1.2
    return np.asarray(0.2 * out * np.clip(1 - (t - seconds) / 0.05, 0, 1) * np.clip(t / 0.002, 0, 1), dtype=np.float32)


def tune(total_s: float = 5.5, **options: float) -> np.ndarray:
    return np.sum([tone(pitch, at, seconds, total_s=total_s, **options) for pitch, at, seconds in TUNE], axis=0)  # type: ignore[arg-type]


def hits(notes: Notes, truth: list[tuple[int, float, float]]) -> int:
    return sum(bool(np.any((np.rint(notes.pitch) == pitch) & (np.abs(notes.onset_s - at) <= 0.05))) for pitch, at, _ in truth)


@pytest.fixture(scope="module")
def heard() -> Notes:
    return transcribe_notes(FrontEnd(tune()), engine=ANY.engine)


def test_a_tune(heard: Notes) -> None:
    assert heard.engine == ANY.engine
    assert hits(heard, TUNE) == len(TUNE)
    assert len(heard) <= len(TUNE) + 2
    assert np.all(heard.offset_s - heard.onset_s < 1.6)


def test_order_and_ranges(heard: Notes) -> None:
    assert np.all(np.diff(heard.onset_s) >= 0)
    assert np.all(heard.offset_s > heard.onset_s)
    for column in (heard.velocity, heard.confidence):
        assert np.all((column > 0) & (column <= 1))


def test_the_level_does_not_matter(heard: Notes) -> None:
    assert hits(notes_from_network(FrontEnd(tune() * np.float32(0.02))), TUNE) == hits(heard, TUNE)


@pytest.mark.parametrize("frames", [37, 200])
def test_blocks_make_no_difference(heard: Notes, monkeypatch: pytest.MonkeyPatch, frames: int) -> None:
    monkeypatch.setattr(network, "_BLOCK_FRAMES", frames)
    again = notes_from_network(FrontEnd(tune()))
    np.testing.assert_allclose(again.pitch, heard.pitch, atol=1e-3)
    for column in ("onset_s", "offset_s", "velocity", "confidence"):
        np.testing.assert_allclose(getattr(again, column), getattr(heard, column), atol=1e-4)


@pytest.mark.slow
def test_stretches_of_minutes_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    signal = np.concatenate([np.tile(tune(), 20), np.zeros(4 * RATE_HZ, dtype=np.float32), 0.3 * np.tile(tune(), 15)])  # three minutes
    stretches = notes_from_network(FrontEnd(signal))
    monkeypatch.setattr(network, "_BLOCK_FRAMES", 1 << 20)
    whole = notes_from_network(FrontEnd(signal))
    assert len(whole) > 200
    np.testing.assert_allclose(stretches.pitch, whole.pitch, atol=1e-3)
    for column in ("onset_s", "offset_s", "velocity", "confidence"):
        np.testing.assert_allclose(getattr(stretches, column), getattr(whole, column), atol=1e-4)


@pytest.mark.slow
def test_memory_does_not_grow_with_length() -> None:
    def most_bytes(tunes: int) -> int:
        signal = np.tile(tune(), tunes)
        tracemalloc.start()
        try:
            notes_from_network(FrontEnd(signal))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    short, long = (most_bytes(tunes) for tunes in (10, 60))  # one minute, and five and a half
    assert long < 1.1 * short
    assert long < 60e6


@pytest.mark.parametrize("rate_hz", [8000, 44_100])
def test_any_rate(rate_hz: int) -> None:
    assert hits(notes_from_network(FrontEnd(tune(rate_hz=rate_hz), rate_hz=rate_hz)), TUNE) >= len(TUNE) - 1


def test_onsets_given_are_taken(heard: Notes) -> None:
    exact = [at for _, at, _ in TUNE]
    given = notes_from_network(FrontEnd(tune()), onsets=Events(time_s=np.array(exact)))
    assert sum(float(at) in exact for at in given.onset_s) >= len(TUNE) - 1
    assert len(given) == len(heard)


def test_a_higher_threshold_gives_a_subset(heard: Notes) -> None:
    shy = notes_from_network(FrontEnd(tune()), options=TranscriptionOptions(threshold=float(np.median(heard.confidence))))
    assert 0 < len(shy) < len(heard)
    pairs = set(zip(heard.onset_s.tolist(), heard.pitch.tolist(), strict=True))
    assert set(zip(shy.onset_s.tolist(), shy.pitch.tolist(), strict=True)) <= pairs


def test_a_network_of_ones_own(heard: Notes) -> None:
    path = network_path(ANY.network)
    assert path is not None
    assert len(notes_from_network(FrontEnd(tune()), network=open_network(path))) == len(heard)
    with pytest.raises(InputError):
        open_network(Path("nowhere.onnx"))


@pytest.mark.parametrize("name", ["empty", "silence", "one sample", "fifth of a second", "dc", "clipping", "noise"])
def test_edges(name: str) -> None:
    t = np.arange(RATE_HZ) / RATE_HZ
    signal = {
        "empty": np.zeros(0),
        "silence": np.zeros(RATE_HZ),
        "one sample": np.ones(1),
        "fifth of a second": np.sin(2 * np.pi * 330 * t[: RATE_HZ // 5]),
        "dc": np.full(RATE_HZ, 0.5),
        "clipping": np.clip(9 * np.sin(2 * np.pi * 330 * t), -1, 1),
        "noise": np.random.default_rng(1).normal(0, 0.2, RATE_HZ),
    }[name].astype(np.float32)
    notes = notes_from_network(FrontEnd(signal))
    for column in (notes.onset_s, notes.offset_s, notes.pitch, notes.velocity, notes.confidence):
        assert np.isfinite(column).all()
    assert (notes.offset_s > notes.onset_s).all()
    if name in ("empty", "silence"):
        assert len(notes) == 0


def test_a_real_piano(data_dir: Path) -> None:
    from hexachord.audio import load_audio

    source = data_dir / "bench" / "maps" / "MAPS_MUS-scn15_3_AkPnBcht.flac"
    if not source.is_file():
        pytest.skip("the recording is not in this data folder")
    found = notes_from_network(FrontEnd(load_audio(source, rate_hz=RATE_HZ, mono=True).mono()))
    truth = [(int(row[2]), float(row[0]), float(row[1])) for row in np.loadtxt(source.with_suffix(".tsv"))]
    assert hits(found, truth) > 0.8 * len(truth)
    assert len(found) < 1.25 * len(truth)


def test_the_piano_has_a_network_and_a_name_of_its_own() -> None:
    notes = transcribe_notes(FrontEnd(tune()), engine=PIANO.engine)
    assert notes.engine == PIANO.engine != ANY.engine
    assert hits(notes, TUNE) >= len(TUNE) - 1
    assert not np.array_equal(notes.confidence, transcribe_notes(FrontEnd(tune()), engine=ANY.engine).confidence)
