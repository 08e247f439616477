"""Stems out of a mix, by plain ratios over all samples of the first 40 s; the mixture is the sum of its stems.

An all-zero estimate scores 0 dB SDR, so SDR alone flatters whoever takes little: read it beside SI-SDR and its gain over the mixture.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hexachord.arrays import Float32Array
from hexachord.bench.datasets import StemItem, load_stems
from hexachord.bench.harness import BenchItem, BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.loop import measure, measure_peer
from hexachord.metrics import separation

EXCERPT_S = 40.0


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``sdr_NAME si_sdr_NAME si_sdri_NAME`` for every stem we make, ``si_sdri`` over all of them, and ``residual_db``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run librosa's HPSS (drums) and score the mixture itself as every stem
    instruments : not used here
    progress : told what is being done
    """
    loaded = load_stems(data)
    songs = {item.id: item.audio(end_s=EXCERPT_S) for item in loaded.items}

    def estimate(item: StemItem) -> Mapping[str, Float32Array]:
        from hexachord.processing.stems import split_stems

        mixture = songs[item.id][1]
        stems: Mapping[str, Float32Array] = split_stems(mixture.samples, mixture.rate_hz)
        return stems

    def score(item: StemItem, estimates: Mapping[str, Float32Array]) -> dict[str, float]:
        stems, mixture = songs[item.id]
        references = {name: stem.samples for name, stem in stems.items()}
        scores = separation.evaluate(references, estimates, mixture=mixture.samples)
        gains = [value for name, value in scores.items() if name.startswith("si_sdri_")]
        if gains:
            scores["si_sdri"] = sum(gains) / len(gains)
        if len(estimates) > 1:
            scores["residual_db"] = separation.residual_db(mixture.samples, estimates)
        return scores

    def untouched(item: StemItem) -> Mapping[str, Float32Array]:
        stems, mixture = songs[item.id]
        return dict.fromkeys(stems, mixture.samples)

    def hpss(item: StemItem) -> Mapping[str, Float32Array]:
        import librosa

        mixture = songs[item.id][1]
        return {"drums": librosa.effects.percussive(mixture.samples)}

    found = measure(loaded.items, what="separation", name=_name, estimate=estimate, score=score, progress=progress)
    peers = {}
    if peer:
        plain = measure(loaded.items, what="mixture", name=_name, estimate=untouched, score=score, progress=progress)
        peers["mixture"] = PeerResult(metrics=_summary(plain.items), wall_s=plain.wall_s)
        peers["librosa"] = measure_peer(
            [item for item in loaded.items if "drums" in item.stems],
            distribution="librosa",
            name=_name,
            estimate=hpss,
            score=score,
            summary=_summary,
            progress=progress,
        )
    return BenchResult(
        bench="separation",
        data=str(data),
        engine="",
        metrics=_summary(found.items),
        items=found.items,
        seconds_of_audio=sum(mixture.duration_s for _, mixture in songs.values()),
        wall_s=found.wall_s,
        cpu_s=found.cpu_s,
        skipped=loaded.skipped + found.skipped,
        peers=peers,
    )


def _summary(items: Sequence[BenchItem]) -> dict[str, float]:
    return mean_metrics(items)


def _name(item: StemItem) -> str:
    return item.id
