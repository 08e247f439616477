"""Chord progressions: a grammar says what each place does, counts of real songs say which chord does it there.

A phrase goes from tonic over predominant to dominant and comes home by its cadence; each of the three may be prolonged, and a chord may
get a dominant of its own before it. M. Rohrmeier, "Towards a generative syntax of tonal harmony", J. Mathematics and Music 5(1), 2011; M.
Steedman, "A generative grammar for jazz chord sequences", Music Perception 2(1), 1984. Among the chords that do the same, one is drawn by
what follows what in songs of the training side (`hexachord.composition.harmony.tune_harmony`) and by the mood: brighter chords for high
valence, tenser ones for high arousal.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.composition.harmony.lead_sheets import chord_in_key, chord_number
from hexachord.composition.harmony.progression_tables import CADENCES, LOOPS, MOODS, STYLES, ProgressionStyle
from hexachord.composition.harmony.tune_harmony import FLAVOURS, KINDS, Sung, following_chances, harmonise_tune
from hexachord.errors import InputError
from hexachord.score.model import Bar, ChordSymbol, KeyMark, MetreMark, Score, TempoMark
from hexachord.theory.chord_labels import parse_chord
from hexachord.theory.chord_reasons import explain_chord
from hexachord.theory.chord_tension import chord_tension
from hexachord.theory.functions import read_chord, read_chords
from hexachord.theory.keys import KEY_NAMES, key_fifths, key_number, parse_key
from hexachord.theory.roman import chord_of_numeral
from hexachord.theory.voicings import block_chords

_BRIGHT, _TENSE, _COUNTED = 1.2, 0.25, 0.8  # weights of valence, of arousal, and of what was counted, in nats
_RANK = 0.5  # nats that each place further down the list of a function costs
_STRANGER = 1.5  # nats that a chord from outside a key costs it
_HOME = 0.85  # how often a progression begins with its plainest tonic
_SLOWEST_BPM, _FASTEST_BPM = 60.0, 150.0


@dataclass(frozen=True, kw_only=True)
class ProgressionOptions:
    """What kind of progression.

    Attributes
    ----------
    key : ``Eb major``; "" for C, major or minor by the mood
    bars : how many
    metre : beats and beat type
    style : of `STYLES`
    loop : of `LOOPS`, instead of a style; repeated, and ended by the cadence where one is asked for
    mood : of `MOODS`, or "": then `valence` and `arousal` say it, -1 to 1
    cadence : of `CADENCES`; "" for authentic, and for none after a loop
    places : chords a bar; 0 for those of the style and the mood
    seed : of chance
    """

    key: str = ""
    bars: int = 8
    metre: tuple[int, int] = (4, 4)
    style: str = "pop"
    loop: str = ""
    mood: str = ""
    valence: float = 0.0
    arousal: float = 0.0
    cadence: str = ""
    places: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        for what, name, known in (
            ("style", self.style, STYLES), ("loop", self.loop, LOOPS), ("mood", self.mood, MOODS), ("cadence", self.cadence, CADENCES)
        ):  # fmt: skip
            if name and name not in known:
                raise InputError(f"the {what} {name!r}", found=f"no such {what}", expected=f"one of {', '.join(known)}")
        if self.bars < 1 or self.places < 0 or self.places > 8:
            raise InputError(
                f"{self.bars} bars, {self.places} chords a bar", found="no such length", expected="1 bar or more, 1 to 8 chords"
            )


@dataclass(frozen=True, kw_only=True)
class ProgressionChord:
    """A chord of a progression: where it begins (ticks), what it is, why, and how far from home (`hexachord.theory.chord_tension`)."""

    tick: int
    bar: int
    label: str
    numeral: str
    reason: str
    tension: float


@dataclass(frozen=True, kw_only=True)
class Progression:
    """A progression, as chords and as a score: block chords under their symbols."""

    score: Score
    chords: tuple[ProgressionChord, ...]
    key: str
    seed: int


def write_progression(options: ProgressionOptions = ProgressionOptions()) -> Progression:
    """Write a chord progression.

    Raises
    ------
    InputError : if the key is none.

    Examples
    --------
    >>> made = write_progression(ProgressionOptions(key="A minor", bars=4, loop="andalusian"))
    >>> [chord.numeral for chord in made.chords], made.chords[-1].label
    (['i', 'VII', 'VI', 'V'], 'E:maj')
    >>> made = write_progression(ProgressionOptions(mood="sad", style="classical", cadence="half", seed=1))
    >>> made.key, made.chords[-1].numeral
    ('C minor', 'V')
    """
    valence, arousal = MOODS[options.mood] if options.mood else (options.valence, options.arousal)
    loop = LOOPS[options.loop] if options.loop else None
    mode = loop.mode if loop else "minor" if valence < -0.05 else "major"
    key = options.key or f"C {mode}"
    try:
        mode = parse_key(key)[1] if loop is None else mode
        key = f"{key.partition(' ')[0]} {mode}"
        parse_key(key)
    except ValueError as error:
        raise InputError(f"the key {key!r}", found="no key", expected="one as 'Eb major'") from error
    style = STYLES[options.style]
    random = np.random.default_rng(options.seed)
    if loop is not None:
        places = options.places or loop.places
        count = options.bars * places
        labels = [chord_of_numeral(loop.numerals[at % len(loop.numerals)], key) for at in range(count)]
        if options.cadence:
            ending = _drawn([*_cadence(options.cadence, count)], style, key, mode, valence, arousal, random)
            labels[len(labels) - len(ending) :] = ending[-count:]
    else:
        places = options.places or (2 if arousal > 0.4 and style.flavour != "pop" else style.places)
        count = options.bars * places
        plan = _phrases(count, options.cadence or "authentic", places, random)
        labels = _drawn(plan, style, key, mode, valence, arousal, random)
        labels = _with_applied(labels, plan, key, style, arousal, random)
    return _as_score(labels, key, options, places, arousal)


def next_chords_of(
    labels: Sequence[str], key: str, *, flavour: str = "pop", count: int = 5, cadence: str = ""
) -> tuple[tuple[str, float, str], ...]:
    """Say which chords may follow: label, chance and reason, the likeliest first.

    Parameters
    ----------
    labels : what has been, in Harte syntax; the last one counts
    cadence : authentic, half, plagal or deceptive: how it is to end with this chord

    Raises
    ------
    InputError : if the last one is no chord that can be counted.

    Examples
    --------
    >>> [label for label, _, _ in next_chords_of(["D:min7", "G:7"], "C major", flavour="jazz", count=2)]
    ['C:maj', 'D:min7']
    """
    if flavour not in FLAVOURS:
        raise InputError(f"the flavour {flavour!r}", found="no such flavour", expected=f"one of {', '.join(FLAVOURS)}")
    before = chord_number(labels[-1]) if labels else -1
    if before < 0:
        raise InputError(" ".join(labels) or "nothing", found="no chord to go on from", expected="one as Am or G7")
    chances = following_chances(flavour, key_number(key))[before].copy()
    if cadence:
        tonic, mode = parse_key(key)
        wanted = {"authentic": tonic, "plagal": tonic, "half": tonic + 7, "deceptive": tonic + 9 - (mode == "minor")}.get(cadence)
        if wanted is None:
            raise InputError(f"the cadence {cadence!r}", found="no such cadence", expected="authentic, half, plagal or deceptive")
        chances *= np.tile(np.arange(12) == wanted % 12, len(KINDS))
        chances /= chances.sum()
    found = []
    for state in np.argsort(-chances, kind="stable")[:count].tolist():
        label = chord_in_key(state % 12, KINDS[state // 12], key)
        found.append((label, round(float(chances[state]), 4), explain_chord(label, key, previous=labels[-1])))
    return tuple(found)


def key_of_chords(labels: Sequence[str], *, flavour: str = "pop") -> str:
    """Guess the key of some chords: the one in which they follow one another as they usually do, and are at home.

    Examples
    --------
    >>> key_of_chords(["D:min7", "G:7"]), key_of_chords(["A:min", "D:min", "E:7"])
    ('C major', 'A minor')
    """
    states = [state for state in (chord_number(label) for label in labels) if state >= 0]
    if not states:
        raise InputError(" ".join(labels) or "nothing", found="no chords", expected="some as Am or G7")
    count = len(states)
    nothing = np.zeros((count, 12))
    positions = np.zeros(count, dtype=np.int64)
    costs = [
        harmonise_tune(
            Sung(nothing, nothing), keys=np.full(count, key), positions=positions, flavour=flavour, held=np.array(states), network=False
        ).nats
        + _STRANGER
        * sum(reading is not None and reading.role != "diatonic" for reading in read_chords(list(labels), [KEY_NAMES[key]] * len(labels)))
        for key in range(24)
    ]
    return KEY_NAMES[int(np.argmin(costs))]


def brightness(label: str, key: str) -> float:
    """Mean place of a chord's tones on the line of fifths, against that of the tonic triad: dark is negative.

    Examples
    --------
    >>> [round(brightness(label, "C major"), 1) for label in ("C:maj", "F:min", "D:maj", "Bb:maj")]
    [0.0, -3.3, 2.0, -2.0]
    """
    tonic, mode = parse_key(key)

    def place(chord_label: str) -> float:
        chord = parse_chord(chord_label)
        on_line = [(((chord.root + step - tonic) % 12 * 7 + 5) % 12 - 5) for step in chord.intervals if step in (0, 3, 4, 6, 7, 8)]
        return float(np.mean(on_line))

    name = key.partition(" ")[0]
    return place(label) - place(f"{name}:{'min' if mode == 'minor' else 'maj'}")


def _phrases(count: int, cadence: str, places: int, random: np.random.Generator) -> list[str]:
    """What every place does: phrases of four or eight bars, all but the last ending half or authentic."""
    bars = max(1, count // places)
    size = 8 if bars % 8 == 0 and bars > 8 else 4 if bars % 4 == 0 and bars > 4 else bars
    plan: list[str] = []
    for at in range(0, bars, size):
        length = min(size, bars - at) * places
        last = at + size >= bars
        opens = "T!" if random.random() < (_HOME if at == 0 else 0.4) else "T"
        plan += _phrase(length, cadence if last else str(random.choice(["half", "authentic", "open"], p=[0.5, 0.2, 0.3])), opens, random)
    return plan


def _phrase(length: int, cadence: str, opens: str, random: np.random.Generator) -> list[str]:
    ending = list(_cadence(cadence, length))
    free = length - len(ending)
    if free <= 0:
        return ending[-length:]
    plan = [opens]
    while len(plan) < free:
        rest = free - len(plan)
        turn = [["T"], ["S"], ["S", "T"], ["D", "T"], ["S", "D", "T"], ["T"]][int(random.choice(6, p=[0.2, 0.15, 0.2, 0.15, 0.2, 0.1]))]
        plan += turn if len(turn) <= rest else ["T"]
    return plan[:free] + ending


def _cadence(name: str, length: int) -> tuple[str, ...]:
    return CADENCES[name][-length:]


def _drawn(
    plan: Sequence[str], style: ProgressionStyle, key: str, mode: str, valence: float, arousal: float, random: np.random.Generator
) -> list[str]:
    """Draw chords that do what the plan says: forwards the weights of all that leads to each, backwards a path by its chance."""
    if not plan:
        return []
    moves = np.log(following_chances(style.flavour, key_number(key)) + 1e-6)
    choices = [_choices(place, style, key, mode) for place in plan]
    weights = [
        np.array(
            [
                -_RANK * rank + _BRIGHT * valence * _darkness(label, key) + _TENSE * arousal * _strain(label, key)
                for rank, label in enumerate(each)
            ]
        )
        for each in choices
    ]
    total = [weights[0]]
    for before, after, own in zip(choices, choices[1:], weights[1:], strict=False):
        reach = total[-1][:, None] + _COUNTED * _between(before, after, moves)
        top = reach.max(axis=0)
        total.append(np.log(np.exp(reach - top).sum(axis=0)) + top + own)
    drawn: list[str] = []
    for at in range(len(plan) - 1, -1, -1):
        weight = total[at] if not drawn else total[at] + _COUNTED * _between(choices[at], [drawn[-1]], moves)[:, 0]
        chance = np.exp(weight - weight.max())
        drawn.append(choices[at][int(random.choice(len(chance), p=chance / chance.sum()))])
    return drawn[::-1]


def _choices(place: str, style: ProgressionStyle, key: str, mode: str) -> list[str]:
    if place == "6!":
        return [chord_of_numeral("vi" if mode == "major" else "VI", key)]
    if place == "S!":
        plain = {"major": ("IV", "IVM7"), "minor": ("iv", "iv7")}[mode][style.flavour == "jazz"]
        return [chord_of_numeral("IV7" if style is STYLES["blues"] and mode == "major" else plain, key)]
    named = style.chords[mode][place[0]]
    if place.endswith("!"):
        plain = "V" if place[0] == "D" and style.flavour != "jazz" else named[0]
        return [chord_of_numeral(plain, key)]
    return [chord_of_numeral(numeral, key) for numeral in named]


def _darkness(label: str, key: str) -> float:
    return float(np.clip(brightness(label, key) / 4.0, -1.5, 1.5))


def _strain(label: str, key: str) -> float:
    return chord_tension(label, key) / 4.0


def _between(before: Sequence[str], after: Sequence[str], moves: Float64Array) -> Float64Array:
    """Log chances from chords to chords; staying costs what a usual move does, but more where the chord is the same already."""
    a, b = ([chord_number(label) for label in labels] for labels in (before, after))
    table = moves[np.ix_(a, b)]
    table[np.array(a)[:, None] == np.array(b)[None, :]] = np.log(0.12)
    return np.asarray(table)


def _with_applied(
    labels: list[str], plan: Sequence[str], key: str, style: ProgressionStyle, arousal: float, random: np.random.Generator
) -> list[str]:
    """Give some chords their own dominant before them, and some dominants their predominant; cadences stay."""
    made = list(labels)
    chance = style.applied * (1.0 + 0.5 * arousal)
    for at in range(1, len(made) - 2):
        target = read_chord(made[at + 1], key)
        if (
            "!" in plan[at]
            or "!" in plan[at + 1]
            or plan[at] == "D"
            or target is None
            or target.role != "diatonic"
            or random.random() >= chance
        ):
            continue
        root = parse_chord(made[at + 1]).root
        name = made[at + 1].partition(":")[0]
        if root == parse_key(key)[0] or 6 in parse_chord(made[at + 1]).intervals or made[at + 1] == made[at]:
            continue
        minor = 3 in parse_chord(made[at + 1]).intervals
        local = f"{name} {'minor' if minor else 'major'}"
        made[at] = chord_of_numeral("V7", local)
        if at > 1 and plan[at - 1] != "D" and random.random() < style.two_five:
            made[at - 1] = chord_of_numeral("iiø7" if minor else "ii7", local)
    return made


def _as_score(labels: Sequence[str], key: str, options: ProgressionOptions, places: int, arousal: float) -> Progression:
    beats, beat_type = options.metre
    page = Score()
    bar = beats * 4 * page.ticks_per_quarter // beat_type
    name, mode = key.split()
    starts = [(at // places) * bar + bar * (at % places) // places for at in range(len(labels))]
    fresh = [at for at in range(len(labels)) if at == 0 or labels[at] != labels[at - 1]]
    bpm = _SLOWEST_BPM * (_FASTEST_BPM / _SLOWEST_BPM) ** ((float(np.clip(arousal, -1.0, 1.0)) + 1.0) / 2.0)
    page = Score(
        title=(options.loop or f"{options.mood} {options.style}".strip()).capitalize() + f" in {key}",
        metres=(MetreMark(0, beats, beat_type),),
        keys=(KeyMark(0, key_fifths(name, mode), mode),),
        tempos=(TempoMark(0, float(round(bpm))),),
        bars=tuple(
            Bar(number * bar, bar, str(number + 1), barline="light-heavy" if number + 1 == options.bars else "")
            for number in range(options.bars)
        ),
        chords=tuple(ChordSymbol(starts[at], labels[at]) for at in fresh),
    )
    chords = []
    for number, at in enumerate(fresh):
        before = labels[fresh[number - 1]] if number else "N"
        after = labels[fresh[number + 1]] if number + 1 < len(fresh) else "N"
        said = explain_chord(labels[at], key, previous=before, following=after)
        numeral, _, reason = said.partition(": ")
        chords.append(
            ProgressionChord(
                tick=starts[at],
                bar=at // places + 1,
                label=labels[at],
                numeral=numeral,
                reason=reason,
                tension=chord_tension(labels[at], key, following=after),
            )
        )
    return Progression(score=block_chords(page), chords=tuple(chords), key=key, seed=options.seed)
