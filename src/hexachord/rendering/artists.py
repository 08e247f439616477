"""Artists who do not exist: each one a voice, a band, a way of mixing, and habits of writing, all drawn from one number.

Artists overlap, as people do who live in one decade: they share a handful of styles, the same makers of instruments, the same chord
progressions. What is an artist's own is the *mixture*: a lead that is always the same one, players who mostly are, seats and levels that
seldom change, a few progressions out of those that everybody knows, tempi around a mean, tunes that are busy or not.

How much is shared is fixed here, before anything is learnt from what is rendered: `GUESTS` and the other tables are taste, and a bench
reports what comes out.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from hexachord.rendering.casting import VARIANTS, variation_of
from hexachord.rendering.composed import Cell, TuneHabits
from hexachord.rendering.draws import pick
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Role
from hexachord.rendering.ornaments import Singing
from hexachord.rendering.performing import Manner
from hexachord.rendering.production import PartSound
from hexachord.rendering.style import Style
from hexachord.rendering.styles import STYLES
from hexachord.rendering.substitutes import keys_of_program
from hexachord.synthesis.synthesizers import SYNTHESIZERS

_T = TypeVar("_T")

NEIGHBOURHOOD = ("rock", "pop", "ballad", "disco", "funk", "country", "soul", "electronic")
"""Styles that all artists come from: two or three are at home in each."""

GUESTS = 0.25
"""How often somebody else than the usual player plays a part in a song, and how often its effects are other ones."""

SINGERS = 0.75
"""How many of the artists sing; the tunes of the others are played."""

PROGRESSIONS: dict[str, tuple[str, ...]] = {
    "major": (
        "I V vi IV", "I vi IV V", "vi IV I V", "I IV V IV", "I IV vi V", "I iii IV V", "I V IV IV", "I bVII IV I", "ii V I I",
        "I ii IV V", "IV V iii vi", "I I IV V", "vi V IV V", "I IV I V", "I vi ii V",
    ),
    "minor": (
        "i VI III VII", "i VII VI VII", "i iv VII III", "i VI iv V", "i i iv V", "i VII VI V", "i iv i V", "i III VII iv", "VI VII i i",
    ),
}  # fmt: skip
"""What everybody knows; an artist lives on six of them."""

_KNOWN = 6
_LEAD_PROGRAMS = (65, 66, 56, 40, 27, 29, 73, 22, 81, 80)
_CELLS: tuple[Cell, ...] = (
    (1.0,), (0.5, 0.5), (0.75, 0.25), (0.5, 0.25, 0.25), (0.25, 0.25, 0.5), (-0.5, 0.5), (-1.0,), (1 / 3, 1 / 3, 1 / 3),
    (0.25, 0.5, 0.25), (0.25, 0.75), (0.25, 0.25, 0.25, 0.25),
)  # fmt: skip
_LEVELLED: tuple[Role, ...] = ("sung", "lead", "drums", "bass", "chords", "pad", "counter", "piano")
_PATCHES = {patch.name: patch for patch in SYNTHESIZERS}


@dataclass(frozen=True, kw_only=True)
class Artist:
    """Everything an artist brings to a song.

    Attributes
    ----------
    number : among the artists of a corpus, from 0 on
    seed : of what is drawn from it later: the usual players, their effects and seats
    styles, home : two manners of playing, as this artist plays them, and how often the first
    lead : who sings or plays the tune
    is_sung : whether it has words
    tune : habits of writing
    centre : MIDI pitch in the middle of the lead's range
    progressions : those that this artist lives on, by mode
    minor : how often a song is in minor
    sevenths : how often a chord has one
    halved : how often a progression goes twice as fast
    manner, looseness : how the lead moves between notes; how far everybody is from the grid (1: as measured, see `timing`)
    drifting : how often there is no click
    levels_db : how much louder than usual each role is
    send_db, width : how much goes to the common room; how far apart players sit
    rooms : numbers of the rooms of the split that this artist records in
    """

    number: int
    seed: int
    styles: tuple[Style, Style]
    home: float
    lead: PartSound
    is_sung: bool
    tune: TuneHabits
    centre: float
    progressions: dict[str, tuple[str, ...]]
    minor: float
    sevenths: float
    halved: float
    manner: Manner
    looseness: float
    drifting: float
    levels_db: dict[Role, float]
    send_db: float
    width: float
    rooms: tuple[str, ...]

    @property
    def name(self) -> str:
        """As its folder is called: ``artist_01`` for number 0."""
        return f"artist_{self.number + 1:02d}"


def draw_artist(number: int, instruments: Instruments, *, seed: int = 0) -> Artist:
    """Draw an artist.

    Parameters
    ----------
    number : from 0 on; neighbouring numbers are at home in different styles
    instruments : what there is to play on
    seed : of the corpus

    Returns
    -------
    Artist, the same for the same arguments.
    """
    random = np.random.default_rng([seed, number, 11])
    own_seed = int(random.integers(2**31))
    first = NEIGHBOURHOOD[number % len(NEIGHBOURHOOD)]
    second = pick(random, tuple(name for name in NEIGHBOURHOOD if name != first))
    is_sung = bool(random.random() < SINGERS)
    lead, low, high = _lead(random, instruments, is_sung=is_sung)
    centre = float(np.clip(random.uniform(58.0, 72.0), low + 8, high - 8))
    weights = random.dirichlet(np.full(len(_CELLS), 0.6))
    counts = np.maximum(np.rint(weights * 20).astype(int), 0)
    cells = tuple(cell for cell, count in zip(_CELLS, counts.tolist(), strict=True) for _ in range(count)) or _CELLS
    minor = float(random.beta(1.2, 2.0))
    known_minor = int(np.clip(round(_KNOWN * minor), 1, _KNOWN - 1))
    return Artist(
        number=number,
        seed=own_seed,
        styles=(_own(_style(first), random, lead, is_sung=is_sung), _own(_style(second), random, lead, is_sung=is_sung)),
        home=float(random.uniform(0.6, 0.9)),
        lead=lead,
        is_sung=is_sung,
        tune=TuneHabits(
            busy=float(random.uniform(0.25, 0.9)),
            reach=float(random.uniform(5.0, 11.0)),
            leap=float(random.uniform(0.05, 0.3)),
            cells=cells,
        ),
        centre=round(centre, 2),
        progressions={
            "major": _some(PROGRESSIONS["major"], _KNOWN - known_minor, random),
            "minor": _some(PROGRESSIONS["minor"], known_minor, random),
        },
        minor=minor,
        sevenths=float(random.choice([0.0, 0.1, 0.35, 0.7])),
        halved=float(random.uniform(0.0, 0.5)),
        manner=_manner(random, is_sung=is_sung),
        looseness=float(random.uniform(0.3, 1.3)),
        drifting=float(random.choice([0.0, 0.2, 0.6])),
        levels_db={role: round(float(random.normal(0.0, 1.5)), 2) for role in _LEVELLED},
        send_db=float(random.uniform(-16.0, -5.0)),
        width=float(random.uniform(0.3, 1.0)),
        rooms=_some(instruments.rooms, min(2, len(instruments.rooms)), random),
    )


def _style(name: str) -> Style:
    return next(style for style in STYLES if style.name == name)


def _own(style: Style, random: np.random.Generator, lead: PartSound, *, is_sung: bool) -> Style:
    """A style as one artist plays it: a part of its tempi, two of its instruments, one or two of its rhythms; the tune never missing."""
    low, high = style.bpm
    middle = float(np.exp(random.uniform(np.log(low * 1.08), np.log(high / 1.08))))
    return replace(
        style,
        bpm=(max(low, middle / 1.1), min(high, middle * 1.1)),
        beats=(4,),
        basses=_some(style.basses, 2, random),
        bass_programs=_some(style.bass_programs, 1, random),
        chords=_some(style.chords, 2, random),
        chord_programs=_some(style.chord_programs, 2, random),
        pads=_some(style.pads, 1, random),
        leads=(lead.program,),
        sung=1.0 if is_sung else 0.0,
        tune=1.0,
        bass=1.0,
        drums=float(np.clip(style.drums + random.normal(0.0, 0.1), 0.6, 1.0)),
        pad=float(np.clip(style.pad * random.uniform(0.3, 1.8), 0.0, 1.0)),
        second=float(random.uniform(0.1, 0.8)),
        loops=False,
        dance=False,
    )


def _lead(random: np.random.Generator, instruments: Instruments, *, is_sung: bool) -> tuple[PartSound, int, int]:
    """Who has the tune, with the lowest and highest key: a singer of ours in one of its variants, or a recorded or computed instrument."""
    variant = int(random.integers(VARIANTS))
    off = round(float(random.normal(0.0, 4.0)), 2)
    patches = tuple(_PATCHES[name] for name in instruments.synthesizers)
    singers = tuple(patch for patch in patches if "sung" in patch.roles)
    if is_sung and singers:
        voice = pick(random, singers)
        sound = PartSound(origin=f"synthesizer/{voice.name}", program=53, seed=variant, variation=variation_of(variant), detune_cents=off)
        return sound, voice.low, voice.high
    program = pick(random, _LEAD_PROGRAMS)
    fonts = instruments.names("font", covers="general")
    able = tuple(patch for patch in patches if program in patch.programs) or tuple(patch for patch in patches if patch.roles[0] == "lead")
    if fonts and (random.random() < 0.6 or not able):
        low, high = keys_of_program(program)
        return PartSound(origin=f"font/{pick(random, fonts)}", program=program, detune_cents=off), low, high
    patch = pick(random, able)
    sound = PartSound(
        origin=f"synthesizer/{patch.name}",
        program=program if program in patch.programs else next(iter(patch.programs), program),
        seed=variant,
        variation=variation_of(variant),
        detune_cents=off,
    )
    return sound, patch.low, patch.high


def _manner(random: np.random.Generator, *, is_sung: bool) -> Manner:
    some = 1.0 if is_sung else 0.4
    return Manner(
        singing=Singing(
            glide=some * float(random.uniform(0.05, 0.7)),
            scoop=some * float(random.uniform(0.0, 0.35)),
            fall=some * float(random.uniform(0.0, 0.15)),
            glide_s=float(random.uniform(0.04, 0.13)),
            vibrato_cents=some * float(random.uniform(0.0, 75.0)),
            vibrato_hz=float(random.uniform(4.6, 6.8)),
            vibrato_delay_s=float(random.uniform(0.1, 0.4)),
        ),
        swell=float(random.choice([0.0, random.uniform(0.05, 0.35)])),
        choke=float(random.choice([0.0, 0.2])),
        bass=Singing(glide=float(random.choice([0.0, 0.0, 0.2])), glide_s=float(random.uniform(0.04, 0.12))),
    )


def _some(items: tuple[_T, ...], count: int, random: np.random.Generator) -> tuple[_T, ...]:
    """So many different ones, in their order."""
    different = tuple(dict.fromkeys(items))
    chosen = sorted(random.choice(len(different), size=min(count, len(different)), replace=False).tolist())
    return tuple(different[index] for index in chosen)
