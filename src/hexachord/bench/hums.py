"""Which of some tunes a hum is: the query that `hum_query` makes, aligned with every reference.

The references are MIDI files that a transcriber made, with wrong octaves among them, so pitches count without their octave; a hum is
a part of its tune. The alignment is an edit distance (Mongeau & Sankoff, *Computers and the Humanities* 24, 1990) that may begin and end
anywhere in the tune: a note too many or too few costs one, a wrong one half of each semitone up to two, in the best of twelve keys.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hexachord.arrays import IntArray
from hexachord.bench.datasets import Recording, bench_folder
from hexachord.bench.harness import BenchResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of, seconds_heard
from hexachord.dsp.dtw import Steps, warp

_EDITS = Steps(moves=((1, 1), (0, 1), (1, 0)), weights=(1.0, 0.0, 0.0), extras=(0.0, 1.0, 1.0))
_WORST = 2.0  # semitones: farther off is as wrong
_TUNES = {"A": "gundulpacul", "B": "c4scale", "C": "cicak", "E": "twinkle"}  # the same file under two names


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``hum_top1 hum_top3``: the share of hums whose own tune is nearest, or among the three nearest, of all tunes.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer, instruments : not used: there is neither
    progress : told what is being done
    """
    folder = bench_folder(data) / "humming"
    tunes = {path.stem: _tune(path) for path in sorted(folder.glob("midi/*.mid")) if path.stem not in _TUNES.values()}
    hums = [Recording(id=path.stem.partition("_")[0], paths=(path,)) for path in sorted(folder.glob("?_humm*.flac"))]
    hums = [hum for hum in hums if hum.id in tunes]
    engines = set[str]()

    def estimate(hum: Recording) -> IntArray:
        from hexachord.journeys.humming import read_hum

        query = read_hum(hum.paths[0]).query
        engines.add(query.notes.engine)
        return query.steps

    def score(hum: Recording, steps: IntArray) -> dict[str, float]:
        return ranked({name: distance(steps, tune) for name, tune in tunes.items()}, hum.id)

    found = measure(hums, what="hums", name=lambda hum: hum.id, estimate=estimate, score=score, progress=progress)
    return result_of(
        found,
        bench="hums",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=mean_metrics(found.items),
        seconds_of_audio=seconds_heard(hums, found),
        skipped=() if hums else ("humming: no hums with their tunes",),
    )


def distance(steps: IntArray, tune: IntArray) -> float:
    """Align a hum with a tune: the mean cost of one of its notes, 0 where it is a part of the tune in some key.

    Examples
    --------
    >>> distance(np.array([0, 2, 4]), np.array([60, 67, 69, 71, 60])), distance(np.array([0, 2, 5]), np.array([60, 67, 69, 71, 60]))
    (0.0, 0.16666666666666666)
    """
    hummed, played = _without_repeats(steps), _without_repeats(tune)
    costs = []
    for key in range(12):
        away = np.abs((hummed[:, None] - played[None, :] + key + 6) % 12 - 6)
        costs.append(warp(np.minimum(away, _WORST) / _WORST, steps=_EDITS, subsequence=True)[1])
    return float(min(costs)) / len(hummed)


def ranked(distances: Mapping[str, float], own: str) -> dict[str, float]:
    """Tell where the hum's own tune stands; who is as near stands before it."""
    rank = sum(distance <= distances[own] for distance in distances.values())
    return {"hum_top1": float(rank <= 1), "hum_top3": float(rank <= 3), "hum_rank": float(rank)}


def _tune(path: Path) -> IntArray:
    from hexachord.score.formats import load_score
    from hexachord.score.notes import note_array

    notes = note_array(load_score(path))
    return np.asarray(notes["pitch"][np.argsort(notes["onset_quarter"], kind="stable")], dtype=np.int64)


def _without_repeats(pitches: IntArray) -> IntArray:
    """Pitch classes; a hum does not tell where one is struck again."""
    classes = pitches % 12
    return np.asarray(classes[np.r_[True, np.diff(classes) != 0]])
