"""The facts of a song in reading order, each with its unit, how sure it is, and what else it could be."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from hexachord.knowledge import model
from hexachord.knowledge.report import clock
from hexachord.knowledge.signatures import time_signature
from hexachord.page.columns import confidence_or_none
from hexachord.page.contract import Choice, Fact, Row
from hexachord.page.spelling import key_text

_MOST_CHOICES = 3
_MINUS = str.maketrans("-", "−")
_MEANINGS = {
    "level": "RMS of what sounds, to full scale",
    "crest": "the highest sample over the RMS of the whole",
    "dynamic_range": "the loud frames (95th percentile) over the soft ones (10th)",
    "zero_crossing_rate": "changes of sign: high in noise and cymbals",
    "spectral_centroid": "the centre of gravity of the spectrum: bright sounds have it high",
    "spectral_spread": "how far the spectrum reaches around its centroid",
    "spectral_skewness": "which side of the centroid the spectrum leans to",
    "spectral_kurtosis": "how peaked the spectrum is around its centroid",
    "spectral_rolloff": "85 % of the magnitude lies below",
    "spectral_flatness": "0 for tones, 1 for noise",
    "spectral_flux": "how much the spectrum changes from frame to frame",
    "spectral_contrast": "peaks over valleys of the spectrum: clear tones have it high",
    "note_count": "notes on the page",
    "notes_per_s": "how busy it is",
    "bars": "bars on the page",
    "parts": "parts of the score",
    "lowest_pitch": "as a MIDI number: 60 is middle C",
    "highest_pitch": "as a MIDI number: 60 is middle C",
    "voices_at_once": "notes that sound together, on average",
    "onset_rate": "events that begin in a second",
    "percussiveness": "the part of the energy that is in strokes",
    "tonal_strength": "0 when all pitch classes sound alike, 1 when only one does",
    "stereo_width": "0 is mono; 0.5 is two channels that have nothing in common",
}


def single_facts(knowledge: model.Knowledge) -> list[Fact]:
    """List the facts that are one value each: tempo, metre, key, tuning, loudness, length, beats and bars, notes.

    Examples
    --------
    >>> facts = single_facts(model.Knowledge(duration_s=75.0, key=model.Key(tonic="Bb", mode="minor", confidence=0.7)))
    >>> [(fact["label"], fact["value"], fact["confidence"]) for fact in facts]
    [('Key', 'B♭ minor', 0.7), ('Length', '1:15.0', 1.0)]
    """
    tellers = (_tempo, _metre, _key, _tuning, _loudness, _length, _beats, _notes, _tags)
    return [fact for tell in tellers for fact in tell(knowledge)]


def played_with(performed: Mapping[str, Any], *, engine: str) -> list[Fact]:
    """Tell which instruments performed a score, from the facts of that step; nothing when it was not performed."""
    if not performed.get("soundfont"):
        return []
    licence = f" ({performed['licence']})" if performed.get("licence") else ""
    return [_fact("soundfont", "Played with", f"{performed['soundfont']}{licence}", "", math.nan, engine)]


def descriptor_rows(knowledge: model.Knowledge) -> list[Row]:
    """List the numbers that describe the sound."""
    rows: list[Row] = []
    for name, found in knowledge.descriptors.items():
        if not math.isfinite(found.value):
            continue
        spread = f" ± {_number(found.std)}" if math.isfinite(found.std) else ""
        meaning = (
            "a coefficient of the spectrum's outline, for machines"
            if name.startswith("mfcc")
            else _MEANINGS.get(name.partition("/")[0], "")
        )
        rows.append(
            {
                "name": name.replace("_", " ").replace("/", ", "),
                "value": _number(found.value) + spread,
                "unit": found.unit,
                "engine": found.engine,
                "meaning": meaning,
            }
        )
    return rows


def _tempo(knowledge: model.Knowledge) -> Iterator[Fact]:
    tempo = knowledge.tempo
    if tempo is not None and tempo.hypotheses and math.isfinite(tempo.bpm):
        others: list[Choice] = [
            {"value": f"{other.bpm:.0f}", "confidence": confidence_or_none(other.confidence)}
            for other in tempo.hypotheses[1 : 1 + _MOST_CHOICES]
        ]
        yield _fact("tempo", "Tempo", f"{tempo.bpm:.0f}", "BPM", tempo.confidence, tempo.engine, others)


def _metre(knowledge: model.Knowledge) -> Iterator[Fact]:
    metre = knowledge.metre
    if metre is not None and not metre.confidence <= 0:  # a confidence of 0 says that nothing was found
        others: list[Choice] = [
            {"value": time_signature(count, metre.beat_type, metre.beat_division), "confidence": confidence_or_none(chance)}
            for count, chance in metre.alternatives[:_MOST_CHOICES]
        ]
        yield _fact("metre", "Metre", metre.signature, "", metre.signature_confidence, metre.engine, others)


def _key(knowledge: model.Knowledge) -> Iterator[Fact]:
    key = knowledge.key
    if key is not None and not key.is_found:
        yield _fact("key", "Key", "none", "", math.nan, key.engine)
    elif key is not None and key.tonic:
        others: list[Choice] = [
            {"value": key_text(name), "confidence": confidence_or_none(chance)} for name, chance in key.alternatives[:_MOST_CHOICES]
        ]
        yield _fact("key", "Key", key_text(key.name), "", key.confidence, key.engine, others)


def _tuning(knowledge: model.Knowledge) -> Iterator[Fact]:
    tuning = knowledge.tuning
    if tuning is not None and math.isfinite(tuning.cents) and tuning.is_found:
        yield _fact("tuning", "Tuning", f"A4 = {tuning.a4_hz:.1f}", "Hz", tuning.confidence, tuning.engine)


def _loudness(knowledge: model.Knowledge) -> Iterator[Fact]:
    loud = knowledge.loudness
    if loud is None:
        return
    measures = (
        ("loudness", "Loudness", loud.integrated_lufs, "LUFS"),
        ("loudness-range", "Loudness range", loud.range_lu, "LU"),
        ("true-peak", "True peak", loud.true_peak_dbtp, "dBTP"),
    )
    for name, label, value, unit in measures:
        if value == -math.inf:
            yield _fact(name, label, "silence", "", 1.0, loud.engine)
        elif math.isfinite(value):
            yield _fact(name, label, f"{value:.1f}".translate(_MINUS), unit, 1.0, loud.engine)


def _length(knowledge: model.Knowledge) -> Iterator[Fact]:
    yield _fact("length", "Length", clock(knowledge.duration_s), "", 1.0, "")


def _beats(knowledge: model.Knowledge) -> Iterator[Fact]:
    beats = knowledge.beats
    if beats is not None and len(beats):
        yield _fact("beats", "Beats", str(len(beats)), "", math.nan, beats.engine)
        if bars := len(beats.downbeats_s):
            yield _fact("bars", "Bars begun", str(bars), "", math.nan, beats.engine)


def _notes(knowledge: model.Knowledge) -> Iterator[Fact]:
    for name, label, notes in (("melody-notes", "Melody", knowledge.melody_notes), ("notes", "Notes", knowledge.notes)):
        if notes is not None:
            yield _fact(name, label, str(len(notes)), "notes" if len(notes) != 1 else "note", math.nan, notes.engine)


def _tags(knowledge: model.Knowledge) -> Iterator[Fact]:
    tags = knowledge.tags
    if tags:
        engines = ", ".join(dict.fromkeys(tag.engine for tag in tags if tag.engine))
        sure = min(tag.confidence for tag in tags)
        yield _fact("tags", "Tags", ", ".join(tag.name for tag in tags), "", sure, engines)


def _fact(name: str, label: str, value: str, unit: str, confidence: float, engine: str, alternatives: list[Choice] | None = None) -> Fact:
    return {
        "id": name,
        "label": label,
        "value": value,
        "unit": unit,
        "confidence": confidence_or_none(confidence),
        "alternatives": alternatives or [],
        "engine": engine,
    }


def _number(value: float) -> str:
    """Four digits, without exponents for the sizes that descriptors have."""
    text = f"{value:.4g}"
    return (f"{value:.0f}" if "e+" in text else text).translate(_MINUS)
