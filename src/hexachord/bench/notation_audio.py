"""From sound to the page: performances through the held-out piano, written down by ear.

The shortest piece of each composer, its first minute, is played by a piano that no training has heard and transcribed like any
recording. Missing instruments are named, and nothing else of the bench depends on them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hexachord.audio import Audio
from hexachord.bench.asap import read_marks
from hexachord.bench.engine import instrument_folders, music_folder
from hexachord.bench.harness import BenchItem, Progress, mean_metrics
from hexachord.bench.loop import measure
from hexachord.bench.notated import page_of, true_page, within
from hexachord.bench.pages import PageItem, opening
from hexachord.metrics import mv2h
from hexachord.score.model import Score

LENGTH_S = 60.0
PREFIX = "audio_"


class HeardPages(NamedTuple):
    """Means and items under names of their own, what it cost, and what was missing."""

    metrics: dict[str, float]
    items: tuple[BenchItem, ...]
    wall_s: float
    cpu_s: float
    skipped: tuple[str, ...]


def hear_pages(items: Sequence[PageItem], data: Path, *, instruments: Path | None = None, progress: Progress | None = None) -> HeardPages:
    """Play, transcribe and compare the shortest piece of each composer.

    Parameters
    ----------
    items : of which some are chosen
    data : the bench folder, or the folder above it
    instruments : a folder to look for instruments in, before the usual ones
    """
    piano = held_out_piano(data, instruments)
    if piano is None:
        return HeardPages({}, (), 0.0, 0.0, ("audio: no piano of the side held_out among the instruments",))
    sounds = {item.id: play(item, piano) for item in shortest(items)}
    found = measure(
        shortest(items),
        what="notation by ear",
        name=lambda item: item.id,
        estimate=lambda item: transcribed(sounds[item.id]),
        score=compare,
        progress=progress,
    )
    renamed = tuple(
        BenchItem(id=f"audio/{item.id}", metrics={PREFIX + name: number for name, number in item.metrics.items()}) for item in found.items
    )
    return HeardPages(mean_metrics(renamed), renamed, found.wall_s, found.cpu_s, found.skipped)


def held_out_piano(data: Path, instruments: Path | None) -> Path | None:
    """The sampled piano that nothing was trained on, where it is found."""
    from hexachord.rendering.instruments import find_instruments
    from hexachord.rendering.split import load_split

    found = find_instruments(load_split(), "held_out", folders=instrument_folders(music_folder(data) or data, instruments))
    names = found.names("font", covers="piano")
    return found.paths[f"font/{names[0]}"] if names else None


def shortest(items: Sequence[PageItem]) -> list[PageItem]:
    """One performance of each composer: the one that is over first."""
    lasting = {item.id: read_marks(item.marks)[-1].time_s for item in items}
    chosen = dict[str, PageItem]()
    for item in sorted(items, key=lambda item: (lasting[item.id], item.id)):
        chosen.setdefault(item.composer, item)
    return [chosen[composer] for composer in sorted(chosen)]


def play(item: PageItem, piano: Path) -> Audio:
    """The first minute of a performance as sound."""
    from hexachord.journeys.perform import perform
    from hexachord.score.midi import load_midi

    return perform(opening(load_midi(item.path), LENGTH_S), soundfont=piano).mix


def transcribed(sound: Audio) -> Score:
    """Write sound down for piano, by way of a file like any other; the page keeps the recording's clock."""
    import tempfile

    from hexachord.audio import save_audio
    from hexachord.journeys.sheets import write_sheet
    from hexachord.journeys.verbs import write_down

    with tempfile.TemporaryDirectory(prefix="hexachord-") as folder:
        path = Path(folder) / "performance.flac"
        save_audio(sound, path)
        return write_sheet("piano", write_down(path, instrument="piano").knowledge)


def compare(item: PageItem, score: Score) -> dict[str, float]:
    """MV2H of what was written, on the clock of the performance."""
    truth = true_page(item.score, item.score_marks, item.marks, until_s=LENGTH_S)
    page = within(page_of(score), float(truth.beats.time_s[0]), truth.until_s)
    return mv2h.evaluate(truth.page, page).flat()
