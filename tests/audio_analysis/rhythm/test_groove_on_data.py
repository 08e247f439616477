"""Swing and microtiming of music whose swing and timing are known: takes of the data engine, drummers to a click.

``pytest -m slow -s tests/audio_analysis/rhythm/test_groove_on_data.py`` prints the figures of docs/rhythm.md.
"""

from pathlib import Path

import numpy as np
import pytest

from hexachord.audio_analysis.rhythm.attacks import attacks_of
from hexachord.audio_analysis.rhythm.groove import find_swing, microtiming
from hexachord.knowledge import Beats
from hexachord.rendering.groove import groove_rows, read_groove
from hexachord.rendering.instruments import find_instruments
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import load_split
from hexachord.rendering.stream import Recipe, song
from hexachord.rendering.take import draw_take

pytestmark = pytest.mark.slow
COMPOUND = ("6/8", "9/8", "12/8")


def onsets_of(take: Take) -> np.ndarray:
    notes = take.truth.notes
    strokes = np.zeros(0) if take.drums is None else take.drums.time_s
    return np.sort(np.concatenate([np.zeros(0) if notes is None else notes.onset_s, strokes]))


def test_swing_of_takes(data_dir: Path) -> None:
    shelf = Shelf(data=data_dir, split=load_split(), side="valid")
    errors, straight, false = [], 0, 0
    for seed in range(160):
        take = draw_take(seed, shelf, kind="band", length_s=30.0)
        beats = take.truth.beats
        if beats is None or len(beats) < 16 or take.metres is None or set(take.metres.label) & set(COMPOUND):
            continue
        true = take.swing / (1 - take.swing)
        found = find_swing(beats.time_s, onsets_of(take)).ratio
        if true > 1.22 and np.isfinite(found):
            errors.append(abs(found - true))
        if true < 1.05 and np.isfinite(found):
            straight += 1
            false += found > 1.25
    print(f"swing ratio of {len(errors)} swung takes: median error {np.median(errors):.3f}, 90th percentile {np.quantile(errors, 0.9):.3f}")
    print(f"{false} of {straight} straight takes said to swing")
    assert len(errors) >= 10
    assert np.median(errors) < 0.1
    assert false <= 0.05 * straight


def test_timing_of_drummers(data_dir: Path) -> None:
    """Where drummers play each sixteenth of the bar, from the strokes alone, and from their sound."""
    folder = data_dir / "train" / "groove"
    rows = [row for row in groove_rows(folder).values() if not row.is_fill and row.beats == 4 and row.duration_s > 30]
    errors = []
    for row in rows[::12][:30]:
        piece = read_groove(folder, row.id)
        quarters = piece.lines[0].notes[:, 0]
        period_s = 60.0 / row.bpm
        count = int(quarters.max()) + 1
        beats = Beats(time_s=period_s * np.arange(count), position=np.arange(count) % 4 + 1)
        place, deviation_s, _ = microtiming(beats, np.sort(quarters * period_s))
        parts = 1 / (place[1] - place[0])
        slot = np.rint(quarters * parts)
        off_s = (quarters - slot / parts) * period_s
        off_s -= np.median(off_s[slot % parts == 0])
        for index in np.flatnonzero(np.isfinite(deviation_s)):
            mine = (slot % (4 * parts) == index) & (quarters > -0.5) & (quarters < count - 0.5)
            errors.append(abs(float(np.median(off_s[mine])) - deviation_s[index]))
    print(f"{len(errors)} places of {len(rows[::12][:30])} drummers' takes: mean error {1e3 * np.mean(errors):.2f} ms")
    assert np.mean(errors) < 0.001


def test_swing_and_timing_from_sound(data_dir: Path) -> None:
    split = load_split()
    shelf = Shelf(data=data_dir, split=split, side="valid")
    instruments = find_instruments(split, "valid", folders=[data_dir / "instruments"])
    recipe = Recipe(side="valid", length_s=30.0, rate_hz=22050, kinds=(("band", 0.6), ("drums", 0.4)))
    swings, timing = [], []
    for seed in range(24):
        made = song(seed, recipe, shelf, instruments)
        take, beats = made.take, made.take.truth.beats
        onset_s = onsets_of(take)
        if beats is None or len(beats) < 16 or len(onset_s) < 30:
            continue
        heard = attacks_of(made.audio.mean(axis=0), rate_hz=22050)
        known, found = (find_swing(beats.time_s, *given) for given in ((onset_s,), (heard.time_s,)))
        if np.isfinite(known.ratio) and np.isfinite(found.ratio):
            swings.append(abs(known.ratio - found.ratio))
        metre = int(beats.position.max())
        _, true_s, true_spread_s = microtiming(beats, onset_s, beats_per_bar=metre)
        _, found_s, spread_s = microtiming(beats, heard.time_s, strength=heard.confidence, beats_per_bar=metre)
        if len(true_s) == len(found_s):
            sure = (true_spread_s < 0.015) & (spread_s < 0.015)
            timing.extend(np.abs(true_s - found_s)[sure].tolist())
    print(f"from the sound of 24 takes: swing ratio within {np.median(swings):.3f} (median of {len(swings)})")
    print(f"timing of {len(timing)} places: median error {1e3 * np.median(timing):.1f} ms, mean {1e3 * np.mean(timing):.1f} ms")
    assert np.median(swings) < 0.08
    assert np.median(timing) < 0.006
