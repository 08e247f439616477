"""Recitals whose beats nobody wrote down, with what their printed pages say: the metre, and about how fast it goes.

Nothing else that may teach has the rubato and the textures of real pianists. What a network of beats says of a recital is walked through
with the metre and the tempo of its page given, so that neither octaves nor bars are in question; where the walk and the network agree, its
beats teach, elsewhere nothing is said (self-training with weak labels: Xie et al., "Self-training with noisy student", CVPR 2020).
Tempi are those that recordings of these works have, in felt beats a minute, generously.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from performances import Performance

from hexachord.arrays import Float32Array, Float64Array, IntArray
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Side, load_split
from hexachord.score_analysis.beat_features import HOP_S
from hexachord.score_analysis.beats import PLAYED, PlayedNotes, beats_of, chord_times, network_chances
from hexachord.score_analysis.multiples import BEAT, Walked, walk

Random = np.random.Generator

AROUND_BEATS = 6
LEAST_SURE = 0.4
"""Mean chance of the beats around, above which a walk teaches."""
_PART_S = 120.0
"""Recitals are walked through in parts: tempi of whole movements may lie further apart than those of a walk."""


class Printed(NamedTuple):
    """Felt beats of a bar, and felt beats a minute from the slowest to the fastest."""

    metre: int
    slowest_bpm: float
    fastest_bpm: float


WORKS = {
    "Op_14_No_2": Printed(2, 55, 110), "Op_28_": Printed(3, 115, 215), "Op129": Printed(2, 125, 220),
    "Brahms_Johannes_Piano_Sonata_No2_Op2_RhZqUE63B9g_mov_1": Printed(4, 75, 165),
    "Brahms_Johannes_Piano_Sonata_No2_Op2_RhZqUE63B9g_mov_2": Printed(2, 32, 75),
    "Op10_g0hoN6_HDVU_no_12": Printed(4, 105, 180), "Op10_g0hoN6_HDVU_no_9": Printed(2, 68, 115),
    "Polonaise-fantaisie": Printed(3, 45, 130), "Op44": Printed(3, 65, 150),
    "Estampes_R-YcnPXY2yE_cut_no_1": Printed(4, 48, 120), "Estampes_R-YcnPXY2yE_cut_no_2": Printed(2, 40, 95),
    "Pour_le_piano_KLicw5ryMpQ_cut_no_1": Printed(3, 95, 185), "Pour_le_piano_KLicw5ryMpQ_cut_no_2": Printed(3, 38, 80),
    "Pour_le_piano_KLicw5ryMpQ_cut_no_3": Printed(2, 88, 155), "Livre_1_tzgppFRs8Tk_cut_no_6": Printed(4, 33, 65),
    "Suite_bergamasque_xAKeiyjjTKk_cut_no_1": Printed(4, 55, 115), "Suite_bergamasque_xAKeiyjjTKk_cut_no_2": Printed(3, 75, 140),
    "Suite_bergamasque_xAKeiyjjTKk_cut_no_3": Printed(3, 30, 70), "Suite_bergamasque_xAKeiyjjTKk_cut_no_4": Printed(4, 95, 170),
    "HWV 425": Printed(4, 48, 100), "S_145_6GQ2otGSr0k_cut_no_1": Printed(4, 55, 115), "S_145_6GQ2otGSr0k_cut_no_2": Printed(2, 85, 170),
    "Jeux d'eau": Printed(4, 48, 92), "K132": Printed(3, 45, 100), "K9_": Printed(2, 40, 95), "K525": Printed(2, 72, 140),
    "K239": Printed(3, 85, 170), "K466": Printed(4, 42, 100), "D760_lR43Ti4w5MM_cut_mov_1": Printed(4, 95, 160),
    "D760_lR43Ti4w5MM_cut_mov_2": Printed(4, 27, 70), "D760_lR43Ti4w5MM_cut_mov_3": Printed(3, 150, 270),
    "D760_lR43Ti4w5MM_cut_mov_4": Printed(4, 95, 165),
    "D537": Printed(2, 52, 115), "D664_HsMHHlDYlMM_cut_mov_1": Printed(4, 85, 145),
    "D664_HsMHHlDYlMM_cut_mov_2": Printed(3, 45, 95), "D664_HsMHHlDYlMM_cut_mov_3": Printed(2, 68, 130),
    "Toccata_Op_7": Printed(2, 85, 165),
}  # fmt: skip
"""By a part of the name of the recital."""


@dataclass(frozen=True, eq=False)
class Recital:
    """Notes as they were played, (n, 4), and what was walked through: beats, their places in the bar, and how sure each is."""

    name: str
    notes: Float64Array
    beat_s: Float64Array
    position: IntArray
    sure: Float64Array


def read_recitals(data: Path, side: Side, *, network: Path | None = None) -> list[Recital]:
    """Read the recitals of a side whose pages are known, and walk through them."""
    shelf, found = Shelf(data=data, split=load_split(), side=side), list[Recital]()
    for name in shelf.names("giantmidi"):
        printed = next((printed for part, printed in WORKS.items() if part in name), None)
        if printed is None:
            continue
        piece = shelf.piece("giantmidi", name)
        rows = np.concatenate([line.notes for line in piece.lines])
        rows[:, :2] *= 60.0 / piece.quarter_bpm
        rows = rows[np.argsort(rows[:, ONSET], kind="stable")]
        for begin in np.arange(0.0, max(rows[-1, ONSET] - 20.0, 1.0), _PART_S).tolist():
            part = rows[(rows[:, ONSET] >= begin) & (rows[:, ONSET] < begin + _PART_S)] - np.array([begin, 0.0, 0.0, 0.0])
            walked = walked_through(part, printed, network=network) if len(part) > 50 else None
            if walked is not None:
                found.append(Recital(f"giantmidi/{name}@{begin:.0f}", part, *walked))
    return found


def walked_through(
    rows: Float64Array, printed: Printed, *, network: Path | None = None
) -> tuple[Float64Array, IntArray, Float64Array] | None:
    """Walk through notes with the metre and the tempo of their page given: beats in seconds, places in the bar, sureness."""
    notes = PlayedNotes(
        onset_s=rows[:, ONSET], duration_s=rows[:, DURATION], pitch=rows[:, PITCH], velocity=rows[:, VELOCITY],
        is_percussion=np.zeros(len(rows), dtype=bool),
    )  # fmt: skip
    said = network_chances(notes, network=network)
    limits = replace(PLAYED, metres=(printed.metre,), slowest_bpm=printed.slowest_bpm, fastest_bpm=printed.fastest_bpm)
    best = next(iter(walk(said, limits)), None)
    if best is None or len(best.beat_s) < 2 * AROUND_BEATS:
        return None
    beats = beats_of(best, Walked(said, chord_times(notes.onset_s)), engine="")
    return beats.time_s, np.asarray(beats.position), sureness(said, beats.time_s)


def sureness(said: Float32Array, beat_s: Float64Array) -> Float64Array:
    """The mean chance of the beats around each beat."""
    frame = np.clip(np.rint(beat_s / HOP_S).astype(int), 0, len(said) - 1)
    chance = np.max([said[np.clip(frame + shift, 0, len(said) - 1), BEAT] for shift in (-2, -1, 0, 1, 2)], axis=0)
    window = np.ones(2 * AROUND_BEATS + 1)
    return np.asarray(np.convolve(chance, window, "same") / np.convolve(np.ones(len(chance)), window, "same"))


def replay(recital: Recital, random: Random, *, length_s: float) -> tuple[Performance, Float64Array]:
    """Play a stretch of a recital otherwise: faster or slower, higher or lower, harder or softer, with notes left out; and how sure each
    beat of it is."""
    faster = float(2.0 ** random.uniform(-0.35, 0.35))
    span = length_s * faster
    begin = float(random.uniform(-1.0, max(0.0, float(recital.notes[-1, ONSET]) - 0.7 * span)))
    rows = recital.notes[(recital.notes[:, ONSET] >= max(begin, 0.0)) & (recital.notes[:, ONSET] < begin + span)].copy()
    rows = rows[random.random(len(rows)) >= random.choice([0.0, 0.03, 0.12])]
    rows[:, ONSET] = (rows[:, ONSET] - begin) / faster
    rows[:, DURATION] = np.maximum(rows[:, DURATION] / faster * random.uniform(0.5, 1.5), 0.03)
    rows[:, PITCH] += int(random.integers(-6, 7))
    rows[:, VELOCITY] = np.clip(64.0 + (rows[:, VELOCITY] - 64.0) * random.uniform(0.5, 1.3) + random.normal(0.0, 12.0), 8.0, 127.0)
    rows = rows[(rows[:, PITCH] >= 21) & (rows[:, PITCH] <= 108)]
    beat_s = (recital.beat_s - begin) / faster
    inside = (beat_s >= 0.0) & (beat_s < length_s - HOP_S)
    return Performance(*rows[:, [ONSET, DURATION, PITCH, VELOCITY]].T, beat_s[inside], recital.position[inside]), recital.sure[inside]


def unsure_frames(beat_s: Float64Array, sure: Float64Array, *, frames: int) -> np.ndarray:
    """Frames about which nothing is said: where no sure beat is near."""
    time_s = np.arange(frames) * HOP_S
    if not len(beat_s):
        return np.ones(frames, dtype=bool)
    nearest = np.abs(time_s[:, None] - beat_s[None]).argmin(axis=1)
    gap_s = float(np.median(np.diff(beat_s))) if len(beat_s) > 1 else 1.0
    return np.asarray((sure[nearest] < LEAST_SURE) | (np.abs(time_s - beat_s[nearest]) > gap_s))
