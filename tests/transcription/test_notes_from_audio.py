from pathlib import Path

import numpy as np
import pytest

from hexachord.dsp.frontend import FrontEnd
from hexachord.errors import InputError
from hexachord.knowledge import Events, Notes
from hexachord.transcription.activations import activate, note_spectrum
from hexachord.transcription.notes import ENGINE, TranscriptionOptions, notes_from_templates, transcribe_notes

RATE_HZ = 22_050


def struck(pitch: int, at_s: float, seconds: float, *, total_s: float, velocity: float = 0.7, rate_hz: int = RATE_HZ) -> np.ndarray:
    """A string that was struck: stretched partials that die away, the higher the sooner, and a damper at the end."""
    t = np.arange(round(total_s * rate_hz)) / rate_hz - at_s
    f0 = 440 * 2 ** ((pitch - 69) / 12)
    out = np.zeros_like(t)
    on = t >= 0
    for h in range(1, 13):
        hz = f0 * h * np.sqrt(1 + 3e-4 * h * h)
        if hz < 0.45 * rate_hz:
            out[on] += velocity * np.exp(-t[on] * (1.0 + 0.4 * h)) * np.sin(2 * np.pi * hz * t[on]) / h**1.2
    damper = np.clip(1 - (t - seconds) / 0.05, 0, 1)
    return (0.2 * out * damper * np.clip(t / 0.002, 0, 1)).astype(np.float32)


def piece(notes: list[tuple[int, float, float]], total_s: float, **options: int) -> np.ndarray:
    return np.sum([struck(pitch, at, seconds, total_s=total_s, **options) for pitch, at, seconds in notes], axis=0)


def match(notes: Notes, truth: list[tuple[int, float, float]], tolerance_s: float = 0.05) -> tuple[int, int]:
    """Number of true notes that were found, and of notes found that are not true."""
    left = list(zip(notes.pitch.tolist(), notes.onset_s.tolist(), strict=True))
    hits = 0
    for pitch, at, _ in truth:
        near = [note for note in left if note[0] == pitch and abs(note[1] - at) <= tolerance_s]
        if near:
            hits += 1
            left.remove(near[0])
    return hits, len(left)


MELODY = [(60, 0.5, 0.4), (64, 1.0, 0.4), (67, 1.5, 0.4), (72, 2.0, 0.4), (72, 2.5, 0.4), (48, 3.0, 0.9), (45, 4.0, 0.9)]


def test_single_notes() -> None:
    notes = notes_from_templates(FrontEnd(piece(MELODY, 5.5)))
    hits, wrong = match(notes, MELODY)
    assert hits == len(MELODY)
    assert wrong <= 1
    assert notes.engine == ENGINE
    durations = notes.offset_s - notes.onset_s
    assert np.all(durations > 0.15)
    assert np.all(durations < 1.6)


def test_chords() -> None:
    truth = [(p, 0.5 + i, 0.9) for i, chord in enumerate([(48, 60, 64, 67), (53, 60, 65, 69), (43, 59, 62, 67)]) for p in chord]
    hits, wrong = match(notes_from_templates(FrontEnd(piece(truth, 4.0))), truth)
    assert hits >= 10
    assert wrong <= 3


def test_louder_notes_have_more_velocity() -> None:
    signal = sum(struck(60, 0.5 + i, 0.8, total_s=5, velocity=v) for i, v in enumerate((0.05, 0.2, 0.5, 1.0)))
    notes = notes_from_templates(FrontEnd(np.asarray(signal)))
    chosen = notes.velocity[notes.pitch == 60]
    assert len(chosen) >= 3
    assert chosen[-1] > chosen[0]


def test_the_level_of_the_recording_does_not_matter() -> None:
    signal = piece(MELODY, 5.5)
    loud, soft = (notes_from_templates(FrontEnd(signal * np.float32(gain))) for gain in (1.0, 0.01))
    assert match(loud, MELODY)[0] == match(soft, MELODY)[0]


def test_a_rest_is_not_filled_with_noise() -> None:
    noise = np.random.default_rng(0).normal(0, 1e-4, 60 * RATE_HZ).astype(np.float32)
    noise[: len(piece(MELODY, 5.5))] += piece(MELODY, 5.5)
    notes = notes_from_templates(FrontEnd(noise))
    assert np.sum(notes.onset_s > 8) <= 2


def test_stretches_join_without_gaps_or_doubles() -> None:
    truth = [(55 + i % 12, 0.5 + i, 0.8) for i in range(66)]
    signal = np.zeros(67 * RATE_HZ, np.float32)
    for pitch, at, seconds in truth:
        start = round(at * RATE_HZ)
        signal[start : start + RATE_HZ] += struck(pitch, 0.0, seconds, total_s=1.0)[: len(signal) - start]
    hits, wrong = match(notes_from_templates(FrontEnd(signal)), truth)
    assert hits >= 64
    assert wrong <= 4


def test_onsets_given_from_outside_are_taken() -> None:
    notes = notes_from_templates(FrontEnd(piece(MELODY, 5.5)), onsets=Events(time_s=np.array([at for _, at, _ in MELODY])))
    exact = sum(np.any(np.abs(notes.onset_s - at) < 1e-9) for _, at, _ in MELODY)
    assert exact >= 6


def test_a_higher_threshold_gives_a_subset() -> None:
    frontend = FrontEnd(piece(MELODY, 5.5))
    eager, shy = (notes_from_templates(frontend, options=TranscriptionOptions(threshold=t)) for t in (0.1, 0.9))
    assert len(shy) <= len(eager)
    assert (shy.confidence >= 0.9).all()
    pairs = set(zip(eager.onset_s.tolist(), eager.pitch.tolist(), strict=True))
    assert set(zip(shy.onset_s.tolist(), shy.pitch.tolist(), strict=True)) <= pairs


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
    notes = notes_from_templates(FrontEnd(signal))
    for column in (notes.onset_s, notes.offset_s, notes.pitch, notes.velocity, notes.confidence):
        assert np.isfinite(column).all()
    assert (notes.offset_s > notes.onset_s).all()
    assert (notes.onset_s >= 0).all()
    if name in ("empty", "silence"):
        assert len(notes) == 0


@pytest.mark.parametrize("rate_hz", [8000, 44_100])
def test_any_rate(rate_hz: int) -> None:
    notes = notes_from_templates(FrontEnd(piece(MELODY, 5.5, rate_hz=rate_hz), rate_hz=rate_hz))
    assert match(notes, MELODY)[0] >= 6


def test_the_same_sound_gives_the_same_notes() -> None:
    signal = piece(MELODY, 5.5)
    first, second = (notes_from_templates(FrontEnd(signal)) for _ in range(2))
    np.testing.assert_array_equal(first.onset_s, second.onset_s)
    np.testing.assert_array_equal(first.velocity, second.velocity)


def test_unknown_engine_is_named() -> None:
    with pytest.raises(InputError, match="notes/template-onsets"):
        transcribe_notes(FrontEnd(np.zeros(10, np.float32)), engine="x")


def test_amounts_explain_the_spectrum() -> None:
    rng = np.random.default_rng(3)
    templates = rng.random((6, 40)).astype(np.float32) ** 4
    templates /= templates.sum(axis=1, keepdims=True)
    spectrum = (rng.random((5, 6)).astype(np.float32) ** 3) @ templates
    few, many = (activate(spectrum, templates, updates=n) @ templates for n in (5, 200))
    assert np.abs(many - spectrum).max() < 0.05 * spectrum.max()
    assert np.abs(many - spectrum).sum() < np.abs(few - spectrum).sum()


def test_a_full_scale_sine_peaks_at_one() -> None:
    spectrum = note_spectrum(np.sin(2 * np.pi * 441.4 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32))
    assert spectrum[20].max() == pytest.approx(1.0, abs=0.2)


def test_a_real_piano(data_dir: Path) -> None:
    from hexachord.audio import load_audio

    source = data_dir / "bench" / "maps" / "MAPS_MUS-scn15_3_AkPnBcht.flac"
    if not source.is_file():
        pytest.skip("the recording is not in this data folder")
    heard = notes_from_templates(FrontEnd(load_audio(source, rate_hz=RATE_HZ, mono=True).mono()))
    labels = np.loadtxt(source.with_suffix(".tsv"))
    hits, wrong = match(heard, [(int(row[2]), row[0], row[1]) for row in labels])
    assert hits > 0.7 * len(labels)
    assert wrong < 0.4 * len(heard)
