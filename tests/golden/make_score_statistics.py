"""Make score_statistics.json: random pieces measured by MusDr and by muspy, for tests/theory. Both are MIT.

    python tests/golden/make_score_statistics.py MUSDR MUSPY

MUSDR and MUSPY are checkouts of slSeanWU/MusDr (b034cf8) and salu133445/muspy (2e1dc66). Of muspy only the file of metrics is loaded, on a
stand-in for its container, and of MusDr only the symbolic metrics (they need pandas).
"""

import importlib.util
import json
import sys
import types
from pathlib import Path

import numpy as np

RNG = np.random.default_rng(8)
BAR, POSITION = 192, 193
CHORD_ROOT, CHORD_TYPE, CHORD_SLASH = 322, 346, 334


class Music:
    """What muspy's metrics look at: tracks of notes, and ticks to a quarter."""

    def __init__(self, notes, *, resolution):
        self.resolution = resolution
        self.tracks = []
        for drum in (False, True):
            own = [types.SimpleNamespace(time=a, end=b, pitch=p) for a, b, p, d in notes if d == drum]
            track = types.SimpleNamespace(is_drum=drum, notes=own, get_end_time=lambda own=own: max((n.end for n in own), default=0))
            self.tracks.append(track)


def load_muspy(folder):
    for name in ("muspy", "muspy.metrics", "muspy.music"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["muspy"].__path__ = []
    sys.modules["muspy.metrics"].__path__ = []
    sys.modules["muspy.music"].Music = Music
    spec = importlib.util.spec_from_file_location("muspy.metrics.metrics", folder / "muspy" / "metrics" / "metrics.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_musdr(folder):
    sys.path.insert(0, str(folder / "musdr"))
    import eval_metrics

    return eval_metrics


def events(cells, pitches, chords, *, positions, bars):
    """Write a piece as MusDr's events: bars, positions, pitches, and a chord at the head of each bar."""
    out = []
    for bar in range(bars):
        out.append(BAR)
        root, kind = chords[bar]
        out += [CHORD_ROOT + root, CHORD_TYPE + kind, CHORD_SLASH + root]
        for cell in range(positions):
            here = [p for c, p in zip(cells, pitches, strict=True) if c == bar * positions + cell]
            if here:
                out += [POSITION + cell, *here]
    return out


def musdr_cases(musdr):
    cases = []
    for number in range(6):
        positions = (64, 16)[number % 2]
        bars = (1, 3, 9, 20, 30, 40)[number]
        count = int(RNG.integers(2, 8)) * bars
        cells = np.sort(RNG.integers(0, bars * positions, count))
        if number % 3 == 0:
            cells = cells // 4 * 4
        pitches = RNG.choice(np.arange(40, 80), count)
        chords = [(int(RNG.choice([0, 5, 7])), int(RNG.integers(0, 2))) for _ in range(bars)]
        sequence = events(cells, pitches, chords, positions=positions, bars=bars)
        grid = range(POSITION, POSITION + positions)
        expected = {f"h{width}": float(musdr.compute_piece_pitch_entropy(sequence, width)) for width in (1, 4)}
        if bars > 1:
            expected["gs"] = float(musdr.compute_piece_groove_similarity(sequence, pos_evs=grid))
        cases.append(
            {
                "positions": positions,
                "bars": bars,
                "cells": cells.tolist(),
                "pitch": pitches.tolist(),
                "chords": [f"{root}:{kind}" for root, kind in chords],
                "cpi_but_last": float(musdr.compute_piece_chord_progression_irregularity(sequence)),
                "expected": expected,
            }
        )
    return cases


def muspy_cases(muspy):
    cases = []
    for number in range(8):
        resolution = (24, 12, 480, 10)[number % 4]
        bar = resolution * (4 if number < 4 else 3)
        notes = []
        for _ in range((3, 12, 40, 80, 25, 60, 7, 30)[number]):
            grid = resolution // (4 if number % 3 else 1) or 1
            onset = int(RNG.integers(0, 8 * bar) // grid * grid)
            length = int(RNG.integers(1, 3 * resolution))
            notes.append((onset, onset + length, int(RNG.integers(30, 90)), bool(RNG.random() < 0.25)))
        if number == 6:
            notes = [(a, b, p, False) for a, b, p, _ in notes]
        music = Music(notes, resolution=resolution)
        expected = {
            "pitches_used": muspy.n_pitches_used(music),
            "pitch_classes_used": muspy.n_pitch_classes_used(music),
            "pitch_range": muspy.pitch_range(music),
            "pitch_entropy": muspy.pitch_entropy(music),
            "pitch_class_entropy": muspy.pitch_class_entropy(music),
            "pitch_in_scale_rate": muspy.pitch_in_scale_rate(music, 2, "minor"),
            "scale_consistency": muspy.scale_consistency(music),
            "polyphony": muspy.polyphony(music),
            "polyphony_rate": muspy.polyphony_rate(music),
            "polyphony_rate_0": muspy.polyphony_rate(music, 0),
            "empty_beat_rate": muspy.empty_beat_rate(music),
            "empty_bar_rate": muspy.empty_measure_rate(music, bar),
            "groove_consistency": muspy.groove_consistency(music, bar),
            "drum_in_duple": muspy.drum_in_pattern_rate(music, "duple"),
            "drum_in_triple": muspy.drum_in_pattern_rate(music, "triple"),
            "drum_pattern_consistency": muspy.drum_pattern_consistency(music),
        }
        expected = {name: None if np.isnan(value) else float(value) for name, value in expected.items()}
        cases.append({"quarter": resolution, "bar": bar, "notes": notes, "expected": expected})
    return cases


if __name__ == "__main__":
    made = {"musdr": musdr_cases(load_musdr(Path(sys.argv[1]))), "muspy": muspy_cases(load_muspy(Path(sys.argv[2])))}
    path = Path(__file__).with_name("score_statistics.json")
    path.write_text(json.dumps(made) + "\n")
    print(path, path.stat().st_size)
