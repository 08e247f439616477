"""Casting: who plays each track of a take.

A take says what is played (a bass, chords of a guitar); casting says by which of the instruments at hand: a recorded one of a font, a
kit, a piano, or a synthesizer of ours, which is another one of its kin every season. Nobody is asked for notes that his instrument has
not got, nobody of another side of the split is asked at all, and with nothing but our own synthesizers there is still somebody for
everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np

from hexachord.arrays import IntArray
from hexachord.rendering.draws import pick
from hexachord.rendering.drum_classes import drum_class
from hexachord.rendering.instruments import Instruments, instrument_set
from hexachord.rendering.model import Role, Take
from hexachord.rendering.production import PartSound
from hexachord.rendering.substitutes import keys_of_program, voices_for, within_family
from hexachord.synthesis.hydrogen import HydrogenKit
from hexachord.synthesis.model import Track
from hexachord.synthesis.synthesizers import SYNTHESIZERS, Patch

VARIANTS = 12
"""How many of its kin each synthesizer has."""

SEASON = 64
"""For so many takes, by their seeds, a synthesizer stays the same one of its kin, so that what was computed for one take serves others."""

ELECTRONIC = frozenset({
    "electronic", "house", "techno", "trance", "drum and bass", "breakbeat", "dubstep", "trap", "synthwave", "chiptune", "electro", "edm",
    "ambient", "drone", "hiphop", "reggaeton", "lo-fi", "disco",
})  # fmt: skip
"""Genres in which machines play."""
ACOUSTIC = frozenset({
    "chorale", "chamber", "classical", "art song", "waltz", "march", "musical", "tango", "polka", "celtic", "balkan", "bluegrass", "folk",
    "singer-songwriter", "middle eastern", "bossa nova", "swing", "orchestral", "string quartet", "woodwinds", "brass band", "big band",
    "solo guitar", "solo instrument", "solo voice", "a cappella",
})  # fmt: skip
"""Genres in which they hardly ever do."""

_PATCHES = {patch.name: patch for patch in SYNTHESIZERS}
_PIANOS, _SYNTH_BASSES, _DRIVEN = range(4), (38, 39, 87), (29, 30)
_VOICES = (52, 53, 54)
_CORE = ("kick", "snare", "hihat_closed", "hihat_open")
_ENOUGH = 0.97  # of the notes must lie within an instrument's keys
_SYNTHESIZED = {  # how much of a take synthesizers of ours play, and how often that is so
    "electronic": ((0.85, 0.4, 1.0, 0.1), (0.5, 0.2, 0.25, 0.05)),
    "acoustic": ((0.05, 0.25, 1.0, 0.0), (0.6, 0.15, 0.05, 0.2)),
    "": ((0.3, 0.6, 1.0, 0.0), (0.42, 0.12, 0.08, 0.38)),
}
_KITS_OF_FONTS = {"electronic": (24, 25, 25, 0, 8), "jazz": (32, 40, 0, 8), "rock": (16, 0, 8, 16), "": (0, 0, 8, 16, 32)}


def cast(take: Take, instruments: Instruments, random: np.random.Generator) -> tuple[PartSound, ...]:
    """Choose who plays each track of a take.

    Parameters
    ----------
    instruments : of one side of the split; nobody else plays
    random : the same state gives the same cast

    Returns
    -------
    A `PartSound` for each track, with origin, program, bank, seed, variation, detuning and stretching; the rest is the producer's.
    """
    company = _company(take, instruments, random)
    return tuple(_player(company, track, role, random) for track, role in zip(take.tracks, take.roles, strict=True))


def is_voice(part: PartSound) -> bool:
    """Whether a part is given to something that sounds like a voice.

    Examples
    --------
    >>> is_voice(PartSound(origin="synthesizer/Woman's Voice", program=53)), is_voice(PartSound(origin="font/fluid_r3", program=73))
    (True, False)
    """
    return part.program in _VOICES


def is_clean_guitar_for_drive(part: PartSound) -> bool:
    """Whether a part is meant to be distorted, and is played by a guitar that is not yet: its chain needs the amplifier.

    Examples
    --------
    >>> is_clean_guitar_for_drive(PartSound(origin="synthesizer/Electric Guitar", program=30))
    True
    """
    return part.program in _DRIVEN and part.origin == "synthesizer/Electric Guitar"


def variant_of(name: str, season: int) -> int:
    """Which of its kin a synthesizer is in a season: each in turn, all of them before one comes again.

    Examples
    --------
    >>> sorted(variant_of("Trumpet", season) for season in range(VARIANTS)) == list(range(VARIANTS))
    True
    """
    return int(np.random.default_rng([crc32(name.encode()), season // VARIANTS]).permutation(VARIANTS)[season % VARIANTS])


def variation_of(seed: int) -> float:
    """How far a variant of a synthesizer strays: the first is as designed.

    Examples
    --------
    >>> [variation_of(seed) for seed in range(4)]
    [0.0, 0.74, 0.45, 0.91]
    """
    return 0.0 if not seed else round(0.25 + 0.75 * (0.65 + (seed - 1) * 0.618034) % 0.75, 2)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Company:
    """Everybody there is for a take: the font that most play on, how often another, and how often a synthesizer."""

    instruments: Instruments
    font: str
    fonts: tuple[str, ...]
    pianos: tuple[str, ...]
    kits: tuple[str, ...]
    patches: tuple[Patch, ...]
    mood: str
    synthesized: float
    other_font: float
    substitution: float
    takes_amplifiers: bool
    season: int
    chosen: dict[tuple[str, int], PartSound] = field(default_factory=dict)


def _company(take: Take, instruments: Instruments, random: np.random.Generator) -> _Company:
    fonts = instruments.names("font", covers="general")
    mood = "electronic" if take.genre in ELECTRONIC else "acoustic" if take.genre in ACOUSTIC else ""
    shares, chances = _SYNTHESIZED[mood]
    synthesized = float(random.choice(shares, p=chances))
    return _Company(
        instruments=instruments,
        font=pick(random, fonts) if fonts else "",
        fonts=fonts,
        pianos=instruments.names("font", covers="piano"),
        kits=instruments.names("kit"),
        patches=tuple(_PATCHES[name] for name in instruments.synthesizers),
        mood=mood,
        synthesized=synthesized if fonts else 1.0,
        other_font=0.05 if mood == "acoustic" else 0.3,
        substitution=0.08 if mood == "acoustic" else 0.4,
        takes_amplifiers=bool(random.random() < 0.5),
        season=take.seed // SEASON,
    )


def _player(company: _Company, track: Track, role: Role, random: np.random.Generator) -> PartSound:
    if track.is_percussion:
        return _drummer(company, track, random)
    keys = np.array([stroke.key for stroke in track.strokes], dtype=np.int64)
    # players of one instrument in an ensemble come from one shop
    section = (role, track.program)
    if section in company.chosen and role in ("counter", "lead", "chords", "pad") and random.random() < 0.8:
        known = company.chosen[section]
        if _reaches(known, keys):
            return _tuned(known, random)
    part = _sung(company, track.program, keys, random) if role == "sung" else _played(company, role, track.program, keys, random)
    company.chosen[section] = part
    return _tuned(part, random)


def _played(company: _Company, role: Role, program: int, keys: IntArray, random: np.random.Generator) -> PartSound:
    if random.random() < company.substitution:
        others = [other for other in within_family(program) if _fits(keys, *keys_of_program(other))]
        program = pick(random, tuple(others)) if others else program
    if program in _PIANOS and company.pianos and random.random() < 0.5:
        return PartSound(origin=f"font/{pick(random, company.pianos)}", program=0)
    machine = program in _SYNTH_BASSES or 80 <= program < 104 or program in (50, 51, 62, 63)
    synthesized = max(company.synthesized, 0.5) if machine and company.synthesized else company.synthesized
    if program in _DRIVEN and role != "lead" and company.takes_amplifiers and "Electric Guitar" in company.instruments.synthesizers:
        return _synthesizer(company, "Electric Guitar", program)
    if random.random() < synthesized or not company.font:
        patch = _patch_for(company.patches, role, program, keys, random, choosy=bool(company.font))
        if patch is not None:
            return _synthesizer(company, patch.name, program if program in patch.programs or not patch.programs else patch.programs[0])
    return _in_font(company, program, random)


def _sung(company: _Company, program: int, keys: IntArray, random: np.random.Generator) -> PartSound:
    """A voice that reaches the notes; failing that, or for a change, an instrument that sings."""
    drawn = random.random()
    singers = tuple(patch for patch in company.patches if "sung" in patch.roles and _fits(keys, patch.low, patch.high))
    if singers and drawn < (0.6 if company.font else 0.9):
        return _synthesizer(company, pick(random, singers).name, 53)
    if company.font and drawn < 0.8:
        return _in_font(company, program if program in _VOICES else pick(random, _VOICES), random)
    others = tuple(other for other in voices_for(company.mood) if _fits(keys, *keys_of_program(other)))
    return _played(company, "lead", pick(random, others) if others else program, keys, random)


def _drummer(company: _Company, track: Track, random: np.random.Generator) -> PartSound:
    """Kits six times of ten, fonts and machines the rest; in electronic music the other way round."""
    wanted = {stroke.key for stroke in track.strokes}
    weights = {"electronic": (0.4, 0.2, 0.4), "acoustic": (0.68, 0.28, 0.04), "": (0.62, 0.24, 0.14)}[company.mood]
    kits = tuple(kit for kit in company.kits if _can_drum(company.instruments, f"kit/{kit}", wanted))
    machines = tuple(patch for patch in company.patches if patch.kit is not None)
    able = (bool(kits), bool(company.font), bool(machines))
    share = np.array(weights) * able
    if not share.any():
        share = np.array([0.0, 0.0, 1.0])
    who = ("kit", "font", "synthesizer")[int(random.choice(3, p=share / share.sum()))]
    if who == "kit":
        is_electronic = np.array([instrument_set(f"kit/{kit}").sound == "electronic" for kit in kits])
        share_of_machines = {"electronic": 3.0, "acoustic": 0.05, "": 0.25}[company.mood]
        kit = pick(random, kits, tuple(np.where(is_electronic, share_of_machines, 1.0).tolist()))
        return PartSound(origin=f"kit/{kit}", program=int(random.integers(0, 12)), lender=_lender(company, random))
    if who == "font":
        manner = "electronic" if company.mood == "electronic" else str(random.choice(["jazz", "rock", "", ""]))
        program = track.program if track.program and random.random() < 0.7 else pick(random, _KITS_OF_FONTS[manner])
        return PartSound(origin=f"font/{pick(random, company.fonts)}", program=program)
    names = tuple(patch.name for patch in machines) or ("Studio Kit",)
    fit = tuple(1.0 if (name in ("Studio Kit", "Jazz Kit")) == (company.mood != "electronic") else 0.4 for name in names)
    return _synthesizer(company, pick(random, names, fit), 0)


def _lender(company: _Company, random: np.random.Generator) -> str:
    """Who plays congas, and cymbals, beside a kit that has none."""
    if company.font:
        return f"font/{pick(random, company.fonts)}"
    machines = [patch.name for patch in company.patches if patch.kit is not None]
    return f"synthesizer/{machines[0]}" if machines else ""


def _can_drum(instruments: Instruments, origin: str, wanted: set[int]) -> bool:
    """Whether a kit has the drums that a part is made of; the others it may borrow."""
    kit = instruments.bank(origin).instrument(program=0, is_percussion=True)
    return not isinstance(kit, HydrogenKit) or all(key in kit.own_keys for key in wanted if drum_class(key) in _CORE)


def _patch_for(
    patches: Sequence[Patch], role: Role, program: int, keys: IntArray, random: np.random.Generator, *, choosy: bool
) -> Patch | None:
    """A synthesizer that stands for a program, or for its family, or at least does the same in a mix; all of them reach the notes."""
    reaching = [patch for patch in patches if patch.recipe is not None and _fits(keys, patch.low, patch.high)]
    family = within_family(program)
    tests: tuple[Callable[[Patch], bool], ...] = (
        lambda patch: program in patch.programs,
        lambda patch: bool(set(family) & set(patch.programs)) or (not patch.programs and role in patch.roles and role in ("bass", "piano")),
        lambda patch: role in patch.roles,
        lambda patch: True,
    )
    first = 0 if random.random() < 0.6 else 1
    last = 2 if choosy and not 80 <= program < 104 else len(tests)
    for test in tests[first:last]:
        able = tuple(patch for patch in reaching if test(patch))
        if able:
            return pick(random, able)
    return (
        None
        if choosy
        else min(
            (patch for patch in patches if patch.recipe is not None), key=lambda patch: _outside(keys, patch.low, patch.high), default=None
        )
    )


def _in_font(company: _Company, program: int, random: np.random.Generator) -> PartSound:
    font = pick(random, company.fonts) if random.random() < company.other_font else company.font
    return PartSound(origin=f"font/{font}", program=program)


def _synthesizer(company: _Company, name: str, program: int) -> PartSound:
    seed = variant_of(name, company.season)
    return PartSound(origin=f"synthesizer/{name}", program=program, seed=seed, variation=variation_of(seed))


def _tuned(part: PartSound, random: np.random.Generator) -> PartSound:
    """Everybody is a little off, singers most; pianos are tuned wider than 2:1."""
    off = float(random.normal(0.0, 6.0 if is_voice(part) else 3.0))
    wide = abs(float(random.normal(0.0, 1.2)))
    stretch = wide if part.program in _PIANOS and part.origin != "font/salamander" else 0.0
    return PartSound(
        origin=part.origin, program=part.program, bank=part.bank, seed=part.seed, variation=part.variation, lender=part.lender,
        detune_cents=round(off, 2), stretch_cents_per_octave=round(stretch, 2),
    )  # fmt: skip


def _reaches(part: PartSound, keys: IntArray) -> bool:
    if part.origin.startswith("synthesizer/"):
        patch = _PATCHES[part.origin.partition("/")[2]]
        return _fits(keys, patch.low, patch.high)
    return True


def _fits(keys: IntArray, low: int, high: int) -> bool:
    return _outside(keys, low, high) <= 1.0 - _ENOUGH


def _outside(keys: IntArray, low: int, high: int) -> float:
    """The share of notes beyond an instrument's keys."""
    return float(np.mean((keys < low) | (keys > high))) if keys.size else 0.0
