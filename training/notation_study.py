"""How well played music is written down, on pages that nothing was learnt from: ``python training/notation_study.py --data DATA``.

Piano parts of two staves of the valid side (or ``--side train``), a minute of each played by an imagined pianist (see `performances`:
tempo that breathes and waits, hands that stray, broken chords, voicing; here also legato and the pedal), are written down and compared
with their pages as the bench ``notation`` does it: as we write them, and with the true beats given. What it measures may be tuned; the
bench may not. ``study`` is the function; ``--keep FOLDER`` remembers what was played, and with ``--heard`` what was heard of it too, for
who tunes nothing but the page.
"""

import argparse
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from notation_faults import faults, shares
from performances import Random, Sheet, _clock, _loudness, _spread, _tempo

from hexachord.bench.notated import TruePage, beats_of, line_clock, main_metre, page_of, within, written_notes
from hexachord.bench.notation import heard, write
from hexachord.files import atomic_path
from hexachord.knowledge import Beats, Knowledge
from hexachord.metrics import mv2h
from hexachord.metrics.mv2h import NotatedMusic
from hexachord.rendering.split import Side, load_split
from hexachord.score.model import Control, Note, Part, Score, TempoMark

LENGTH_S = 60.0
LIEDER = 0.6
"""How many of the pages are pianos of songs; the others are piano pieces, as long as there are any not played yet."""
_TICKS_S = 480 * 111.3 / 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Played:
    """A performance and its page, by staves and by the page's own voices."""

    id: str
    score: Score
    truth: TruePage
    voices: NotatedMusic


def study(
    count: int = 24,
    *,
    data: Path,
    side: Side = "valid",
    seed: int = 0,
    keep: Path | None = None,
    keep_heard: bool = False,
    tell: bool = False,
) -> dict[str, float]:
    """Measure ``mv2h multi_pitch voice metre value key hands``, and more beside, as means over so many performances.

    Parameters
    ----------
    count : performances; some 1.5 s each
    keep : a folder for what was played
    keep_heard : also for what was heard of it: beats, metre and key then stay as they were
    tell : print every performance

    Returns
    -------
    dict of the means, the same with the true beats (``given_beats_``); ``voices`` counts the voices within staves too, ``exact`` is the
    share of compared values within a tenth; ``beats_NAME`` and ``bars_NAME`` are shares of performances (see `notation_faults`)
    """
    rows = []
    for one in performances(count, data=data, side=side, seed=seed, keep=keep):
        known = _recalled(one, keep if keep_heard else None)
        row = measured(one, known)
        rows.append(row)
        if tell:
            print(
                one.id, *(f"{name} {number:.2f}" for name, number in row.items() if "_" not in name or name.startswith("given")), flush=True
            )
    return shares(rows)


def measured(one: Played, known: Knowledge) -> dict[str, float]:
    """Write a performance down on the beats that were heard and on the true ones, and compare."""
    found = dict[str, float]()
    for name, score in (("", write(known)), ("given_beats_", write(known, beats=one.truth.beats, metre=one.truth.metre))):
        scores = compared(one.truth, score)
        fine = mv2h.evaluate(one.voices, page_of(score, by_voice=True))
        found |= {name + part: number for part, number in ({**scores, "voices": fine.voice.f}).items()}
    return found | faults(one.truth, page_of(write(known)))


def compared(truth: TruePage, score: Score) -> dict[str, float]:
    """MV2H as the bench has it, and the share of values that are right within a tenth."""
    page = within(page_of(score), float(truth.beats.time_s[0]), truth.until_s)
    return mv2h.evaluate(truth.page, page).flat() | {"exact": exact_values(truth.page, page)}


def exact_values(true: NotatedMusic, page: NotatedMusic) -> float:
    """Share of matched notes whose written value is right within a tenth of it."""
    pairs = mv2h.match_notes(true, page)
    wanted, found = ((side.offset_s - side.onset_s)[pairs[:, number]] for number, side in enumerate((true, page)))
    return float((np.abs(found - wanted) <= 0.1 * wanted).mean()) if len(pairs) else 0.0


def performances(count: int, *, data: Path, side: Side, seed: int = 0, keep: Path | None = None) -> list[Played]:
    """Play pages of a side, the same way every time, or recall it."""
    kept = keep / f"played_{side}_{count}_{seed}.pickle" if keep else None
    if kept is not None and kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    found = list[Played]()
    for number, path in enumerate(_pages(data, side, count)):
        one = perform(path, np.random.default_rng([seed, number]))
        found += [one] if one is not None else []
    if kept is not None:
        with atomic_path(kept) as temporary:
            temporary.write_bytes(pickle.dumps(found))
    return found


def _pages(data: Path, side: Side, count: int) -> list[Path]:
    """Which pages are played: spread evenly over songs, and piano pieces as often as it takes."""
    from hexachord.rendering.lieder import lieder_names
    from hexachord.rendering.musetrainer import musetrainer_names

    split, chosen = load_split(), list[Path]()
    for corpus, names, share in (("openscore_lieder", lieder_names, LIEDER), ("musetrainer", musetrainer_names, 1.0 - LIEDER)):
        folder = data / "train" / corpus
        own = [name for name in names(folder) if split.side(f"{corpus}/{name}") == side]
        wanted = round(count * share)
        chosen += [folder / f"{own[int(place)]}.mxl" for place in np.linspace(0, len(own), wanted, endpoint=False)] if own else []
    return chosen


def perform(path: Path, random: Random, *, length_s: float = LENGTH_S) -> Played | None:
    """Play a minute of a page's piano; None where it has none, or is over too soon."""
    from hexachord.score.formats import load_score

    score = load_score(path)
    pianos = [part for part in score.parts if part.staves == 2 and len(part.notes) > 60]
    if not pianos:
        return None
    score = replace(score, parts=(pianos[0],))
    notes, _ = written_notes(score)
    beats, position, parts = beats_of(score)
    quarter = score.ticks_per_quarter
    sheet = _sheet(score, beats[:-1] / quarter, position[:-1], path.stem)
    begin = _begin(sheet, random, length_s)
    rest = notes[notes["onset_quarter"] >= begin - 1e-6]
    if len(rest) < 30:
        return None
    rows = np.column_stack([rest["onset_quarter"], rest["duration_quarter"], rest["pitch"], rest["velocity"]]).astype(float)
    bpm = _tempo(sheet, rows, random)
    span = min(length_s * 1.2 * bpm / 60.0 * sheet.beat_length, float(beats[-1] / quarter) - begin)
    corner, corner_s, _ = _clock(sheet, begin, begin + span, 60.0 / (bpm * sheet.beat_length), random)
    corner_s = corner_s + random.uniform(0.3, 1.5)
    inside = (rows[:, 0] < begin + span) & (np.interp(rows[:, 0], corner, corner_s) < length_s)
    rows, onset_tick = rows[inside], rest["onset_tick"][inside]
    moment, chord = np.unique(onset_tick, return_inverse=True)
    chord_s = np.interp(moment / quarter, corner, corner_s) + random.normal(0.0, random.uniform(0.002, 0.015), len(moment))
    ticks, beat_s, kept = _beat_times(beats, moment, chord_s, corner * quarter, corner_s, begin * quarter)
    played = _keys(rows, chord, chord_s, corner, corner_s, random)
    place, division = position[kept], parts[kept]
    if len(ticks) < 8 or (np.diff(beat_s) <= 0).any():
        return None
    clock = line_clock(ticks.astype(float), beat_s)
    span_s = (float(beat_s[0]), float(beat_s[-1]))
    notes_s = tuple(clock(np.array([ticks[0], moment[-1]])).tolist())
    truth = TruePage(
        page=_cut(page_of(score, clock=clock), span_s, notes_s),
        beats=Beats(time_s=beat_s, position=place),
        metre=main_metre(place, division, np.diff(ticks, append=ticks[-1] + ticks[-1] - ticks[-2]) / quarter),
        until_s=float(beat_s[-1]),
    )
    voices = _cut(page_of(score, clock=clock, by_voice=True), span_s, notes_s)
    pedal = _pedal(beat_s, place, random) if random.random() < 0.6 else ()
    return Played(id=path.stem, score=_recorded(rows, played, pedal), truth=truth, voices=voices)


def _sheet(score: Score, beat_quarter: np.ndarray, position: np.ndarray, name: str) -> Sheet:
    """What the imagined pianist reads."""
    length = float(np.median(np.diff(beat_quarter)))
    bars = np.diff(np.flatnonzero(position == 1))
    bpm = (score.tempos[0].quarter_bpm if score.tempos else 100.0) / length
    return Sheet(
        id=name, corpus="study", notes=np.empty((0, 4)), tune=np.zeros(0, dtype=bool), beat_quarter=beat_quarter, position=position,
        beat_length=length, bar_beats=int(np.bincount(bars).argmax()) if len(bars) else 4, bpm=bpm, said=bool(score.tempos),
    )  # fmt: skip


def _begin(sheet: Sheet, random: Random, length_s: float) -> float:
    """A bar line to begin at: the first in one of three, any that leaves a minute otherwise."""
    first = sheet.beat_quarter[sheet.position == 1]
    room = sheet.beat_quarter[-1] - length_s * sheet.bpm / 60.0 * sheet.beat_length
    early = first[first <= room]
    return float(sheet.beat_quarter[0] if random.random() < 1 / 3 or not len(early) else random.choice(early))


def _beat_times(
    beats: np.ndarray, moment: np.ndarray, chord_s: np.ndarray, corner: np.ndarray, corner_s: np.ndarray, begin: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ticks, seconds and indices of the beats of what is played; a beat is where it is played, and between chords where it is felt."""
    kept = np.flatnonzero((beats >= begin - 1e-6) & (beats <= moment[-1]))
    ticks = beats[kept]
    near = np.clip(np.searchsorted(moment, ticks), 0, len(moment) - 1)
    felt = np.interp(ticks, corner, corner_s)
    return ticks, np.where(moment[near] == ticks, chord_s[near], felt), kept


def _keys(rows: np.ndarray, chord: np.ndarray, chord_s: np.ndarray, corner: np.ndarray, corner_s: np.ndarray, random: Random) -> np.ndarray:
    """Onset, release and force of every key: hands stray, chords break, one finger is lifted early and another late."""
    order = np.lexsort((rows[:, 2], rows[:, 0]))
    late_s = np.zeros(len(rows))
    late_s[order] = _spread(rows[order], np.zeros(len(rows), dtype=bool), chord[order], random)
    onset_s = np.maximum(chord_s[chord] + late_s, 0.0)
    release_s = np.interp(rows[:, 0] + rows[:, 1], corner, corner_s)
    held = random.uniform(0.55, 1.0) * np.exp(random.normal(0.0, random.uniform(0.05, 0.35), len(rows)))
    legato_s = np.abs(random.normal(0.0, random.uniform(0.0, 0.08), len(rows)))
    duration_s = np.maximum(0.04, (release_s - chord_s[chord]) * np.minimum(held, 1.05) + legato_s)
    sheet = Sheet(
        id="", corpus="", notes=rows, tune=np.zeros(0, dtype=bool), beat_quarter=np.array([rows[0, 0]]), position=np.array([1]),
        beat_length=1.0, bar_beats=4, bpm=100.0, said=True,
    )  # fmt: skip
    force = np.zeros(len(rows))
    force[order] = _loudness(sheet, rows[order], np.zeros(len(rows), dtype=bool), chord[order], random)
    return np.column_stack([onset_s, onset_s + duration_s, force])


def _cut(page: NotatedMusic, span_s: tuple[float, ...], notes_s: tuple[float, ...]) -> NotatedMusic:
    """What of a page was played: bars and keys of one span, notes of another."""
    begin_s, end_s = span_s
    kept = (page.onset_s >= notes_s[0] - 1e-6) & (page.onset_s <= notes_s[1] + 1e-6)
    page = within(page, begin_s, end_s, slack_s=1e-6)
    spans = np.clip(page.key_intervals_s, max(begin_s, 0.0), end_s)
    lasting = spans[:, 1] > spans[:, 0]
    return replace(
        page,
        onset_s=page.onset_s[kept], offset_s=page.offset_s[kept], pitch=page.pitch[kept], voice=page.voice[kept], hand=page.hand[kept],
        key_intervals_s=spans[lasting], key_labels=tuple(label for label, some in zip(page.key_labels, lasting, strict=True) if some),
    )  # fmt: skip


def _pedal(beat_s: np.ndarray, place: np.ndarray, random: Random) -> tuple[Control, ...]:
    """Pedal changed with bars, or with beats: up as the new harmony is struck, down a moment later."""
    every = beat_s if random.random() < 0.4 else beat_s[place == 1]
    controls = list[Control]()
    for at in every.tolist():
        controls.append(Control(max(0, round((at + random.normal(0.02, 0.02)) * _TICKS_S)), 64, 0))
        controls.append(Control(max(0, round((at + random.uniform(0.1, 0.25)) * _TICKS_S)), 64, 100))
    return tuple(sorted(controls))


def _recorded(rows: np.ndarray, played: np.ndarray, pedal: tuple[Control, ...]) -> Score:
    """What a recorder would keep: ticks of a clock that knows nothing of beats; a key struck again was let go before."""
    onset, end = np.round(played[:, :2] * _TICKS_S).astype(int).T
    notes = list[Note]()
    for pitch in np.unique(rows[:, 2]).astype(int).tolist():
        own = np.flatnonzero(rows[:, 2] == pitch)
        own = own[np.argsort(onset[own], kind="stable")]
        following = np.append(onset[own][1:], np.iinfo(np.int64).max)
        for index, again in zip(own.tolist(), following.tolist(), strict=True):
            if again - onset[index] > 0.03 * _TICKS_S:
                length = int(max(8, min(end[index], again - 4) - onset[index]))
                notes.append(Note(int(onset[index]), length, pitch, velocity=int(np.clip(played[index, 2], 1, 127))))
    part = Part(name="Piano", notes=tuple(sorted(notes)), controls=pedal)
    return Score(parts=(part,), tempos=(TempoMark(0, 111.3),), ticks_per_quarter=480)


def _recalled(one: Played, keep: Path | None) -> Knowledge:
    kept = keep / f"heard_{one.id}_{len(one.score.parts[0].notes)}.pickle" if keep else None
    if kept is not None and kept.exists():
        known: Knowledge = pickle.loads(kept.read_bytes())
        return known
    known = heard(one.score, Path(one.id))
    if kept is not None:
        with atomic_path(kept) as temporary:
            temporary.write_bytes(pickle.dumps(known))
    return known


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--count", type=int, default=24)
    options.add_argument("--side", choices=("train", "valid"), default="valid")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--keep", type=Path)
    options.add_argument("--heard", action="store_true", help="what was heard is kept too")
    options.add_argument("--quiet", action="store_true")
    chosen = options.parse_args(arguments)
    found = study(
        chosen.count, data=chosen.data, side=chosen.side, seed=chosen.seed, keep=chosen.keep, keep_heard=chosen.heard, tell=not chosen.quiet
    )
    for name, number in found.items():
        print(f"{name:28} {number:.3f}")


if __name__ == "__main__":
    main()
