"""The key of pop songs, from the published chroma on.

The tonic is written down, the first one where a song moves. The mode is not: ``weighted`` (the MIREX score) takes it from the third of
the annotated chords on that tonic, and leaves out songs where that says nothing.
"""

from collections.abc import Callable
from pathlib import Path

from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.harness import BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.loop import measure, result_of
from hexachord.bench.suites import chroma_item, with_suite
from hexachord.knowledge import Key
from hexachord.metrics import key
from hexachord.rendering.split import Side
from hexachord.rendering.suite_files import SuiteSong


def run(
    data: Path, *, peer: bool = False, instruments: Path | None = None, suites: Side | None = "held_out", progress: Progress | None = None
) -> BenchResult:
    """Measure ``tonic tonic_or_fifth weighted``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also score our classic engine, the plain correlation with Krumhansl's profiles
    instruments : a folder to look for instruments in, before the usual ones
    suites : with which instruments the rendered suite is played (see `hexachord.bench.suites`); None leaves it out
    progress : told what is being done
    """
    loaded = load_billboard(data)
    songs = tuple(song for song in loaded.items if song.tonics)
    engines = set[str]()

    def estimate_with(engine: str | None) -> Callable[[BillboardSong], Key]:
        from hexachord.audio_analysis.harmony import estimate_key

        return lambda song: estimate_key(song.treble, bass=song.bass, hop_s=song.hop_s, engine=engine)

    def score(song: BillboardSong, estimated: Key) -> dict[str, float]:
        engines.add(estimated.engine)
        return _score(song, estimated.name)

    found = measure(songs, what="key", name=_name, estimate=estimate_with(None), score=score, progress=progress)
    engine = ", ".join(sorted(engines))
    peers = {}
    if peer:
        plain = measure(songs, what="profiles", name=_name, estimate=estimate_with("profiles"), score=score, progress=progress)
        peers["profiles"] = PeerResult(version="Krumhansl", metrics=mean_metrics(plain.items), wall_s=plain.wall_s)
    result = result_of(
        found,
        bench="key",
        data=data,
        engine=engine,
        metrics=mean_metrics(found.items),
        seconds_of_audio=sum(song.duration_s for song in songs),
        skipped=loaded.skipped,
        peers=peers,
    )
    written: dict[str, str] = {}

    def item(song: SuiteSong) -> BillboardSong | None:
        known = song.truth.key
        written[song.id] = "" if known is None else known.name
        return chroma_item(song)

    def score_rendered(song: BillboardSong, estimated: Key) -> dict[str, float]:
        engines.add(estimated.engine)
        return key.evaluate(written[song.id], estimated.name)

    return with_suite(
        result,
        "harmony",
        data,
        side=suites,
        instruments=instruments,
        item=item,
        name=_name,
        estimate=estimate_with(None),
        score=score_rendered,
        by_trait=("tonic", "weighted"),
        engines=lambda: ", ".join(sorted(engines)),
        progress=progress,
    )


def _score(song: BillboardSong, estimated: str) -> dict[str, float]:
    written = song.key
    scores = key.evaluate(written or f"{song.tonics[0]} major", estimated)
    if written is None:
        del scores["weighted"]
    return scores


def _name(song: BillboardSong) -> str:
    return song.id
