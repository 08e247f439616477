"""Fixed held-out suites: sixty songs each, balanced by what a bench asks about, found by a rule that everybody's machine follows alike.

A suite is a list of slots: so many songs of a kind that fulfil a wish (a metre, drums or none, a key). The seeds of a slot are counted up
from its own beginning and the first ones whose take fulfils the wish are taken, so a suite stays balanced when the engine learns to draw
something new. What a seed gives then changes, and the suite with it: its number is raised (``rhythm-1``, ``rhythm-2``), and the old figures
are not compared with the new ones. A test keeps the list of what was chosen.

Songs come from the held-out side of the split, whatever plays them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from hexachord.errors import InputError
from hexachord.rendering.model import Take
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.take import draw_take

Wish = Callable[[Take], bool]

TUNES = ("sung", "lead", "solo")
"""Roles that may have the melody."""

_FIRST_SEED = 10_000_000  # far from what training counts up from 0
_SEEDS_PER_SUITE = 1_000_000
_SEEDS_PER_SLOT = 10_000
_TRIES = 1_500
_FASTEST_S, _SLOWEST_S = 0.2, 1.5  # from beat to beat; eighths are beats in 7/8
_TRIES_FOR_ANOTHER_WORK = 40  # the held-out side is small: after these, a work may come twice


class Slot(NamedTuple):
    """Songs of one sort: how many, of which kinds of take in turn, what each must be, and words to sort scores by."""

    name: str
    songs: int
    kinds: tuple[str, ...]
    wish: Wish
    traits: tuple[str, ...] = ()
    alone: bool = False  # only the melody is played
    voiced: bool = False  # whoever sings has a voice: no flute takes the part


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A held-out suite: `name` with its number, its slots, and how it is rendered."""

    name: str
    slots: tuple[Slot, ...]
    length_s: float = 30.0
    rate_hz: int = 22_050  # what the analysis listens at
    stems: bool = False

    @property
    def songs(self) -> int:
        """How many songs it has."""
        return sum(slot.songs for slot in self.slots)


class Choice(NamedTuple):
    """A song of a suite before it sounds: its slot, its place in the slot, and what to draw."""

    slot: int
    place: int
    kind: str
    seed: int


# Wishes: what a take must be to enter a slot. They travel to other processes, so none of them is a closure.


def metre(name: str) -> Wish:
    """Wish for beats and bars known all along, in one metre, and a tempo that does not breathe."""
    return partial(_in_metre, name=name)


def all_of(*wishes: Wish) -> Wish:
    """Wish for everything at once."""
    return partial(_all, wishes=wishes)


def mode(name: str) -> Wish:
    """Wish for known chords, and a key in this mode."""
    return partial(_in_mode, name=name)


def tune(*roles: str, others: int = 0) -> Wish:
    """Wish for a melody by one of these roles for a good part of the time, with so many other parts or more."""
    return partial(_has_tune, roles=roles, others=others)


def parts(*roles: str, count: int = 1) -> Wish:
    """Wish for all these roles, each heard for a third of the time, and so many parts in all."""
    return partial(_has_parts, roles=roles, count=count)


def notes(least: int) -> Wish:
    """Wish for so many notes in 30 seconds."""
    return partial(_has_notes, least=least)


def drums(take: Take) -> bool:
    """Drums play for most of the time."""
    strokes = take.drums.time_s if take.drums is not None else np.empty(0)
    return len(strokes) > take.truth.duration_s and float(np.ptp(strokes)) > 0.6 * take.truth.duration_s


def no_drums(take: Take) -> bool:
    """Nobody drums."""
    return take.drums is None or len(take.drums) == 0


def changing(take: Take) -> bool:
    """The metre changes, and each of the metres lasts for a while."""
    if not _is_counted(take) or take.metres is None:
        return False
    lasting: dict[str, float] = {}
    for start, end, label in zip(take.metres.start_s, take.metres.end_s, take.metres.label, strict=True):
        lasting[label] = lasting.get(label, 0.0) + float(end - start)
    return sum(length > 0.12 * take.truth.duration_s for length in lasting.values()) >= 2


def swinging(take: Take) -> bool:
    """Straight metres with off-beats late enough to hear."""
    return _is_counted(take) and take.swing >= 0.57 and len(set(_metres(take))) == 1


def free(take: Take) -> bool:
    """The tempo breathes, but bars are counted."""
    return _is_counted(take) and take.notes.get("tempo") == "rubato" and len(set(_metres(take))) == 1


def harmonised(take: Take) -> bool:
    """The key is known, and chords for most of the time, at least three different ones."""
    chords, key = take.truth.chords, take.truth.key
    if chords is None or key is None:
        return False
    named = np.array([label not in ("N", "X") for label in chords.label])
    lasts = (chords.end_s - chords.start_s)[named].sum()
    return bool(lasts >= 0.7 * take.truth.duration_s and len({label for label in chords.label if label not in ("N", "X")}) >= 3)


def _all(take: Take, *, wishes: tuple[Wish, ...]) -> bool:
    return all(wish(take) for wish in wishes)


def _in_metre(take: Take, *, name: str) -> bool:
    return _is_counted(take) and set(_metres(take)) == {name} and take.notes.get("tempo") != "rubato"


def _in_mode(take: Take, *, name: str) -> bool:
    return harmonised(take) and take.truth.key is not None and take.truth.key.mode == name


def _has_tune(take: Take, *, roles: tuple[str, ...], others: int) -> bool:
    melody, sung = take.truth.melody, take.truth.melody_notes
    leads = [role for role in take.roles if role in TUNES]
    if melody is None or sung is None or not leads or leads[0] not in roles:
        return False
    return float(np.mean(melody.f0_hz > 0)) >= 0.3 and len(sung) >= take.truth.duration_s / 2 and len(take.tracks) - 1 >= others


def _has_parts(take: Take, *, roles: tuple[str, ...], count: int) -> bool:
    return len(take.tracks) >= count and all(_busy_s(take, role) >= take.truth.duration_s / 3 for role in roles)


def _has_notes(take: Take, *, least: int) -> bool:
    return take.truth.notes is not None and len(take.truth.notes) >= least * take.truth.duration_s / 30.0


def _is_counted(take: Take) -> bool:
    """Beats and bars known for most of the time, at a pace that somebody could tap: 40 to 300 a minute."""
    beats = take.truth.beats
    if beats is None or take.metres is None or len(beats) < 8 or int(beats.position.min()) < 1:
        return False
    tapped = _FASTEST_S <= float(np.median(np.diff(beats.time_s))) <= _SLOWEST_S
    return bool(tapped and np.ptp(beats.time_s) >= 0.75 * take.truth.duration_s and len(beats.downbeats_s) >= 3)


def _metres(take: Take) -> tuple[str, ...]:
    return () if take.metres is None else take.metres.label


def _busy_s(take: Take, role: str) -> float:
    """How many half seconds a role strikes or holds something, in seconds."""
    busy = np.zeros(int(2 * take.truth.duration_s) + 1, dtype=bool)
    for track, played in zip(take.tracks, take.roles, strict=True):
        if played == role:
            for stroke in track.strokes:
                busy[int(2 * stroke.onset_s) : int(2 * stroke.release_s) + 1] = True
    return float(busy.sum() / 2.0)


def _metre_slots(name: str, with_drums: int, without_drums: int, kinds: tuple[str, ...], quiet: tuple[str, ...]) -> tuple[Slot, ...]:
    label = name.replace("/", "_")
    return (
        Slot(f"{label}_drums", with_drums, kinds, all_of(metre(name), drums), (label, "drums")),
        Slot(f"{label}_plain", without_drums, quiet, all_of(metre(name), no_drums), (label, "no_drums")),
    )


_SINGER_WITH_BAND = all_of(tune("sung", others=3), parts("sung", "drums", "bass", count=4))

SUITES: dict[str, Suite] = {
    suite.name.rpartition("-")[0]: suite
    for suite in (
        Suite(
            name="rhythm-1",
            slots=(
                *_metre_slots("2/4", 3, 3, ("drums", "band"), ("song", "ensemble", "song")),
                *_metre_slots("3/4", 4, 4, ("band", "band", "drums"), ("song", "band", "ensemble", "band")),
                *_metre_slots("4/4", 6, 4, ("band", "pop", "band"), ("pop", "song", "band", "ensemble")),
                *_metre_slots("5/4", 4, 2, ("band", "band", "drums"), ("band",)),
                *_metre_slots("6/8", 3, 4, ("band", "band", "drums"), ("song", "ensemble", "band")),
                *_metre_slots("7/8", 4, 2, ("band", "band", "drums"), ("band",)),
                *_metre_slots("12/8", 4, 1, ("band", "band", "drums"), ("band",)),
                Slot("changes", 4, ("band",), changing, ("changes",)),
                Slot("swing", 4, ("band", "band", "drums", "band"), all_of(swinging, drums), ("swing", "drums")),
                Slot("rubato", 4, ("song", "pop", "ensemble", "piano"), all_of(free, no_drums), ("rubato", "no_drums")),
            ),
        ),
        Suite(
            name="harmony-1",
            slots=(
                Slot("band_major", 18, ("band",), all_of(mode("major"), parts(count=3)), ("band", "major")),
                Slot("band_minor", 12, ("band",), all_of(mode("minor"), parts(count=3)), ("band", "minor")),
                Slot("pop", 10, ("pop",), harmonised, ("pop",)),
                Slot("piano", 10, ("piano",), harmonised, ("piano",)),
                Slot("choir", 10, ("chorale",), harmonised, ("choir",)),
            ),
        ),
        Suite(
            name="melody-1",
            slots=(
                Slot("sung_band", 18, ("band", "band", "pop"), tune("sung", others=2), ("sung", "band"), voiced=True),
                Slot("lead_band", 14, ("band",), tune("lead", others=2), ("lead", "band")),
                Slot("sung_piano", 10, ("song",), tune("sung", others=1), ("sung", "chamber"), voiced=True),
                Slot("lead_chamber", 6, ("ensemble",), tune("lead", others=1), ("lead", "chamber")),
                Slot("sung_alone", 6, ("song", "band", "pop"), tune("sung"), ("sung", "alone"), alone=True, voiced=True),
                Slot("lead_alone", 6, ("band", "ensemble", "band"), tune("lead"), ("lead", "alone"), alone=True),
            ),
        ),
        Suite(
            name="ensembles-1",
            slots=(
                Slot("piano", 18, ("piano",), notes(60), ("piano",)),
                Slot("chamber", 12, ("ensemble",), all_of(notes(50), parts(count=2)), ("chamber",)),
                Slot("choir", 8, ("chorale",), notes(50), ("choir",)),
                Slot("band", 12, ("band",), all_of(notes(50), drums, parts(count=4)), ("band",)),
                Slot("drums", 10, ("drums",), drums, ("drums",)),
            ),
        ),
        Suite(
            name="separation-1",
            slots=(
                Slot("band", 40, ("band",), _SINGER_WITH_BAND, ("band",), voiced=True),
                Slot("pop", 20, ("pop",), _SINGER_WITH_BAND, ("pop",), voiced=True),
            ),
            length_s=20.0,
            rate_hz=44_100,
            stems=True,
        ),
    )
}  # fmt: skip
"""The suites by what they are about: ``rhythm harmony melody ensembles separation``."""


def find_suite(about: str) -> Suite:
    """Return a suite by what it is about.

    Raises
    ------
    InputError : if there is none.
    """
    if about not in SUITES:
        raise InputError(f"suite {about}", found="no such suite", expected="one of " + ", ".join(SUITES))
    return SUITES[about]


def choose(suite: Suite, slot: int, shelf: Shelf) -> tuple[Choice, ...]:
    """Find the songs of a slot: the first seeds whose take fulfils its wish; no work comes twice while others are near.

    Returns
    -------
    The choices in order; fewer than the slot asks for when the shelf has none (a part of the data is missing).
    """
    wanted = suite.slots[slot]
    about = list(SUITES).index(suite.name.rpartition("-")[0])
    seed = _FIRST_SEED + about * _SEEDS_PER_SUITE + slot * _SEEDS_PER_SLOT
    found: list[Choice] = []
    used: set[str] = set()
    for place in range(wanted.songs):
        kind = wanted.kinds[place % len(wanted.kinds)]
        twin: tuple[Choice, str] | None = None  # fulfils the wish with a work that is there already
        for tried in range(_TRIES):
            if twin is not None and tried >= _TRIES_FOR_ANOTHER_WORK:
                break
            choice = Choice(slot, place, kind, seed)
            seed += 1
            take = _drawn(choice, suite, shelf)
            if take is None or not wanted.wish(take):
                continue
            work = take.origins[0] if take.origins else ""
            if work not in used:
                twin = (choice, work)
                break
            twin = twin or (choice, work)
        if twin is None:
            return tuple(found)
        found.append(twin[0])
        used.add(twin[1])
    return tuple(found)


def draw_song(suite: Suite, choice: Choice, shelf: Shelf) -> Take:
    """Draw the take of a choice, as the suite has it."""
    take = draw_take(choice.seed, shelf, kind=choice.kind, length_s=suite.length_s)
    return melody_alone(take) if suite.slots[choice.slot].alone else take


def melody_alone(take: Take) -> Take:
    """Leave only the melody of a take, and of its truth what can be heard of that.

    Raises
    ------
    ValueError : if the take has no melody.
    """
    index = next((index for index, role in enumerate(take.roles) if role in TUNES), None)
    if index is None or take.truth.melody is None:
        raise ValueError(f"{take.id} has no melody")
    truth = replace(take.truth, notes=take.truth.melody_notes, chords=None, sections=None)
    drums = None if take.drums is None else replace(take.drums, time_s=np.empty(0), confidence=np.empty(0), label=())
    return replace(take, tracks=(take.tracks[index],), roles=(take.roles[index],), truth=truth, drums=drums, pedal=None)


def _drawn(choice: Choice, suite: Suite, shelf: Shelf) -> Take | None:
    """The take of a seed, or None where the shelf lacks what it needs."""
    try:
        return draw_take(choice.seed, shelf, kind=choice.kind, length_s=suite.length_s)
    except (ValueError, StopIteration):
        return None
