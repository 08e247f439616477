"""The endless stream of takes: one seed, one take, the same for ever."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hexachord.rendering.arranging import band, drums_alone, electronic, pick
from hexachord.rendering.model import Take
from hexachord.rendering.music import DURATION, ONSET, Piece, even_bars
from hexachord.rendering.orchestral import orchestra
from hexachord.rendering.ornaments import Singing, drawn_singing
from hexachord.rendering.performing import Manner, perform
from hexachord.rendering.repertoire import art_song, chorale, ensemble, piano_piece, pop_song
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.soloists import solo
from hexachord.rendering.timing import Clock, TempoKind, human_clock, humanized, tempo_clock

KINDS: dict[str, tuple[float, Callable[..., Piece]]] = {
    "band": (0.43, band),
    "electronic": (0.12, electronic),
    "pop": (0.09, pop_song),
    "song": (0.06, art_song),
    "piano": (0.06, piano_piece),
    "ensemble": (0.06, ensemble),
    "orchestra": (0.07, orchestra),
    "chorale": (0.03, chorale),
    "solo": (0.06, solo),
    "drums": (0.05, drums_alone),
}
"""What is drawn, and how often."""

_TEMPI: dict[str, dict[TempoKind, float]] = {
    "band": {"steady": 0.56, "drift": 0.22, "final": 0.05, "step": 0.06, "accelerando": 0.04, "ritardando": 0.04, "rubato": 0.03},
    "electronic": {"steady": 0.93, "drift": 0.02, "step": 0.03, "accelerando": 0.02},
    "orchestra": {"steady": 0.55, "drift": 0.2, "final": 0.07, "accelerando": 0.06, "ritardando": 0.04, "rubato": 0.05, "step": 0.03},
    "solo": {"rubato": 0.4, "drift": 0.35, "steady": 0.1, "ritardando": 0.05, "final": 0.05, "accelerando": 0.05},
    "drums": {"steady": 0.72, "drift": 0.16, "step": 0.06, "accelerando": 0.03, "ritardando": 0.03},
    "pop": {"steady": 0.6, "drift": 0.2, "final": 0.1, "rubato": 0.1},
    "page": {"rubato": 0.45, "drift": 0.2, "steady": 0.12, "ritardando": 0.1, "final": 0.08, "accelerando": 0.05},
}


_TRIES = 60
_LONGEST_REST_S = 4.0


def draw_take(seed: int, shelf: Shelf, *, kind: str | None = None, length_s: float = 30.0, human: bool = True) -> Take:
    """Draw a take: which music, who plays it and how, and everything true about it.

    Parameters
    ----------
    seed : any whole number from 0 on; the take is a function of it, of the shelf and of the options alone
    kind : ``band`` (a tune accompanied in some style), ``electronic``, ``pop`` (a song as it stands), ``song`` (voice and piano),
        ``piano``, ``ensemble``, ``orchestra``, ``chorale``, ``solo`` or ``drums``; drawn when not given
    length_s : how long; music that ends earlier leaves silence
    human : False plays what is written on a grid exactly on it, at a steady tempo

    Raises
    ------
    ValueError : for an unknown kind.
    """
    random = np.random.default_rng([seed, 4])
    drawn = pick(random, tuple(KINDS), tuple(weight for weight, _ in KINDS.values()))
    name = kind or drawn
    if name not in KINDS:
        raise ValueError(f"unknown kind of take {kind!r}: expected one of {', '.join(KINDS)}")
    draw: Callable[..., Piece] = KINDS[name][1]
    piece = next(piece for piece in (draw(random, shelf, length_s=length_s) for _ in range(_TRIES)) if _is_music(piece, length_s))
    tempo_name = "page" if name in ("song", "piano", "ensemble", "chorale") or piece.style == "orchestral" else name
    kinds = _TEMPI[tempo_name]
    tempo = pick(random, tuple(kinds), tuple(kinds.values())) if human else "steady"
    clock, tempo_fact = _clock(piece, tempo, human=human, random=random)
    bars = piece.bars or even_bars(max(1, int(piece.end / 4) + 1), 4, 4)
    exact = float(piece.facts.get("quantised", 0.12))
    amount = float(random.choice([0.4, 0.8, 1.0, 1.3], p=[0.22, 0.32, 0.32, 0.14])) if human and random.random() >= exact else 0.0
    lines = tuple(humanized(line, bars, quarter_bpm=piece.quarter_bpm, amount=amount, random=random) for line in piece.lines)
    sings = any(line.role == "sung" for line in lines)
    manner = Manner(
        singing=drawn_singing(random, sung=sings),
        swell=float(random.choice([0.0, random.uniform(0.05, 0.35)])),
        choke=float(random.choice([0.0, 0.0, 0.15, 0.5])),
        bass=Singing(glide=float(random.choice([0.0, 0.0, 0.0, 0.08, 0.3])), glide_s=float(random.uniform(0.04, 0.12))),
    )
    lead_s = float(random.choice([0.0, random.uniform(0.0, 1.5)])) if piece.bars or piece.pulse else 0.0
    first = min(0.0, piece.bars[0].start) if piece.bars else 0.0
    clock = clock.moved(lead_s - float(clock.seconds(first)))
    facts = piece.facts | {"kind": name, "tempo": tempo_fact, "human": f"{amount:.1f}", "singing": manner.singing.said}
    return perform(
        replace(piece, lines=lines, facts=facts),
        clock,
        name=f"{shelf.side}-{name}-{seed}" if kind is None else f"{shelf.side}-{name}-{seed}k",
        seed=seed,
        length_s=length_s,
        random=random,
        manner=manner,
    )


def _is_music(piece: Piece, length_s: float) -> bool:
    """Whether enough happens: now and then a window falls into somebody's rests."""
    least = 0.15 if piece.style in ("drone", "ambient") else 0.7
    if sum(len(line.notes) for line in piece.lines) < max(4.0, least * length_s):
        return False
    return longest_rest(piece) * 60.0 / piece.quarter_bpm <= _LONGEST_REST_S


def longest_rest(piece: Piece) -> float:
    """Return the longest time in which nobody plays, from quarter 0 to the last note, in quarters."""
    notes = np.concatenate([line.notes for line in piece.lines])
    notes = notes[np.argsort(notes[:, ONSET])]
    silent_from = np.maximum.accumulate(np.concatenate([[0.0], notes[:, ONSET] + notes[:, DURATION]]))
    return float(np.max(notes[:, ONSET] - silent_from[:-1]))


def _clock(piece: Piece, tempo: TempoKind, *, human: bool, random: np.random.Generator) -> tuple[Clock, str]:
    if piece.bars is None and piece.pulse is None:
        return Clock(np.array([0.0, 1.0]), np.array([0.0, 60.0 / piece.quarter_bpm])), "free"
    if human and piece.clock is not None and random.random() < 0.7:
        recorded = any(origin.partition("/")[0] in ("billboard", "pop909") for origin in piece.origins)
        clock = human_clock(piece.clock, quarter_bpm=piece.quarter_bpm, original_bpm=piece.quarter_bpm)
        return clock, "recorded" if recorded else "written"
    bars = piece.bars or even_bars(max(1, int(piece.end / 4) + 1), 4, 4)
    return tempo_clock(tempo, quarter_bpm=piece.quarter_bpm, bars=bars, random=random), tempo
