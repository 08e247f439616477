"""Stems out of a mix, by plain ratios over all samples of the first 40 s; the mixture is the sum of its stems.

An all-zero estimate scores 0 dB SDR, so SDR alone flatters whoever takes little: read it beside SI-SDR and its gain over the mixture.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hexachord.arrays import Float32Array
from hexachord.audio import Audio
from hexachord.bench.datasets import StemItem, load_stems
from hexachord.bench.harness import BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.loop import measure, measure_peer, result_of
from hexachord.bench.suites import stem_item, with_suite
from hexachord.metrics import separation
from hexachord.rendering.split import Side

EXCERPT_S = 40.0
OTHER = "other"


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``sdr_NAME si_sdr_NAME si_sdri_NAME`` for every stem we make, ``si_sdri`` over all but the rest, and ``residual_db``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also run librosa's HPSS (drums) and score the mixture itself as every stem
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_stems(data)
    latest: dict[str, tuple[dict[str, Audio], Audio]] = {}  # one song at a time: sixty would not fit
    duration_s: dict[str, float] = {}

    def sound(item: StemItem) -> tuple[dict[str, Audio], Audio]:
        if item.id not in latest:
            latest.clear()
            latest[item.id] = item.audio(end_s=EXCERPT_S)
            duration_s[item.id] = latest[item.id][1].duration_s
        return latest[item.id]

    def estimate(item: StemItem) -> Mapping[str, Float32Array]:
        from hexachord.processing.stems import split_stems

        mixture = sound(item)[1]
        stems: Mapping[str, Float32Array] = split_stems(mixture.samples, mixture.rate_hz)
        return stems

    def score(item: StemItem, estimates: Mapping[str, Float32Array]) -> dict[str, float]:
        stems, mixture = sound(item)
        return score_stems({name: stem.samples for name, stem in stems.items()}, estimates, mixture=mixture.samples)

    def score_ours(item: StemItem, estimates: Mapping[str, Float32Array]) -> dict[str, float]:
        return {**score(item, estimates), "residual_db": separation.residual_db(sound(item)[1].samples, estimates)}

    def untouched(item: StemItem) -> Mapping[str, Float32Array]:
        stems, mixture = sound(item)
        return dict.fromkeys(stems, mixture.samples)

    def hpss(item: StemItem) -> Mapping[str, Float32Array]:
        import librosa

        mixture = sound(item)[1]
        return {"drums": librosa.effects.percussive(mixture.samples)}

    found = measure(loaded.items, what="separation", name=_name, estimate=estimate, score=score_ours, progress=progress)
    peers = {}
    if peer:
        plain = measure(loaded.items, what="mixture", name=_name, estimate=untouched, score=score, progress=progress)
        peers["mixture"] = PeerResult(metrics=mean_metrics(plain.items), wall_s=plain.wall_s)
        peers["librosa"] = measure_peer(
            [item for item in loaded.items if "drums" in item.stems],
            distribution="librosa",
            name=_name,
            estimate=hpss,
            score=score,
            progress=progress,
        )
    result = result_of(
        found,
        bench="separation",
        data=data,
        engine=_engine() if loaded.items else "",
        metrics=mean_metrics(found.items),
        seconds_of_audio=sum(duration_s[item.id] for item in found.items),
        skipped=loaded.skipped,
        peers=peers,
    )
    return with_suite(
        result,
        "separation",
        data,
        side=suites,
        instruments=instruments,
        item=stem_item,
        name=_name,
        estimate=estimate,
        score=score_ours,
        engines=_engine,
        progress=progress,
    )


def score_stems(
    references: Mapping[str, Float32Array], estimates: Mapping[str, Float32Array], *, mixture: Float32Array
) -> dict[str, float]:
    """Score the stems that both sides have; what is left of the song is compared as one stem, ``other``.

    Songs differ in how they are cut (a band in five, a voice and its accompaniment), and so do separators: the reference of ``other`` is
    everything but the compared stems, and its estimate the sum of every estimate that was not compared.
    """
    compared = [name for name in references if name in estimates and name != OTHER]
    if not compared:
        return {}
    wanted = {name: references[name] for name in compared}
    given = {name: estimates[name] for name in compared}
    rest = [samples for name, samples in estimates.items() if name not in compared]
    if rest:
        wanted[OTHER] = mixture - np.sum(list(wanted.values()), axis=0)
        given[OTHER] = np.sum(rest, axis=0)
    scores = separation.evaluate(wanted, given, mixture=mixture)
    gains = [value for name, value in scores.items() if name.startswith("si_sdri_") and name != f"si_sdri_{OTHER}"]
    return {**scores, "si_sdri": sum(gains) / len(gains)} if gains else scores


def _engine() -> str:
    from hexachord.processing.stems import ENGINES

    return ENGINES[0].name


def _name(item: StemItem) -> str:
    return item.id
