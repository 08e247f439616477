"""Every engine of every arrow survives what sound can be; what it then says is well formed, and it never claims notes in silence."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hexachord.audio_analysis.drums import analyse_drums
from hexachord.audio_analysis.harmony import estimate_chords, estimate_key, estimate_local_keys
from hexachord.audio_analysis.melody import track_melody
from hexachord.audio_analysis.melody.notes import segment_notes
from hexachord.audio_analysis.rhythm import analyse_rhythm
from hexachord.audio_analysis.structure import find_sections
from hexachord.dsp.frontend import FrontEnd
from hexachord.journeys.engines import all_engines
from hexachord.knowledge import Drums
from hexachord.processing.stems import split_stems
from hexachord.score.model import Note, Part, Score
from hexachord.synthesis.plain import PlainBank
from hexachord.transcription.melody_line import find_melody_notes
from hexachord.transcription.notes import transcribe_notes
from hexachord.transcription.pedal import estimate_pedal
from hexachord.transcription.score_informed import refine_notes

RATE_HZ = 22050


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, n)


def chord(n: int, rate_hz: int = RATE_HZ) -> np.ndarray:
    time_s = np.arange(n) / rate_hz
    return 0.1 * np.exp(-4 * (time_s % 0.5)) * sum(np.sin(2 * np.pi * f0 * time_s) for f0 in (261.6, 329.6, 392.0))


SOUNDS: dict[str, tuple[np.ndarray, int]] = {
    "silence": (np.zeros(3 * RATE_HZ), RATE_HZ),
    "one sample": (np.ones(1), RATE_HZ),
    "a fifth of a second": (chord(RATE_HZ // 5), RATE_HZ),
    "direct current": (np.full(3 * RATE_HZ, 0.5), RATE_HZ),
    "clipped": (np.clip(50 * chord(4 * RATE_HZ), -1, 1), RATE_HZ),
    "beyond full scale": (30 * chord(4 * RATE_HZ), RATE_HZ),
    "white noise": (noise(4 * RATE_HZ), RATE_HZ),
    "almost nothing": (1e-7 * chord(4 * RATE_HZ), RATE_HZ),
    "one click": (np.eye(1, 3 * RATE_HZ, RATE_HZ)[0], RATE_HZ),
    "a chord": (chord(6 * RATE_HZ), RATE_HZ),
    "a chord at 8 kHz": (chord(6 * 8000, 8000), 8000),
    "a chord at 96 kHz": (chord(3 * 96000, 96000), 96000),
}


def melody_notes(frontend: FrontEnd, name: str) -> Any:
    f0 = track_melody(frontend)
    return find_melody_notes(transcribe_notes(frontend), melody=f0, melody_notes=segment_notes(f0), engine=name)


CALLS: dict[str, Callable[[FrontEnd, str], Any]] = {
    "beats": lambda frontend, name: analyse_rhythm(frontend, engine=name),
    "drums": lambda frontend, name: analyse_drums(frontend, engine=name),
    "key": lambda frontend, name: estimate_key(
        frontend.note_chroma.treble, bass=frontend.note_chroma.bass, hop_s=frontend.hop_s, engine=name
    ),
    "local-keys": lambda frontend, name: estimate_local_keys(
        frontend.note_chroma.treble, frontend.note_chroma.bass, hop_s=frontend.hop_s, engine=name
    ),
    "chords": lambda frontend, name: estimate_chords(
        frontend.note_chroma.treble, frontend.note_chroma.bass, hop_s=frontend.hop_s, engine=name
    ),
    "sections": lambda frontend, name: find_sections(frontend, beats=None, engine=name),
    "melody": lambda frontend, name: track_melody(frontend, engine=name),
    "melody-notes": lambda frontend, name: melody_notes(frontend, name),
    "notes": lambda frontend, name: transcribe_notes(frontend, engine=name),
    "pedal": lambda frontend, name: estimate_pedal(frontend, engine=name),
    "refined-notes": lambda frontend, name: refine_notes(frontend, transcribe_notes(frontend)),
    "stems": lambda frontend, name: split_stems(frontend.signal[np.newaxis], frontend.rate_hz, engine=name),
}

ENGINES = [engine for engine in all_engines() if engine.task in CALLS]


def test_every_task_is_walked() -> None:
    by_hand = {"descriptors", "perform", "played-beats"}  # a plain function with a test file of its own; what begins with a score, below
    by_hand |= {"page-key", "page-signatures", "spelling"}  # what begins with notes: tests/theory
    by_hand |= {"compose", "humanise", "drumify", "genie", "chorale"}  # what makes scores: tests/composition
    by_hand |= {"harmonise", "accompany"}  # the same
    by_hand |= {"embedding"}  # tests/learning/embedding
    assert {engine.task for engine in all_engines()} - by_hand == set(CALLS)


def test_every_card_speaks() -> None:
    for engine in all_engines():
        assert len(engine.card.summary) > 20
        assert engine.card.licence
        assert all(np.isfinite(value) for value in engine.card.numbers.values())


def columns_of(result: Any) -> dict[str, np.ndarray]:
    """All number arrays inside a result, by name."""
    if isinstance(result, dict):
        return result
    found: dict[str, np.ndarray] = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            found[field.name] = value
        elif dataclasses.is_dataclass(value):
            found |= {f"{field.name}.{name}": column for name, column in columns_of(value).items()}
    return found


def heard(result: Any) -> int:
    """How many notes, beats or voiced frames a result claims."""
    names = [("onset_s",), ("beats.time_s",), ("time_s",)] if isinstance(result, Drums) else [("onset_s",), ("beats.time_s",)]
    columns = columns_of(result)
    counts = [len(columns[name]) for (name,) in names if name in columns]
    voiced = int((columns["f0_hz"] > 0).sum()) if "f0_hz" in columns else 0
    return sum(counts) + voiced


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_engine_survives(engine: Any, sound: str) -> None:
    if not engine.available:
        pytest.skip(f"{engine.name} needs {engine.install or f'hexachord[{engine.extra}]'}")
    samples, rate_hz = SOUNDS[sound]
    frontend = FrontEnd(samples.astype(np.float32), rate_hz=rate_hz)
    result = CALLS[engine.task](frontend, engine.name)
    duration_s = len(samples) / rate_hz
    for name, column in columns_of(result).items():
        if name.endswith("confidence"):
            known = column[~np.isnan(column)]
            assert ((known >= 0) & (known <= 1 + 1e-9)).all(), f"{name} leaves [0, 1]"
            continue
        if name in ("groove.deviation_s", "groove.spread_s"):  # distances, not times; NaN where too little is played
            known = column[~np.isnan(column)]
            assert (np.abs(known) < 1.0).all(), f"{name} is further than a beat"
            continue
        assert np.isfinite(column).all(), f"{name} is not finite"
        if name.endswith("_s"):
            assert column.size == 0 or (column.min() >= -0.05 and column.max() <= duration_s + 0.1), f"{name} leaves the sound"
        if name.endswith(("onset_s", "start_s", "time_s")):
            assert (np.diff(column) >= 0).all(), f"{name} is not sorted"
    if sound in ("silence", "one sample", "direct current"):
        assert heard(result) == 0


def one_part(*notes: Note, program: int = 0, is_percussion: bool = False) -> Score:
    return Score(ticks_per_quarter=480, parts=(Part(notes=notes, program=program, is_percussion=is_percussion),))


SCORES: dict[str, Score] = {
    "an empty score": Score(),
    "a part without notes": one_part(),
    "one note": one_part(Note(0, 480, 60)),
    "the softest and the loudest": one_part(Note(0, 240, 60, velocity=1), Note(240, 240, 60, velocity=127)),
    "the lowest and the highest": one_part(Note(0, 480, 0), Note(0, 480, 127)),
    "a note of no length": one_part(Note(0, 0, 60), Note(480, 1, 60)),
    "one key over and over": one_part(*(Note(10 * i, 10, 60) for i in range(200))),
    "all keys at once": one_part(*(Note(0, 120, key) for key in range(21, 109)), program=48),
    "every drum": one_part(*(Note(60 * key, 60, key) for key in range(128)), is_percussion=True),
}


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("rate_hz", [8000, 44100, 96000])
@pytest.mark.parametrize("engine", [engine for engine in all_engines() if engine.task == "perform"], ids=lambda engine: engine.name)
def test_a_performer_survives(engine: Any, rate_hz: int, score: str) -> None:
    blocks = list(engine.load()(SCORES[score], PlainBank(), rate_hz=rate_hz, block_s=0.5))
    sound = np.concatenate(blocks, axis=2) if blocks else np.zeros((1, 2, 0), np.float32)
    assert sound.shape[:2] == (1, 2)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert np.abs(sound).max(initial=0.0) < 30
    assert (sound.size == 0) == (score in ("an empty score", "a part without notes"))
    assert sound.shape[2] < 20 * rate_hz
