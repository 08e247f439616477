"""Compose: lock some notes, say what you wish, and the rest is written, several times over.

Every tool on scores is this one with another lock (`hexachord.composition.tools`). What is locked stays as it stands on the page; bars,
metres, keys and tempi stay whatever happens; new notes keep out of what is locked.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition.clips import Clip, ClipPart, on_vocabulary
from hexachord.composition.constraints import chord_tones_on_beats, constrained, in_ranges, in_scale
from hexachord.composition.controls import Controls, PartControls, measured
from hexachord.composition.filling import filled_score
from hexachord.composition.locks import Lock, locked_plan
from hexachord.composition.plan import Plan
from hexachord.composition.recalling import akin_bars
from hexachord.composition.roles import PartRole, roles_of
from hexachord.composition.scores import clip_of
from hexachord.composition.usual import usual_part
from hexachord.composition.vocabulary import CHORD, Vocabulary
from hexachord.composition.writing import Draw, Writer, Written, open_writer
from hexachord.errors import InputError
from hexachord.provenance import Provenance
from hexachord.score.model import Score

_SINGERS = ("melody", "soprano", "alto", "tenor", "low voice", "bass")
_BEYOND, _ENOUGH = 4, 8
_PROGRAMS: Mapping[str, tuple[str, int]] = {
    "melody": ("Melody", 73), "bridge": ("Bridge", 48), "piano": ("Piano", 0), "right": ("Piano", 0), "left": ("Piano", 0),
    "guitar": ("Guitar", 25), "bass": ("Bass", 33), "strings": ("Strings", 48), "pad": ("Pad", 88), "winds": ("Winds", 73),
    "soprano": ("Soprano", 52), "alto": ("Alto", 52), "tenor": ("Tenor", 52), "low voice": ("Bass", 52), "drums": ("Drums", 0),
    "other": ("Other", 0),
}  # fmt: skip
"""How a part is called that nobody named, and the General MIDI program that plays it."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is wished of the music.

    Attributes
    ----------
    controls : None for those measured on the score; style and difficulty go on top
    style : one of the vocabulary's styles
    difficulty : of the piano, 0 to 1
    scale : write notes of the key's scale alone
    chord_tones : write chord tones alone on strong beats
    ranges : role → lowest and highest MIDI pitch
    most : role → notes that may sound at once; singers have one voice where this says nothing
    beats : begin new notes and chords on beats alone
    note_counts : ask for as many notes a bar as were there, and have half of them at least, a quarter more at most
    least : notes that every bar gets that is to be written
    recall : draw gaps towards the bars that stand where they do
    """

    controls: Controls | None = None
    style: str = ""
    difficulty: float | None = None
    scale: bool = False
    chord_tones: bool = False
    ranges: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    most: Mapping[str, int] = field(default_factory=dict)
    beats: bool = False
    note_counts: bool = False
    least: int = 1
    recall: bool = False


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A piece that was composed; `nats` is what it cost the model a note (the less, the likelier), 0 where none was asked; `number` is its
    place in the order of drawing. Candidates are ranked by nats and by how near their parts are to the densities that were asked."""

    score: Score
    nats: float
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Composed:
    """What was composed.

    Attributes
    ----------
    candidates : the likeliest first
    seed, engine : with which, and by whom
    bars : how many the piece has
    kept : how many notes were locked
    written : how many notes are new, in the first candidate
    warnings : what was asked for and could not be
    """

    candidates: tuple[Candidate, ...]
    seed: int
    engine: str
    bars: int
    kept: int
    written: int
    warnings: tuple[str, ...] = ()

    @property
    def score(self) -> Score:
        """The likeliest."""
        return self.candidates[0].score


def compose(
    score: Score,
    lock: Lock,
    *,
    roles: Sequence[str] | None = None,
    request: Request = Request(),
    draw: Draw = Draw(),
    cast: Mapping[str, str] | None = None,
    tool: str = "compose",
) -> Composed:
    """Keep what is locked and write the rest anew.

    Parameters
    ----------
    score : with bars to write in; empty ones may be among them
    lock : see `hexachord.composition.locks`, or `parse_lock` for one in words
    roles : who gets notes; those that play already (and chords, if there are any) when left out. Roles that nobody plays make new parts
    request : what is wished
    draw : how often, and how chance decides
    cast : role → the role its part is to have instead (``{"melody": "soprano"}``)
    tool : a name for the trail

    Returns
    -------
    The candidates, ranked. Bars, metres, keys and tempi are those of the score, always.

    Raises
    ------
    InputError : if the score is empty, everything is locked, or no note is left that a part may play.

    Examples
    --------
    >>> from hexachord.composition.lock_text import parse_lock
    >>> from hexachord.score.abc import read_abc
    >>> tune = read_abc("X:1\\nM:3/4\\nL:1/4\\nK:G\\nG B d|e e c|A A c|G3|")
    >>> made = compose(tune, parse_lock("bars 1-2"), draw=Draw(candidates=2, engine="chance"))
    >>> len(made.candidates), made.bars, made.kept
    (2, 4, 6)
    """
    if not score.note_count and not score.chords:
        raise InputError(score.title or "the score", found="no notes and no chords", expected="music", next_step="see `generate`")
    writer = open_writer(draw)
    words = writer.vocabulary
    clip, warnings = read_clip(score, request=request, cast=cast, vocabulary=words)
    wanted, more = _who(score, clip, roles, cast=cast, vocabulary=words)
    clip = with_players(clip, wanted, vocabulary=words)
    plan = asked_plan(locked_plan(clip, lock, vocabulary=words, roles=wanted), clip, request, vocabulary=words)
    made = writer.write(plan, draw)
    ranked = sorted(enumerate(made), key=lambda each: each[1].cost)
    trail = provenance(score, writer, draw, tool=tool, lock=lock.text)
    candidates = tuple(
        Candidate(
            score=replace(filled_score(score, each.clip, each.given, plan.fill, vocabulary=words), provenance=trail),
            nats=each.nats,
            number=number,
        )
        for number, each in ranked
    )
    return composed(candidates, ranked[0][1], draw=draw, writer=writer, warnings=(*warnings, *more))


def composed(candidates: tuple[Candidate, ...], first: Written, *, draw: Draw, writer: Writer, warnings: tuple[str, ...] = ()) -> Composed:
    """Put together what a tool returns."""
    return Composed(
        candidates=candidates,
        seed=draw.seed,
        engine=writer.name,
        bars=len(first.clip.bars),
        kept=int(first.given.sum()),
        written=int((~first.given).sum()),
        warnings=warnings,
    )


def read_clip(
    score: Score, *, request: Request, vocabulary: Vocabulary, cast: Mapping[str, str] | None = None
) -> tuple[Clip, tuple[str, ...]]:
    """Lay a score on the grid of a vocabulary, with the style that is wished; and say what the grid took."""
    check_style(request.style, vocabulary)
    parts = _cast_roles(score, cast, vocabulary)
    clip = on_vocabulary(clip_of(score, vocabulary=vocabulary, roles=parts, style=request.style), vocabulary)
    if not len(clip.bars):
        raise InputError(score.title or "the score", found="no bars", expected="music")
    return clip, ()


def check_style(style: str, vocabulary: Vocabulary) -> None:
    """Refuse a style that the model never heard of.

    Raises
    ------
    InputError : naming those it knows.
    """
    if style and not vocabulary.style_class(style):
        raise InputError(f"style {style!r}", found="no such style", expected=f"one of {', '.join(vocabulary.styles)}")


def role_number(name: str, vocabulary: Vocabulary) -> int:
    """Say where a role stands in the vocabulary.

    Raises
    ------
    InputError : naming those there are.
    """
    if name not in vocabulary.roles:
        raise InputError(f"part {name!r}", found="no such part", expected=f"one of {', '.join(vocabulary.roles)}")
    return vocabulary.roles.index(name)


def asked_plan(plan: Plan, clip: Clip, request: Request, *, vocabulary: Vocabulary) -> Plan:
    """Add what is wished to a plan; `clip` is the music as it was, on which controls are measured."""
    wished = {role_number(name, vocabulary): limits for name, limits in request.ranges.items()}
    style = request.style or clip.style
    allows = [in_ranges({**usual_ranges(clip, style=style, vocabulary=vocabulary), **wished})]
    if request.scale:
        allows.append(in_scale(plan.clip, vocabulary=vocabulary))
    if request.chord_tones:
        allows.append(chord_tones_on_beats(plan.clip, vocabulary=vocabulary))
    plan = constrained(plan, *allows)
    most = {vocabulary.roles.index(name): 1 for name in _SINGERS if name in vocabulary.roles}
    most |= {role_number(name, vocabulary): count for name, count in request.most.items()}
    controls = request.controls
    if controls is None:
        controls = replace(measured(clip, drums=vocabulary.drums), valence=None, arousal=None) if len(clip.notes) else Controls()
    if request.style:
        controls = replace(controls, style=request.style)
    if request.difficulty is not None:
        controls = replace(controls, difficulty=request.difficulty)
    filled = set(np.flatnonzero(plan.fill.any(axis=0)).tolist())
    controls = _with_usual_parts(controls, filled, style=style, vocabulary=vocabulary)
    if request.note_counts:
        gone = np.bincount(clip.notes["bar"], minlength=len(clip.bars)) - np.bincount(plan.clip.notes["bar"], minlength=len(clip.bars))
        bars = np.flatnonzero(plan.fill.any(axis=1)).tolist()
        controls = replace(controls, note_counts=tuple((bar, int(gone[bar])) for bar in bars))
    limit: dict[int, int] = {}
    least = dict.fromkeys(np.flatnonzero(plan.fill.any(axis=1)).tolist(), request.least)
    if request.note_counts:
        least = {bar: -(-count // 2) for bar, count in controls.note_counts}
        limit = {bar: count + count // 4 + 1 for bar, count in controls.note_counts}
    velocities = not len(clip.notes) or bool(np.any(clip.notes["velocity"] > 0))
    return replace(
        plan,
        controls=controls,
        most={role: count for role, count in most.items() if role in filled},
        grid=beat_grid(clip) if request.beats else plan.grid,
        velocities=velocities,
        least=least,
        limit=limit,
        recall=akin_bars(plan.clip, plan.fill) if request.recall else plan.recall,
    )


def _with_usual_parts(controls: Controls, roles: set[int], *, style: str, vocabulary: Vocabulary) -> Controls:
    """Say how dense parts are of which nothing is said, and how many of their notes go together."""
    known = dict(controls.parts)
    for role in roles - set(known):
        usual = usual_part(style, vocabulary.roles[role])
        if usual is not None:
            known[role] = PartControls(density=usual.density, polyphony=usual.polyphony)
    return replace(controls, parts=tuple(sorted(known.items())))


def usual_ranges(clip: Clip, *, style: str = "", vocabulary: Vocabulary) -> dict[int, tuple[int, int]]:
    """Say how low and how high parts go: a few semitones beyond what they play already, or what is usual for their kind in a style."""
    named = {role: usual_part(style, name) for role, name in enumerate(vocabulary.roles) if role != vocabulary.drums}
    found = {role: (usual.lowest, usual.highest) for role, usual in named.items() if usual is not None}
    for role in np.unique(clip.notes["role"]).tolist():
        pitch = clip.notes["pitch"][clip.notes["role"] == role]
        if len(pitch) >= _ENOUGH and role != vocabulary.drums:
            found[role] = (max(0, int(pitch.min()) - _BEYOND), min(127, int(pitch.max()) + _BEYOND))
    return found


def beat_grid(clip: Clip) -> BoolArray:
    """(24,) at which places of a quarter beats lie in any of the clip's bars: those of 6/8 and the like lie between two quarters, too."""
    grid = np.zeros(24, dtype=bool)
    grid[0] = True
    grid[12] = bool(np.any(clip.bars["beat_type"] >= 8))
    return grid


def with_players(clip: Clip, roles: Sequence[int], *, vocabulary: Vocabulary) -> Clip:
    """Name whoever is to play and does not yet."""
    known = {part.role for part in clip.parts}
    new = tuple(
        ClipPart(
            role=role, name=_PROGRAMS.get(vocabulary.roles[role], ("", 0))[0], program=_PROGRAMS.get(vocabulary.roles[role], ("", 0))[1]
        )
        for role in roles
        if role != CHORD and role not in known
    )
    return replace(clip, parts=(*clip.parts, *new)) if new else clip


def provenance(score: Score, writer: Writer, draw: Draw, *, tool: str, lock: str = "") -> Provenance:
    """Say how a piece was composed."""
    return replace(
        score.provenance,
        engine=writer.name,
        parameters={
            "tool": tool,
            "lock": lock,
            "seed": draw.seed,
            "temperature": draw.chance.temperature,
            "top_p": draw.chance.top_p,
            "guidance": draw.guidance,
        },
        model=writer.model,
        model_licence="MIT" if writer.model else "",
    )


def _cast_roles(score: Score, cast: Mapping[str, str] | None, vocabulary: Vocabulary) -> tuple[PartRole, ...]:
    found = roles_of(score, vocabulary=vocabulary)
    if not cast:
        return found
    instead = {role_number(old, vocabulary): role_number(new, vocabulary) for old, new in cast.items()}
    return tuple({staff: instead.get(role, role) for staff, role in part.items()} for part in found)


def _who(
    score: Score, clip: Clip, roles: Sequence[str] | None, *, cast: Mapping[str, str] | None, vocabulary: Vocabulary
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Which roles get notes. Parts that share a role cannot be told apart in rows: they keep what they have."""
    shared = Counter(role for part in _cast_roles(score, cast, vocabulary) for role in set(part.values()))
    crowded = {role for role, count in shared.items() if count > 1}
    if roles is None:
        wanted = sorted(set(np.unique(clip.notes["role"]).tolist()) | ({CHORD} if len(clip.chords) else set()))
    else:
        wanted = sorted({role_number(name, vocabulary) for name in roles})
    free = tuple(role for role in wanted if role not in crowded)
    lost = [vocabulary.roles[role] for role in wanted if role in crowded]
    if not lost:
        return free, ()
    told = f"{max(shared.values())} parts share the role {', '.join(lost)}; they keep their notes and get no new ones"
    if not any(role != CHORD for role in free):
        raise InputError(score.title or "the score", found=told, expected=f"at most {len(vocabulary.roles) - 1} parts")
    return free, (told,)
