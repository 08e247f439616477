"""Drum transcription on MDB Drums: strokes of kick, snare, hi-hat, toms and cymbals, from the drum track alone and out of the mix.

F within ±50 ms, the mean over the songs that have the instrument; open, closed and pedalled hats are one class, so are all cymbals. What
is claimed of an instrument that a song never plays is counted apart, as strokes a minute. Southall, Wu, Lerch & Hockman, "MDB Drums: an
annotated subset of MedleyDB for automatic drum transcription", ISMIR late-breaking 2017.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import Float64Array, FloatArray
from hexachord.bench.datasets import Loaded, Recording, bench_folder
from hexachord.bench.harness import BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.loop import front_end, measure, result_of, seconds_heard
from hexachord.bench.suites import with_suite
from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.peaks import pick_peaks_over_median
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.knowledge import Drums
from hexachord.metrics import drum
from hexachord.rendering.split import Side
from hexachord.rendering.suite_files import SuiteSong

CLASSES = ("kick", "snare", "hihat", "tom", "cymbal")
_CLASS_OF = {"hihat_closed": "hihat", "hihat_open": "hihat", "ride": "cymbal", "crash": "cymbal"}
_MDB = {"KD": "kick", "SD": "snare", "HH": "hihat", "TT": "tom", "CY": "cymbal"}
_MIX = "mix_"
_BAND_EDGES_HZ = (100.0, 250.0, 5000.0)

Strokes = Mapping[str, Float64Array]


@dataclass(frozen=True, kw_only=True, eq=False)
class DrumItem:
    """A recording and the strokes of every instrument in it; `prefix` says whether it is a mix."""

    recording: Recording
    strokes: Strokes
    prefix: str = ""


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``kick_f snare_f hihat_f tom_f cymbal_f`` of drum tracks, the same with ``mix_``, and ``invented_per_min``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run our engine without training and three bands of energy
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_drums(data)
    engines = set[str]()

    def estimate(item: DrumItem) -> Strokes:
        from hexachord.audio_analysis.drums import analyse_drums

        found = analyse_drums(front_end(item.recording))
        engines.add(found.engine)
        return strokes_of(found)

    found = measure(loaded.items, what="drums", name=_name, estimate=estimate, score=score, progress=progress)
    peers = {}
    if peer:
        for label, listen in (("drums/nmf", _by_nmf), ("three bands", _by_three_bands)):
            peers[label] = _peer(loaded.items, label, listen, progress)
    result = result_of(
        found,
        bench="drums",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=mean_metrics(found.items),
        seconds_of_audio=seconds_heard([item.recording for item in loaded.items], found),
        skipped=loaded.skipped,
        peers=peers,
    )
    return with_suite(
        result,
        "rhythm",
        data,
        side=suites,
        instruments=instruments,
        item=suite_item,
        name=_name,
        estimate=estimate,
        score=score,
        by_trait=(),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def load_drums(data: Path) -> Loaded[DrumItem]:
    """Load the drum tracks and the mixes of MDB Drums."""
    folder, items, skipped = bench_folder(data) / "mdb_drums", list[DrumItem](), list[str]()
    found = sorted((folder / "annotations" / "class").glob("*_class.txt"))
    if not found:
        skipped.append("mdb_drums/annotations/class: no such files")
    for path in found:
        name, strokes = path.stem.removesuffix("_class"), _labels(path)
        tracks = {f"{name}_Drum": "", f"{name}_MIX": _MIX}
        there = {track: prefix for track, prefix in tracks.items() if (folder / "audio" / f"{track}.flac").exists()}
        if f"{name}_Drum" not in there:
            skipped.append(f"mdb_drums/audio/{name}_Drum.flac: no such file")
        for track, prefix in there.items():
            recording = Recording(id=track, paths=(folder / "audio" / f"{track}.flac",))
            items.append(DrumItem(recording=recording, strokes=strokes, prefix=prefix))
    return Loaded(tuple(items), tuple(skipped))


def _labels(path: Path) -> dict[str, Float64Array]:
    """Read lines of a time and the code of a class."""
    found: dict[str, list[float]] = {}
    for line in read_text(path, what="strokes of drums").splitlines():
        if line.strip():
            try:
                time_s, code = line.split()
                found.setdefault(_MDB.get(code, code), []).append(float(time_s))
            except ValueError:
                raise InputError(path, found=f"the line {line!r}", expected="a time and a class") from None
    return {name: np.sort(np.array(times)) for name, times in found.items() if name in CLASSES}


def suite_item(song: SuiteSong) -> DrumItem | None:
    """The strokes of a rendered song that has drums."""
    drums = song.take.drums
    if drums is None or not len(drums):
        return None
    return DrumItem(recording=Recording(id=song.id, paths=(song.path,)), strokes=by_class(drums.time_s, drums.label))


def strokes_of(drums: Drums) -> Strokes:
    """Gather what an engine says by the classes of the bench."""
    return by_class(drums.time_s, drums.label)


def by_class(time_s: FloatArray, labels: Sequence[str]) -> dict[str, Float64Array]:
    """Gather strokes by the classes of the bench, each in order; those of no class are left out."""
    names = np.array([_CLASS_OF.get(label, label) for label in labels], dtype=object)
    return {name: np.sort(np.asarray(time_s, dtype=np.float64)[names == name]) for name in CLASSES if (names == name).any()}


def score(item: DrumItem, found: Strokes) -> dict[str, float]:
    """F of every class that the song has, and how many strokes a minute are heard of those it has not."""
    scores = {f"{item.prefix}{name}_f": hit.f for name, hit in drum.f_measure(item.strokes, found, classes=CLASSES).items()}
    absent = sum(len(times) for name, times in found.items() if not len(item.strokes.get(name, ())))
    return {**scores, f"{item.prefix}invented_per_min": 60.0 * absent / max(item.recording.duration_s, 1.0)}


def three_bands(frontend: FrontEnd) -> Strokes:
    """Transcribe without any model: rises of energy below 100 Hz, from there to 5 kHz, and above, and their peaks over the median.

    The baseline of many papers; what falls into the middle band is called a snare, what falls into the upper one a hi-hat.
    """
    from hexachord.dsp.mel import mel_frequencies_hz

    level, hop_s = frontend.log_mel_db, frontend.hop_s
    hz = mel_frequencies_hz(bands=level.shape[1], high_hz=frontend.rate_hz / 2)
    low, middle, high = _BAND_EDGES_HZ
    bands = {"kick": hz < low, "snare": (hz >= middle) & (hz < high), "hihat": hz >= high}
    floor = float(level.max(initial=-100.0)) - 60.0
    found = {}
    for name, chosen in bands.items():
        loud = np.maximum(level[:, chosen], floor).mean(axis=1)
        rise = np.maximum(np.diff(loud, prepend=loud[:1]), 0.0)
        top = float(np.percentile(rise, 99)) if len(rise) else 0.0
        if top > 0:
            peaks = pick_peaks_over_median(rise / top, median_frames=21, factor=1.0, offset=0.3, refractory=3)
            found[name] = np.asarray(peaks * hop_s + 0.01, dtype=np.float64)
    return found


def _by_nmf(item: DrumItem) -> Strokes:
    from hexachord.audio_analysis.drums import analyse_drums

    return strokes_of(analyse_drums(front_end(item.recording), engine="nmf"))


def _by_three_bands(item: DrumItem) -> Strokes:
    return three_bands(front_end(item.recording))


def _peer(items: Sequence[DrumItem], label: str, listen: Callable[[DrumItem], Strokes], progress: Progress | None) -> PeerResult:
    run = measure(items, what=label, name=_name, estimate=listen, score=score, progress=progress)
    return PeerResult(metrics=mean_metrics(run.items), wall_s=run.wall_s)


def _name(item: DrumItem) -> str:
    return item.recording.id
