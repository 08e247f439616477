"""How fast scores become rows, beside MidiTok's REMI on the same songs: both start from a score in memory, on one thread, in one run.

What MidiTok does on the way (rounding times and velocities to its classes) we do as well; keys, which REMI does not tell, are left out.
A row is one event of seven fields, a REMI token one attribute of an event: songs a second are compared, not tokens.
"""

import importlib.util
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hexachord.composition.clips import on_vocabulary
from hexachord.composition.encode import encode
from hexachord.composition.scores import clip_of
from hexachord.composition.vocabulary import Vocabulary
from hexachord.score.formats import load_score
from hexachord.score.model import Score

_TURNS = 3


def tokeniser_speed(paths: Sequence[Path], *, peer: bool = True) -> dict[str, float]:
    """Time both tokenisers.

    Parameters
    ----------
    paths : MIDI files
    peer : time MidiTok too, where it is installed

    Returns
    -------
    ``songs_per_s`` and ``rows_per_song``, and with the peer ``miditok_songs_per_s``, ``miditok_tokens_per_song`` and ``tokeniser_x``, how
    many times faster we are. The best of three turns each, turn about.
    """
    words = Vocabulary()
    scores = [load_score(path) for path in paths]

    def ours(score: Score) -> int:
        return len(encode(on_vocabulary(clip_of(score, vocabulary=words, find_keys=False), words), vocabulary=words).rows)

    jobs: list[tuple[Callable[[Any], int], list[Any]]] = [(ours, list(scores))]
    if peer and importlib.util.find_spec("miditok") is not None:
        jobs.append(_miditok(paths))
    best, counted = [float("inf")] * len(jobs), [0] * len(jobs)
    for _ in range(_TURNS):
        for index, (job, songs) in enumerate(jobs):
            start = time.process_time()
            counted[index] = sum(job(song) for song in songs)
            best[index] = min(best[index], time.process_time() - start)
    count = max(1, len(paths))
    found = {"songs_per_s": count / best[0], "rows_per_song": counted[0] / count}
    if len(jobs) > 1:
        found |= {"miditok_songs_per_s": count / best[1], "miditok_tokens_per_song": counted[1] / count, "tokeniser_x": best[1] / best[0]}
    return found


def _miditok(paths: Sequence[Path]) -> tuple[Callable[[Any], int], list[Any]]:
    import miditok
    import symusic

    remi = miditok.REMI(miditok.TokenizerConfig(use_tempos=True))

    def theirs(score: Any) -> int:
        made = remi.encode(score.copy())
        return sum(len(sequence.ids) for sequence in (made if isinstance(made, list) else [made]))

    return theirs, [symusic.Score(str(path)) for path in paths]
