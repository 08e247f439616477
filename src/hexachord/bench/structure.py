"""Section boundaries, names and functions of pop songs, from the published chroma on (our engine also hears timbre when there is sound).

Boundaries within 0.5 and 3 s over the whole song (its two ends count, as in mir_eval; ``_trimmed`` leaves them out), and pairs of frames
that share a name. Primes, which mark variations of a section, are dropped; silence around the music is a section of its own. ``function``
is the share of time whose function (intro, verse, chorus, bridge, instrumental, outro) is right, of the time where one of these is known.
Two baselines run beside it every time: sections of one length, and the peaks of a plain checkerboard novelty (Foote 2000), all with one
name. Two excerpts of MSAF's fixtures are heard from sound (``msaf_``).
"""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hexachord.audio_analysis.structure.functions import function_of
from hexachord.bench.billboard import BillboardSong, load_billboard
from hexachord.bench.datasets import Loaded, Recording, bench_folder
from hexachord.bench.harness import BenchResult, PeerResult, Progress, mean_metrics
from hexachord.bench.loop import front_end, measure, result_of
from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.knowledge import Segments
from hexachord.metrics import segment

EVEN_SECTION_S = 20.0  # the length of a section in pop, roughly: what guessing with a ruler gives
USUAL_FUNCTION = "chorus"  # what most of the time of pop songs is
FRAME_S = 0.1
_MOMENT_S, _REACH = 0.5, 32  # of the plain novelty: half seconds, sixteen of them either way


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``hit_05 hit_3 pairwise_f function`` and the rest of the structure scores, and two baselines.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : not used here: the baselines always run
    instruments : not used here
    progress : told what is being done
    """
    loaded = load_billboard(data)
    engines = set[str]()

    def estimate(song: BillboardSong) -> Segments:
        from hexachord.audio_analysis.structure import sections_from_network

        sections: Segments = sections_from_network(_chroma(song), hop_s=song.hop_s, start_s=song.start_s)
        engines.add(sections.engine)
        return sections

    found = measure(loaded.items, what="structure", name=_name, estimate=estimate, score=score, progress=progress)
    peers = {}
    for name, guess in (("every 20 s", _even), ("plain novelty", _novel)):
        guessed = measure(loaded.items, what=name, name=_name, estimate=guess, score=score, progress=progress)
        peers[name] = PeerResult(metrics=mean_metrics(guessed.items), wall_s=guessed.wall_s)
    fixtures = load_fixtures(data)
    heard = measure(fixtures.items, what="msaf", name=_fixture_name, estimate=_hear, score=_score_fixture, progress=progress)
    beside = {f"msaf_{name}": value for name, value in mean_metrics(heard.items).items() if name in ("hit_05", "hit_3", "pairwise_f")}
    return result_of(
        found,
        bench="structure",
        data=data,
        engine=", ".join(sorted(engines)),
        metrics=mean_metrics(found.items) | beside,
        seconds_of_audio=sum(song.duration_s for song in loaded.items),
        skipped=loaded.skipped + fixtures.skipped + heard.skipped,
        peers=peers,
    )


def score(song: BillboardSong, sections: Segments) -> dict[str, float]:
    """Compare sections with the annotated ones."""
    intervals = np.stack([sections.start_s, sections.end_s], axis=1).clip(0)
    metrics = segment.evaluate(song.section_s, song.section_labels, intervals, sections.label)
    return metrics | function_score(song, sections)


def function_score(song: BillboardSong, sections: Segments) -> dict[str, float]:
    """Measure the share of time whose function is right, where one of ours is known; nothing where nobody said or guessed any."""
    if not sections.function:
        return {}
    words = song.section_functions or ("",) * len(song.section_s)
    right = known = 0
    for (start, end), word in zip(song.section_s, words, strict=True):
        truth = function_of(word)
        times = np.arange(start + 0.5 * FRAME_S, end, FRAME_S)
        if not truth or not len(times):
            continue
        row = np.searchsorted(sections.start_s, times, side="right") - 1
        said = np.array(sections.function)[row.clip(0)]
        inside = (row >= 0) & (times < sections.end_s[row.clip(0)])
        right += int(((said == truth) & inside).sum())
        known += len(times)
    return {"function": right / known} if known else {}


class Fixture(Recording):
    """A recording with sections: `section_s` (sections, 2) and `section_labels`."""

    @property
    def truth(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """The annotated sections; silence is named as ours is."""
        path = self.paths[0].parents[1] / "references" / f"{self.paths[0].stem}.jams"
        try:
            annotations = json.loads(read_text(path, what="sections in JAMS"))["annotations"]
            rows = next(each["data"] for each in annotations if each["namespace"] == "segment_open")
            spans = np.array([[row["time"], row["time"] + row["duration"]] for row in rows], dtype=np.float64)
            return spans, tuple(str(row["value"]).lower() for row in rows)
        except (ValueError, KeyError, TypeError, StopIteration) as error:
            raise InputError(path, found=f"no sections ({error})", expected="JAMS with segment_open") from error


def load_fixtures(data: Path) -> Loaded[Fixture]:
    """List the excerpts of MSAF's fixtures."""
    folder = bench_folder(data) / "msaf_fixtures/Sargon_test/audio"
    found = tuple(Fixture(id=path.stem, paths=(path,)) for path in sorted(folder.glob("*.mp3")))
    return Loaded(found, () if found else ("msaf_fixtures: no such sound",))


def _hear(fixture: Fixture) -> Segments:
    from hexachord.audio_analysis.structure import find_sections

    sections: Segments = find_sections(front_end(fixture))
    return sections


def _score_fixture(fixture: Fixture, sections: Segments) -> Mapping[str, float]:
    spans, labels = fixture.truth
    return segment.evaluate(spans, labels, np.stack([sections.start_s, sections.end_s], axis=1).clip(0), sections.label)


def _even(song: BillboardSong) -> Segments:
    return _alike(np.append(np.arange(0.0, song.section_s[-1, 1], EVEN_SECTION_S), song.section_s[-1, 1]))


def _novel(song: BillboardSong) -> Segments:
    """Boundaries where a checkerboard slid along the self-similarity of half seconds has its peaks."""
    from scipy.ndimage import maximum_filter1d

    from hexachord.audio_analysis.structure import checkerboard_novelty, self_similarity

    step = max(1, round(_MOMENT_S / song.hop_s))
    chroma = _chroma(song)
    moments = np.stack([chroma[at : at + step].mean(axis=0) for at in range(0, len(chroma), step)])
    novelty = checkerboard_novelty(self_similarity(moments), reach=_REACH, centre=False)
    peaks = np.flatnonzero((novelty == maximum_filter1d(novelty, 2 * (_REACH // 2) + 1)) & (novelty > novelty.mean()))
    times = song.start_s + peaks * step * song.hop_s
    end = song.section_s[-1, 1]
    return _alike(np.concatenate([[0.0], times[(times > 0.0) & (times < end)], [end]]))


def _alike(bounds: np.ndarray) -> Segments:
    count = len(bounds) - 1
    return Segments(start_s=bounds[:-1], end_s=bounds[1:], label=("A",) * count, function=(USUAL_FUNCTION,) * count)


def _chroma(song: BillboardSong) -> np.ndarray:
    return np.concatenate([song.bass, song.treble], axis=1)


def _name(song: BillboardSong) -> str:
    return song.id


def _fixture_name(fixture: Fixture) -> str:
    return fixture.id
