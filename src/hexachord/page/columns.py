"""Observations as columns of plain numbers: rounded to what an eye or ear can tell, None where nothing is known."""

import base64
import math
from collections.abc import Callable

import numpy as np

from hexachord.arrays import FloatArray
from hexachord.knowledge import model
from hexachord.page import contract
from hexachord.page.spelling import chord_notes, chord_text, key_text, numeral_text
from hexachord.theory.chord_labels import NO_CHORD, Chord, parse_chord

_TIME_DIGITS = 4
_CURVE_S = 0.01  # a pitch curve is thinned to no finer than this
_MOST_POINTS = 120_000  # and to no more points than these: above, a page would be mostly curve


def beats_columns(beats: model.Beats | None) -> contract.Beats | None:
    """Write beats as columns."""
    if beats is None:
        return None
    return {
        "time_s": seconds(beats.time_s),
        "position": [int(position) for position in beats.position],
        "confidence": confidences(beats.confidence),
        "engine": beats.engine,
    }


def spans_columns(spans: model.Segments | None, *, text: Callable[[str], str] = str) -> contract.Spans | None:
    """Write labelled spans as columns; `text` makes a label fit for the eye."""
    if spans is None:
        return None
    return {
        "start_s": seconds(spans.start_s),
        "end_s": seconds(spans.end_s),
        "label": list(spans.label),
        "text": [text(label) for label in spans.label],
        "confidence": confidences(spans.confidence),
        "engine": spans.engine,
    }


def section_columns(sections: model.Segments | None) -> contract.Spans | None:
    """Write sections as columns: by letter, and for the eye what they seem to be for as well."""
    columns = spans_columns(sections)
    if columns is not None and sections is not None:
        columns["text"] = list(sections.names)
    return columns


def chord_columns(chords: model.Segments | None) -> contract.Spans | None:
    """Write chords as columns."""
    return spans_columns(chords, text=chord_text)


def second_columns(chords: model.Segments | None) -> contract.SecondChoices | None:
    """Write what else each chord may be as columns beside those of the chords; nothing where no engine says."""
    if chords is None or not chords.second:
        return None
    return {
        "label": list(chords.second),
        "text": [chord_text(label) if label != NO_CHORD else "no chord" for label in chords.second],
        "confidence": confidences(chords.second_confidence),
        "close": chords.close.tolist(),
    }


def harmony_columns(harmony: model.Harmony | None) -> contract.Harmony | None:
    """Write what each chord is in its key as columns beside those of the chords."""
    if harmony is None:
        return None
    borrowed = [role if role not in ("", "diatonic", "secondary") else "" for role in harmony.role]
    words = [
        f"{function}{f' of {of}' if of else ''}{', ' if function and how else ''}{how}"
        for function, of, how in zip(harmony.function, harmony.of, borrowed, strict=True)
    ]
    numeral = [numeral_text(one) for one in harmony.numeral]
    return {"numeral": numeral, "words": words, "key": [key_text(name) for name in harmony.key], "engine": harmony.engine}


def chord_tone_columns(chords: model.Segments | None) -> contract.ChordTones | None:
    """Write which notes each chord has as columns beside those of the chords; what is no chord in Harte's syntax has none."""
    if chords is None:
        return None
    parsed = [_parsed(label) for label in chords.label]
    return {
        "classes": [list(chord.pitch_classes()) if chord is not None else [] for chord in parsed],
        "bass": [(chord.root + chord.bass) % 12 if chord is not None else None for chord in parsed],
        "names": [" ".join(chord_notes(label)) for label in chords.label],
    }


def _parsed(label: str) -> Chord | None:
    try:
        chord = parse_chord(label)
    except ValueError:
        return None
    return chord if chord.is_chord else None


def key_choices(key: model.Key | None) -> contract.Keys | None:
    """Write the key of the whole and what else it could be as columns, the key first."""
    if key is None or not key.is_found:
        return None
    names = [key.name, *(name for name, _ in key.alternatives)]
    sure = [key.confidence, *(confidence for _, confidence in key.alternatives)]
    text = [key_text(name) for name in names]
    return {"label": names, "text": text, "confidence": [confidence_or_none(one) for one in sure], "engine": key.engine}


def key_columns(keys: model.Segments | None) -> contract.Spans | None:
    """Write keys over time as columns."""
    return spans_columns(keys, text=key_text)


def notes_columns(notes: model.Notes | None) -> contract.Notes | None:
    """Write notes as columns."""
    if notes is None:
        return None
    return {
        "onset_s": seconds(notes.onset_s),
        "offset_s": seconds(notes.offset_s),
        "pitch": [_whole_if_it_is(pitch) for pitch in np.round(notes.pitch, 2).tolist()],
        "velocity": np.round(np.clip(np.nan_to_num(notes.velocity, nan=0.63), 0.0, 1.0), 3).tolist(),
        "confidence": confidences(notes.confidence),
        "engine": notes.engine,
        "shapes": _shapes(notes),
    }


def _shapes(notes: model.Notes) -> contract.Shapes | None:
    if not notes.has_shapes:
        return None
    return {
        "glide_semitones": np.round(notes.glide_semitones, 2).tolist(),
        "glide_s": np.round(notes.glide_s, 3).tolist(),
        "vibrato_hz": np.round(notes.vibrato_hz, 2).tolist(),
        "vibrato_semitones": np.round(notes.vibrato_semitones, 2).tolist(),
    }


def curve_columns(track: model.F0 | None) -> contract.F0 | None:
    """Write an f0 track as an even curve of fractional MIDI pitches."""
    if track is None or len(track) == 0:
        return None
    step_s = float(np.median(np.diff(track.time_s))) if len(track) > 1 else _CURVE_S
    thin = max(1, int(_CURVE_S / step_s + 0.01), math.ceil(len(track) / _MOST_POINTS)) if step_s > 0 else 1
    hop_s = step_s * thin
    start_s = float(track.time_s[0])
    count = round((float(track.time_s[-1]) - start_s) / hop_s) + 1
    # the engine's own grid is even but for joints between pieces, so the nearest frame is the frame
    at = np.searchsorted(track.time_s, start_s + np.arange(count) * hop_s - 0.5 * step_s).clip(0, len(track) - 1)
    f0_hz = np.asarray(track.f0_hz, dtype=np.float64)[at]
    voiced = np.isfinite(f0_hz) & (f0_hz > 0)
    sure = np.nan_to_num(np.asarray(track.voicing, dtype=np.float64)[at], nan=1.0)
    midi = np.round(69.0 + 12.0 * np.log2(np.where(voiced, f0_hz, 440.0) / 440.0), 2)
    return {
        "hop_s": hop_s,
        "start_s": round(start_s, _TIME_DIGITS),
        "midi": [value if is_voiced else None for value, is_voiced in zip(midi.tolist(), voiced.tolist(), strict=True)],
        "voicing": base64.b64encode(np.rint(255 * np.clip(sure, 0.0, 1.0)).astype(np.uint8).tobytes()).decode("ascii"),
        "engine": track.engine,
    }


def confidence_or_none(confidence: float) -> float | None:
    """Round a confidence; None when the engine cannot tell."""
    return round(float(confidence), 3) if math.isfinite(confidence) else None


def seconds(times_s: FloatArray) -> list[float]:
    """Round times."""
    return [float(time) for time in np.round(np.asarray(times_s, dtype=np.float64), _TIME_DIGITS).tolist()]


def confidences(values: FloatArray) -> list[float | None]:
    """Round confidences; None where the engine cannot tell."""
    return [confidence_or_none(value) for value in np.asarray(values, dtype=np.float64).tolist()]


def _whole_if_it_is(value: float) -> float:
    return int(value) if value == int(value) else value
