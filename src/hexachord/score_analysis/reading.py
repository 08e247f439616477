"""A score read closely: beyond its facts, what it is made of, how it sounds together, how hard it is, and what a teacher would mark.

`read_closely` takes the facts of `hexachord.score_analysis.facts` and adds what follows from the notes: chords where the page has none,
what they are in their keys, phrases and cadences, motifs, form, texture, the ranges of parts, hands, voice leading, and the measures of
`hexachord.score_analysis.measures`.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from hexachord.arrays import IntArray, StructuredArray
from hexachord.knowledge import Harmony, Knowledge, Segments
from hexachord.score.model import Part, Score
from hexachord.score.notes import note_array
from hexachord.score_analysis.facts import read_score
from hexachord.score_analysis.measures import LaidNotes, lay_notes, measure_notes, measure_playing
from hexachord.score_analysis.performed import is_performance
from hexachord.theory.cadences import Cadence, find_cadences
from hexachord.theory.chord_names import key_signature, respell_chord
from hexachord.theory.emotion import Emotion, emotion_of
from hexachord.theory.fingering import finger_notes
from hexachord.theory.fretboard import fretboard
from hexachord.theory.functions import describe_harmony
from hexachord.theory.motifs import Motif, find_motifs
from hexachord.theory.note_chords import chords_from_notes
from hexachord.theory.phrases import phrase_starts, top_line
from hexachord.theory.piano_hands import Difficulty, HandFault, hand_faults, part_hands, piano_difficulty
from hexachord.theory.score_form import Form, find_form
from hexachord.theory.texture import Ambitus, ambitus, bar_textures, voices_that_can_sing
from hexachord.theory.voice_leading import KINDS, SATB, Fault, voice_leading_faults, voices_of_notes

ENGINE = "read/closely"
_MOST_BARS = 800  # the form of more takes long, and nobody could follow it
_MOST_VOICES = 8
_SAME = 1e-6
_OF_ANY = tuple(kind for kind in KINDS if kind not in ("spacing", "range", "leap", "overlap"))  # faults in voices that are not sung
_FRETTED = {"standard": range(24, 32), "bass": range(32, 38)}
"""Tunings, and the General MIDI programs that are read in them."""
_MOST_FINGERED = 2000
_KEYBOARDS = range(8)  # General MIDI programs of pianos and their kin


@dataclass(frozen=True, kw_only=True)
class PartReading:
    """A part's name, how far it goes, and which kinds of voice could sing it; of a guitar or bass, what no hand on its neck can play."""

    name: str
    ambitus: Ambitus
    singers: tuple[str, ...] = ()
    on_neck: str = ""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A phrase of the top line: from its first note to the end of its last, in seconds, and the bar it begins in, counted from 1."""

    start_s: float
    end_s: float
    bar: int
    notes: int


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Playing it on the piano: how hard it is, and what no hand can do; `written` says that the staves tell who plays what."""

    difficulty: Difficulty
    faults: tuple[HandFault, ...]
    written: bool


@dataclass(frozen=True, kw_only=True)
class VoiceLeading:
    """Voices from the highest to the lowest by name, and what is wrong with how they move: each fault with the bar it is in."""

    voices: tuple[str, ...]
    faults: tuple[tuple[int, Fault], ...]
    moves: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """Everything that was read; what a score does not have is None or empty."""

    facts: Knowledge
    measures: dict[str, float]
    chords: Segments | None = None
    harmony: Harmony | None = None
    phrases: tuple[Phrase, ...] = ()
    cadences: tuple[Cadence, ...] = ()
    motifs: tuple[Motif, ...] = ()
    form: Form | None = None
    textures: tuple[str, ...] = ()
    parts: tuple[PartReading, ...] = ()
    emotion: Emotion | None = None
    hands: Hands | None = None
    voice_leading: VoiceLeading | None = None
    melody_bars: tuple[int, ...] = field(default=(), repr=False)
    notes: LaidNotes | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain data, without the facts (those have a format of their own) and the notes."""
        return {
            "measures": {name: round(value, 6) for name, value in self.measures.items()},
            "chords": None if self.chords is None else _rows(self.chords, ("start_s", "end_s", "label", "confidence")),
            "harmony": None if self.harmony is None else _rows(self.harmony, ("start_s", "label", "key", "numeral", "function")),
            "phrases": [vars(phrase) for phrase in self.phrases],
            "cadences": [cadence._asdict() for cadence in self.cadences],
            "motifs": [{"notes": motif.notes, "times": motif.times, "bars": self.bars_of_motif(motif)} for motif in self.motifs],
            "form": None
            if self.form is None
            else {"starts": (self.form.starts + 1).tolist(), "labels": list(self.form.labels), "words": self.form.words},
            "textures": list(self.textures),
            "parts": [_part_row(part) for part in self.parts],
            "emotion": None if self.emotion is None else {**vars(self.emotion), "words": self.emotion.words},
            "hands": None
            if self.hands is None
            else {
                **vars(self.hands.difficulty),
                "words": self.hands.difficulty.words,
                "written": self.hands.written,
                "faults": [fault._asdict() for fault in self.hands.faults],
            },
            "voice_leading": None
            if self.voice_leading is None
            else {
                "voices": list(self.voice_leading.voices),
                "moves": self.voice_leading.moves,
                "faults": [{"bar": bar, "kind": fault.kind, "voices": list(fault.voices)} for bar, fault in self.voice_leading.faults],
            },
        }

    def bars_of_motif(self, motif: Motif) -> list[int]:
        """The bars that a motif begins in, counted from 1."""
        return [self.melody_bars[start] for start in motif.starts]


def read_closely(score: Score, *, structure: bool = True) -> Reading:
    """Read a score closely.

    Parameters
    ----------
    score : a page, or a performance: its beats and bars are found first
    structure : also the structure indicators (a second or two for a long piece)

    Returns
    -------
    Reading

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> reading = read_closely(builtin_score("bach-invention-4"), structure=False)
    >>> reading.facts.key.name, reading.cadences[-1].key, reading.hands.difficulty.words
    ('D minor', 'D minor', 'very easy')
    """
    facts = read_score(score)
    notes = note_array(score)
    if not len(notes):
        return Reading(facts=facts, measures={})
    performed = is_performance(score)
    laid = lay_notes(score, notes, facts.beats, performed=performed)
    sung = laid.pitched()
    chords = facts.chords or _chords(sung, facts)
    harmony = facts.harmony or (describe_harmony(chords, local_keys=facts.local_keys, key=facts.key) if chords is not None else None)
    played = measure_playing(laid, facts.beats) if performed else {}
    reading = Reading(
        facts=facts,
        measures={**measure_notes(laid, chords=chords.label if chords is not None else (), structure=structure), **played},
        chords=chords,
        harmony=harmony,
        parts=_parts(score, notes),
        notes=laid,
    )
    if not len(sung.pitch):
        return reading
    bars = len(laid.bar_lines) - 1
    hands = _hands(score, notes)
    reading = replace(
        reading,
        form=find_form(sung.onset, sung.end, sung.pitch, bar_lines=laid.bar_lines) if bars <= _MOST_BARS else None,
        textures=bar_textures(sung.onset, sung.end, sung.pitch, bar_lines=laid.bar_lines),
        emotion=emotion_of(sung.onset_s, sung.end_s - sung.onset_s, sung.pitch, sung.velocity),
        hands=hands,
        voice_leading=_voice_leading(score, notes, laid),
    )
    if hands is not None:
        reading.measures["difficulty"] = hands.difficulty.level
    return _with_melody(reading, sung)


def melody_rows(sung: LaidNotes) -> IntArray:
    """Which notes make the top line: the highest of each onset."""
    return top_line(np.round(sung.onset, 3), sung.pitch)


def _with_melody(reading: Reading, sung: LaidNotes) -> Reading:
    line = sung.taken(melody_rows(sung))
    bar = np.clip(np.searchsorted(line.bar_lines, line.onset + _SAME, side="right") - 1, 0, len(line.bar_lines) - 2) + 1
    starts = phrase_starts(line.onset, line.end, line.pitch)
    ends = np.append(starts[1:], len(line.onset)) - 1
    phrases = tuple(
        Phrase(start_s=float(line.onset_s[a]), end_s=float(line.end_s[b]), bar=int(bar[a]), notes=int(b - a + 1))
        for a, b in zip(starts, ends, strict=True)
    )
    return replace(
        reading,
        phrases=phrases,
        cadences=find_cadences(reading.harmony, line.onset_s[ends]) if reading.harmony is not None else (),
        motifs=find_motifs(line.onset, line.pitch),
        melody_bars=tuple(bar.tolist()),
    )


def _chords(sung: LaidNotes, facts: Knowledge) -> Segments | None:
    """Chords from the notes, beat by beat, in seconds and spelt as the key along the way would."""
    if facts.beats is None or len(facts.beats) < 2 or not len(sung.pitch):
        return None
    found = chords_from_notes(
        sung.onset_s, sung.end_s, sung.pitch, beats_s=facts.beats.time_s, downbeat=np.asarray(facts.beats.position == 1)
    )
    return replace(found, label=tuple(_spelt(label, start, facts) for label, start in zip(found.label, found.start_s, strict=True)))


def _spelt(label: str, at_s: float, facts: Knowledge) -> str:
    keys = facts.local_keys
    if keys is None or not len(keys):
        return label
    place = min(max(int(np.searchsorted(keys.start_s, at_s + _SAME, side="right")) - 1, 0), len(keys) - 1)
    return respell_chord(label, fifths=key_signature(keys.label[place]))


def _parts(score: Score, notes: StructuredArray) -> tuple[PartReading, ...]:
    out = []
    for index, part in enumerate(score.parts):
        own = notes[(notes["part"] == index) & ~notes["is_percussion"]]
        found = ambitus(own["pitch"], own["duration_quarter"])
        if found is not None:
            singers = voices_that_can_sing(found) if _is_single_line(own) else ()
            name = part.name.strip() or f"part {index + 1}"
            out.append(PartReading(name=name, ambitus=found, singers=singers, on_neck=_on_neck(part, own)))
    return tuple(out)


def _on_neck(part: Part, notes: StructuredArray) -> str:
    """What cannot be played, in words; of a part on strings that is not too long to finger."""
    kind = next((name for name, programs in _FRETTED.items() if part.program in programs), "")
    if not kind or part.is_percussion or len(notes) > _MOST_FINGERED:
        return ""
    board = fretboard(kind)
    found = finger_notes(notes["onset_s"], notes["onset_s"] + notes["duration_s"], notes["pitch"], board=board)
    return found.words or f"All of it can be played on a {'bass' if kind == 'bass' else 'guitar'}."


def _is_single_line(notes: StructuredArray) -> bool:
    """Whether hardly two notes sound at once."""
    order = np.argsort(notes["onset_quarter"], kind="stable")
    start = notes["onset_quarter"][order]
    end = start + notes["duration_quarter"][order]
    return bool((end[:-1] > start[1:] + 0.1).mean() < 0.05) if len(start) > 1 else True


def _hands(score: Score, notes: StructuredArray) -> Hands | None:
    """Of the keyboard part with most notes."""
    boards = [index for index, part in enumerate(score.parts) if _is_keyboard(part)]
    if not boards:
        return None
    counts = Counter(notes["part"].tolist())
    board = max(boards, key=lambda index: counts[index])
    own = notes[notes["part"] == board]
    if not len(own):
        return None
    written = score.parts[board].staves == 2 and len(np.unique(own["staff"])) == 2
    hand = (own["staff"] == 1).astype(np.int64) if written else part_hands(own["onset_s"], own["pitch"])
    difficulty = piano_difficulty(own["onset_s"], own["pitch"], hand)
    assert difficulty is not None
    return Hands(
        difficulty=difficulty, faults=hand_faults(own["onset_s"], own["onset_s"] + own["duration_s"], own["pitch"], hand), written=written
    )


def _is_keyboard(part: Part) -> bool:
    words = part.name.lower()
    sung = any(word in words for word in ("voice", "voc", "sopran", "alto", "tenor", "bass", "melody", "guitar", "violin"))
    return not part.is_percussion and part.program in _KEYBOARDS and not sung


def _voice_leading(score: Score, notes: StructuredArray, laid: LaidNotes) -> VoiceLeading | None:
    """Of two to eight parts or voices that sing one note at a time each."""
    sung = notes[~notes["is_percussion"]]
    lines = np.stack([sung["part"], sung["staff"], sung["voice"]], axis=1)
    kinds, which = np.unique(lines, axis=0, return_inverse=True)
    which = which.ravel()
    if not 2 <= len(kinds) <= _MOST_VOICES or not all(_is_single_line(sung[which == line]) for line in range(len(kinds))):
        return None
    height = np.argsort([-float(sung["pitch"][which == line].mean()) for line in range(len(kinds))], kind="stable")
    voice = np.argsort(height)[which]
    start, rows = voices_of_notes(
        np.round(sung["onset_quarter"], 6), np.round(sung["onset_quarter"] + sung["duration_quarter"], 6), sung["pitch"], voice
    )
    four = len(kinds) == len(SATB)
    faults = voice_leading_faults(rows, ranges=SATB if four else (), kinds=KINDS if four else _OF_ANY)
    bars = np.clip(np.searchsorted(laid.bar_lines, np.asarray(start, dtype=np.float64) + _SAME, side="right"), 1, None)
    names = [score.parts[int(kinds[line][0])].name.strip() or f"part {int(kinds[line][0]) + 1}" for line in height]
    return VoiceLeading(
        voices=tuple(f"{name} {int(kinds[line][2])}" if names.count(name) > 1 else name for name, line in zip(names, height, strict=True)),
        faults=tuple((int(bars[fault.moment]), fault) for fault in faults),
        moves=int((rows[1:] != rows[:-1]).any(axis=1).sum()),
    )


def _part_row(part: PartReading) -> dict[str, Any]:
    return {"name": part.name, **part.ambitus._asdict(), "singers": list(part.singers), "on_neck": part.on_neck}


def _rows(columns: Segments | Harmony, names: tuple[str, ...]) -> list[dict[str, Any]]:
    values = [getattr(columns, name) for name in names]
    plain = [value.tolist() if isinstance(value, np.ndarray) else list(value) for value in values]
    return [dict(zip(names, row, strict=True)) for row in zip(*plain, strict=True)]
