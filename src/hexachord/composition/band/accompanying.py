"""Accompany: a band in a style for a lead sheet, or for a tune whose chords are found first.

Everything that is there stays as it is; bass, chords, pads and drums are added as parts, in any metre, softer and louder by sections, with
fills where these end. The language model's way, without a style, is `hexachord.composition.harmonising.accompany`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hexachord.composition.band.bars import band_bars
from hexachord.composition.band.parts import LEFT_RANGE, Band, bass_notes, chord_notes, drum_notes
from hexachord.composition.band.styles import STYLES, BandStyle, ChordPlayer, style_for
from hexachord.composition.drums.groove import humanise
from hexachord.composition.harmony.lead_sheets import ChordSpan, Tune, chord_spans, tune_of
from hexachord.composition.harmony.melody_harmony import HarmonyOptions, harmonise_melody
from hexachord.errors import InputError
from hexachord.score.edit import sorted_notes, spelled_in_key
from hexachord.score.model import Clef, KeyMark, Note, Part, PartGroup, Score, TempoMark, Transposition
from hexachord.score.notes import merge_ties
from hexachord.score.timing import metre_at
from hexachord.theory.chord_labels import NO_CHORD, parse_chord
from hexachord.theory.roman import chord_shape

ENGINE = "accompany/band"
ROLES = ("piano", "guitar", "organ", "keys", "brass", "strings", "pad", "bass", "drums")
_BELOW_TUNE = 1  # semitones that chords stay below the usual tune
_STRAIGHT_BPM = 100.0


@dataclass(frozen=True, kw_only=True)
class AccompanyOptions:
    """Which band.

    Attributes
    ----------
    style : of `hexachord.composition.band.styles.STYLES`; "" for one that suits metre and speed
    roles : who plays, of `ROLES`; the style's own band when empty
    intensity : 0 to 1, of all bars; by section when None
    flavour : of the harmony where chords have to be found first
    human : how far drums leave the grid, 0 to 1 (`hexachord.composition.drums.groove`)
    seed : of chance
    """

    style: str = ""
    roles: tuple[str, ...] = ()
    intensity: float | None = None
    flavour: str = ""
    human: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.style and self.style not in STYLES:
            raise InputError(f"the style {self.style!r}", found="no such style", expected=f"one of {', '.join(STYLES)}")
        unknown = [role for role in self.roles if role not in ROLES]
        if unknown:
            raise InputError(f"the part {unknown[0]!r}", found="nobody of a band", expected=f"some of {', '.join(ROLES)}")
        if self.intensity is not None and not 0.0 <= self.intensity <= 1.0:
            raise InputError(f"intensity {self.intensity:g}", found="no share", expected="0 to 1")


@dataclass(frozen=True, kw_only=True)
class Accompanied:
    """The score with its band, in which style, who is new, whether the chords had to be found, and the share of their pitched notes that
    are chord tones."""

    score: Score
    style: str
    parts: tuple[str, ...]
    found_chords: bool
    chord_tones: float
    seed: int


def accompany_in_style(score: Score, *, options: AccompanyOptions = AccompanyOptions()) -> Accompanied:
    """Write a band to a lead sheet or a tune.

    Raises
    ------
    InputError : if there is neither a tune nor a chord symbol, or nobody of the style plays one of the roles.

    Examples
    --------
    >>> from hexachord.score.abc import read_abc
    >>> sheet = read_abc('X:1\\nM:4/4\\nL:1/4\\nQ:1/4=120\\nK:C\\n"C"EGcG|"F"FAcA|"G7"GBdf|"C"e4|]')
    >>> made = accompany_in_style(sheet, options=AccompanyOptions(style="bossa"))
    >>> made.parts, made.score.parts[0] == sheet.parts[0], made.chord_tones
    (('Nylon Guitar', 'Strings', 'Bass', 'Drums'), True, 1.0)
    """
    found = not any(span.label != NO_CHORD for span in chord_spans(score))
    if found:
        score = harmonise_melody(score, options=HarmonyOptions(flavour=options.flavour or "pop"))[0].score
    bpm = score.tempos[0].quarter_bpm if score.tempos else _STRAIGHT_BPM
    first = metre_at(score, 0)
    name = options.style or style_for(bpm, f"{first.beats}/{first.beat_type}")
    style = STYLES[name]
    spans = chord_spans(score)
    bars = band_bars(score, intensity=options.intensity)
    band = Band(bars=bars, spans=spans, style=style, random=np.random.default_rng(options.seed))
    ceiling = _ceiling(score)
    parts: list[Part] = []
    for player in _players(style, options.roles):
        part = _chord_part(band, player, ceiling, alone="bass" not in _roles(style, options.roles))
        if part is not None:
            parts.append(part)
    if "bass" in _roles(style, options.roles) and (notes := bass_notes(band, patterns=style.bass or {"4": "R.......5......."})):
        parts.append(_part("Bass", style.bass_program, notes, clef="F", octaves=-1))
    if "drums" in _roles(style, options.roles) and (strokes := drum_notes(band)):
        parts.append(
            Part(name="Drums", abbreviation="Dr.", is_percussion=True, channel=9, notes=sorted_notes(strokes), program=_kit(style))
        )
    if not parts:
        raise InputError(f"the style {name!r}", found=f"nobody who plays {', '.join(options.roles)}", expected="somebody of its band")
    spelt = [part if part.is_percussion else _spelt(part, score) for part in _with_ids(parts, score)]
    made = _joined(score, spelt, name, options, bpm=not score.tempos)
    share = chord_tone_share(spelt, spans)
    return Accompanied(
        score=made, style=name, parts=tuple(part.name for part in spelt), found_chords=found, chord_tones=round(share, 3), seed=options.seed
    )


def chord_tone_share(parts: Sequence[Part], spans: Sequence[ChordSpan]) -> float:
    """Share of the notes of pitched parts that belong to the chord they begin over; 1 where none do.

    Examples
    --------
    >>> part = Part(notes=(Note(0, 10, 60), Note(0, 10, 62)))
    >>> chord_tone_share([part], [ChordSpan(0, 10, "C:maj")])
    0.5
    """
    good = total = 0
    spans = [span for span in spans if span.label != NO_CHORD]
    starts = np.array([span.start for span in spans])
    for part in parts:
        for note in () if part.is_percussion else merge_ties(part.notes):
            at = int(np.searchsorted(starts, note.onset, side="right")) - 1
            if at >= 0 and note.onset < spans[at].end:
                total += 1
                good += note.pitch % 12 in parse_chord(spans[at].label).pitch_classes()
    return good / total if total else 1.0


def _roles(style: BandStyle, roles: Sequence[str]) -> tuple[str, ...]:
    own = (*(player.role for player in style.chords), *(("bass",) if style.bass else ()), *(("drums",) if style.drums else ()))
    return tuple(roles) or own


def _players(style: BandStyle, roles: Sequence[str]) -> list[ChordPlayer]:
    """Those of the style who are wished; somebody who is wished and not of the style plays what its first one plays."""
    if not roles:
        return list(style.chords)
    chosen = [player for player in style.chords if player.role in roles]
    for role in roles:
        if role in ("bass", "drums") or any(player.role == role for player in chosen):
            continue
        name, program = _STAND_INS[role]
        like = next((player for player in style.chords if player.patterns), style.chords[0])
        held = role in ("strings", "pad", "organ")
        manner = "held" if held else "strum" if role == "guitar" and not style.soft else "block"
        patterns = {} if held else like.patterns if manner == "block" and like.manner == "block" else STYLES["folk"].chords[0].patterns
        if manner == "block" and like.manner != "block":
            patterns = {"4": "x.......x.......", "3": "x...........", "6/8": "x.....x....."}
        left = {"4": "R.......5.......", "3": "R...........", "6/8": "R.....5....."} if role in ("piano", "keys") else {}
        chosen.append(ChordPlayer(role=role, name=name, program=program, manner=manner, patterns=patterns, left=left, centre=62.0))
    return chosen


_STAND_INS = {
    "piano": ("Piano", 0), "guitar": ("Guitar", 25), "organ": ("Organ", 16), "keys": ("Electric Piano", 4), "brass": ("Brass", 61),
    "strings": ("Strings", 48), "pad": ("Pad", 89),
}  # fmt: skip


def _chord_part(band: Band, player: ChordPlayer, ceiling: int, *, alone: bool) -> Part | None:
    notes = chord_notes(band, player, ceiling=ceiling)
    if not notes:
        return None
    if player.role not in ("piano", "keys"):
        guitar = player.role == "guitar"
        return _part(player.name, player.program, notes, clef="G", octaves=-1 if guitar else 0)
    patterns = player.left or (band.style.bass if alone else {})
    left = bass_notes(band, patterns=patterns, within=LEFT_RANGE, walking=alone and band.style.walking) if patterns else []
    hands = [*notes, *(note._replace(staff=2, voice=5) for note in left)]
    if not left:
        return _part(player.name, player.program, notes, clef="G")
    clefs = (Clef(0, 1, "G", 2), Clef(0, 2, "F", 4))
    return Part(name=player.name, program=player.program, notes=sorted_notes(hands), staves=2, clefs=clefs)


def _part(name: str, program: int, notes: Sequence[Note], *, clef: str, octaves: int = 0) -> Part:
    return Part(
        name=name,
        program=program,
        notes=sorted_notes(notes),
        clefs=(Clef(0, 1, clef, 2 if clef == "G" else 4),),
        transposition=Transposition(octaves=octaves),
    )


def _kit(style: BandStyle) -> int:
    return 40 if style.swing else 0


def _ceiling(score: Score) -> int:
    """Chords stay below the middle of the tune."""
    try:
        tune: Tune = tune_of(score)
    except InputError:
        return 127
    return max(64, int(np.median(tune.pitch)) - _BELOW_TUNE)


def _with_ids(parts: Sequence[Part], score: Score) -> list[Part]:
    taken, names = {part.id for part in score.parts}, {part.name for part in score.parts}
    made = []
    for part in parts:
        name = next(each for each in (f"P{number}" for number in range(1, 200)) if each not in taken)
        taken.add(name)
        called = part.name if part.name not in names else f"{part.name} 2"
        names.add(called)
        made.append(replace(part, id=name, name=called))
    return made


def _spelt(part: Part, score: Score) -> Part:
    """Name notes as their chord does: thirds as thirds; what is no chord tone as the key does."""
    spans = [span for span in chord_spans(score) if span.label != NO_CHORD]
    starts = [span.start for span in spans]
    marks = sorted(score.keys)

    def named(note: Note) -> Note:
        at = int(np.searchsorted(starts, note.onset, side="right")) - 1
        key = next((mark for mark in reversed(marks) if mark.tick <= note.onset), KeyMark(0, 0))
        spelling = spelled_in_key(note.pitch, key)
        if at >= 0:
            label = spans[at].label
            root = label.partition(":")[0].partition("/")[0]
            above = (note.pitch - parse_chord(label).root) % 12
            shape = chord_shape(parse_chord(label))
            letters = {shape.seventh: 6, shape.fifth: 4, shape.third: 2 if shape.third in (3, 4) else -1, 0: 0}
            if letters.get(above, -1) >= 0:
                letter = "CDEFGAB"[("CDEFGAB".index(root[0]) + letters[above]) % 7]
                alter = (note.pitch - "C D EF G A B".index(letter) + 6) % 12 - 6
                if abs(alter) <= 1:
                    spelling = spelling._replace(step=letter, alter=alter, octave=(note.pitch - alter) // 12 - 1)
        return note._replace(spelling=spelling)

    return replace(part, notes=tuple(named(note) for note in part.notes))


def _joined(score: Score, parts: Sequence[Part], name: str, options: AccompanyOptions, *, bpm: bool) -> Score:
    style = STYLES[name]
    groups = (*score.groups, PartGroup(len(score.parts), len(score.parts) + len(parts) - 1)) if len(parts) > 1 else score.groups
    trail = replace(
        score.provenance,
        engine=ENGINE,
        parameters={"tool": "accompany", "style": name, "roles": " ".join(options.roles), "seed": options.seed},
    )
    tempos = (TempoMark(0, float(sum(style.bpm) // 2), "Swing" if style.swing else ""),) if bpm else score.tempos
    if options.human > 0 and any(part.is_percussion for part in parts):
        alone = humanise(replace(score, parts=tuple(parts), groups=(), tempos=tempos), strength=options.human, seed=options.seed)
        parts = alone.parts
    return replace(score, parts=(*score.parts, *parts), groups=groups, tempos=tempos, provenance=trail)
