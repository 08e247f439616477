"""Knowledge as JAMS, the JSON annotation format of music research (version 0.3).

Humphrey et al., "JAMS: a JSON annotated music specification for reproducible MIR research", ISMIR 2014. Each observation becomes an
annotation in the namespace that its value belongs to; its `annotation_tools` names the engine. Tempo wants a confidence between 0 and 1,
everything else may leave it null, so "cannot tell" (NaN) is null there and 0 for tempo.
"""

import json
import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from hexachord._version import __version__
from hexachord.files import write_text
from hexachord.knowledge.model import F0, Beats, Events, Knowledge, Metre, Notes, Segments

JAMS_VERSION = "0.3.4"

_DRUM_KEYS = {"kick": 36, "snare": 38, "hihat_closed": 42, "hihat_open": 46, "tom": 45, "ride": 51, "crash": 49}
_CHORD_QUALITIES = "maj|min|dim|aug|1|5|sus2|sus4|maj6|min6|7|maj7|min7|dim7|hdim7|minmaj7|aug7|9|maj9|min9|11|maj11|min11|13|maj13|min13"
_DEGREE = r"[b#]*(?:1[0-3]?|[2-9])"
_DEGREES = rf"\(\*?{_DEGREE}(?:,\*?{_DEGREE})*\)"
_CHORD = re.compile(rf"N|X|[A-G](?:b*|#*)(?::(?:(?:{_CHORD_QUALITIES})(?:{_DEGREES})?|{_DEGREES}))?(?:/{_DEGREE})?")
_MODES = frozenset(["major", "minor", "ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian"])


def save_jams(knowledge: Knowledge, path: str | Path, *, title: str = "", artist: str = "") -> Path:
    """Write knowledge as a ``.jams`` file, atomically; what JAMS cannot hold is named in its sandbox."""
    document = knowledge_to_jams(knowledge, title=title, artist=artist)
    return write_text(path, json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def knowledge_to_jams(knowledge: Knowledge, *, title: str = "", artist: str = "") -> dict[str, Any]:
    """Return the JAMS document as plain data.

    Namespaces: ``tempo``, ``beat``, ``beat_position`` (when beats have positions), ``onset``, ``key_mode`` (whole piece, local keys),
    ``chord``, ``segment_open``, ``pitch_contour`` (melody), ``note_midi`` (melody notes; all notes; drum strokes by their General MIDI
    keys), ``tag_open``. Other readings of the rhythm are further ``beat`` annotations, whose rules say how they stand to the first; what
    else a chord may be is a second ``chord`` annotation. Tuning, loudness, groove and descriptors have no namespace; they stand in the
    sandbox, and how notes glide and swing in that of their annotation.
    """
    annotations = [annotation for make in _WRITERS for annotation in make(knowledge)]
    for annotation in annotations:
        annotation["time"] = 0.0
        annotation["duration"] = knowledge.duration_s
    metadata: dict[str, Any] = {
        "title": title,
        "artist": artist,
        "release": "",
        "duration": knowledge.duration_s,
        "identifiers": {},
        "jams_version": JAMS_VERSION,
    }
    return {"annotations": annotations, "file_metadata": metadata, "sandbox": {"hexachord": _sandbox(knowledge)}}


def validate_jams(document: object) -> None:
    """Check a JAMS document's structure and the values of the namespaces this module writes.

    Raises
    ------
    ValueError : naming the annotation, the row and what is wrong with it.
    """
    if not isinstance(document, dict) or not isinstance(document.get("annotations"), list):
        raise ValueError("a JAMS document is an object with a list of annotations")
    metadata = document.get("file_metadata")
    if not isinstance(metadata, dict) or not _is_time(metadata.get("duration")):
        raise ValueError("file_metadata.duration is missing or no time")
    for i, annotation in enumerate(document["annotations"]):
        place = f"annotations[{i}]"
        for name, kind in (("namespace", str), ("annotation_metadata", dict), ("data", list)):
            if not isinstance(annotation.get(name), kind):
                raise ValueError(f"{place}.{name} is missing or of the wrong type")
        check = _VALUE_CHECKS.get(annotation["namespace"])
        if check is None:
            raise ValueError(f"{place}.namespace is {annotation['namespace']!r}, which is not one of {', '.join(_VALUE_CHECKS)}")
        for row, observation in enumerate(annotation["data"]):
            if set(observation) != {"time", "duration", "value", "confidence"}:
                raise ValueError(f"{place}.data[{row}] has the fields {sorted(observation)}")
            if not _is_time(observation["time"]) or not _is_time(observation["duration"]):
                raise ValueError(f"{place}.data[{row}] has no valid time and duration")
            if not check(observation["value"], observation["confidence"]):
                raise ValueError(f"{place}.data[{row}] ({annotation['namespace']}): {observation['value']!r} is not allowed")


def _annotation(namespace: str, engine: str, data: Iterable[dict[str, Any]], *, rules: str = "", **sandbox: object) -> dict[str, Any]:
    metadata = {
        "curator": {"name": "", "email": ""},
        "annotator": {},
        "version": __version__,
        "corpus": "",
        "annotation_tools": f"hexachord {__version__} {engine}".strip(),
        "annotation_rules": rules,
        "validation": "",
        "data_source": "program",
    }
    return {"namespace": namespace, "annotation_metadata": metadata, "data": list(data), "sandbox": sandbox}


def _row(time_s: float, duration_s: float, value: object, confidence: float | None) -> dict[str, Any]:
    # JAMS knows no time before the start; an engine's first beat may lie a few milliseconds there
    return {"time": max(0.0, float(time_s)), "duration": max(0.0, float(duration_s)), "value": value, "confidence": _confidence(confidence)}


def _confidence(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _tempo(knowledge: Knowledge) -> list[dict[str, Any]]:
    tempo = knowledge.tempo
    if tempo is None:
        return []
    rows = [_row(0.0, knowledge.duration_s, float(h.bpm), h.confidence if math.isfinite(h.confidence) else 0.0) for h in tempo.hypotheses]
    return [_annotation("tempo", tempo.engine, rows, rules="hypotheses, the likeliest first")]


def _beats(knowledge: Knowledge) -> list[dict[str, Any]]:
    beats = knowledge.beats
    if beats is None:
        return []
    rows = [
        _row(time, 0.0, int(position) if position > 0 else None, sure)
        for time, position, sure in zip(beats.time_s, beats.position, beats.confidence, strict=True)
    ]
    annotations = [_annotation("beat", beats.engine, rows)]
    if knowledge.metre is not None and np.any(beats.position > 0):
        annotations.append(_annotation("beat_position", beats.engine, _beat_positions(beats, knowledge.metre)))
    for reading in knowledge.rhythm_readings[1:]:
        columns = zip(reading.beats.time_s, reading.beats.position, strict=True)
        rows = [_row(time, 0.0, int(position) if position > 0 else None, reading.confidence) for time, position in columns]
        rules = f"another reading ({reading.kind}): {reading.bpm:.1f} beats a minute in {reading.signature}"
        annotations.append(_annotation("beat", reading.engine, rows, rules=rules))
    return annotations


def _beat_positions(beats: Beats, metre: Metre) -> Iterable[dict[str, Any]]:
    """Number the bars and count the beats of each; beats without a position cannot be written here.

    JAMS has no dotted values: the two beats of 6/8 are the first and the fourth of six.
    """
    units = 3 if metre.is_compound else 1
    bars = np.cumsum(beats.position == 1)
    bars -= int(bars[0]) if len(bars) else 0  # an upbeat is bar 0, a first downbeat too
    lengths = {int(bar): int(beats.position[bars == bar].max()) for bar in np.unique(bars)}
    for time, position, sure, bar in zip(beats.time_s, beats.position, beats.confidence, bars, strict=True):
        if position > 0:
            count, place = units * lengths[int(bar)], units * (int(position) - 1) + 1
            yield _row(time, 0.0, {"position": place, "measure": int(bar), "num_beats": count, "beat_units": metre.beat_type}, sure)


def _onsets(knowledge: Knowledge) -> list[dict[str, Any]]:
    onsets: Events | None = knowledge.onsets
    if onsets is None:
        return []
    return [_annotation("onset", onsets.engine, [_row(t, 0.0, None, c) for t, c in zip(onsets.time_s, onsets.confidence, strict=True)])]


def _keys(knowledge: Knowledge) -> list[dict[str, Any]]:
    annotations = []
    if (key := knowledge.key) is not None:
        row = _row(0.0, knowledge.duration_s, jams_key(key.name), key.confidence)
        annotations.append(_annotation("key_mode", key.engine, [row], rules="the whole piece"))
    if (local := knowledge.local_keys) is not None:
        annotations.append(_spans("key_mode", local, jams_key, rules="local keys"))
    return annotations


def _chords(knowledge: Knowledge) -> list[dict[str, Any]]:
    chords = knowledge.chords
    if chords is None:
        return []
    annotations = [_spans("chord", chords, jams_chord)]
    if rows := [row for row, label in enumerate(chords.second) if label]:
        some = chords.taken(rows)
        second = Segments(start_s=some.start_s, end_s=some.end_s, label=some.second, confidence=some.second_confidence, engine=some.engine)
        annotations.append(_spans("chord", second, jams_chord, rules="second choices"))
    return annotations


def _sections(knowledge: Knowledge) -> list[dict[str, Any]]:
    return [] if knowledge.sections is None else [_spans("segment_open", knowledge.sections, str)]


def _spans(namespace: str, spans: Segments, value: Callable[[str], str], *, rules: str = "") -> dict[str, Any]:
    columns = zip(spans.start_s, spans.end_s, spans.label, spans.confidence, strict=True)
    rows = [_row(start, end - start, value(label), sure) for start, end, label, sure in columns]
    changed = sorted({label for label in spans.label if value(label) != label and namespace == "chord"})
    extra: dict[str, object] = {"simplified": changed} if changed else {}
    return _annotation(namespace, spans.engine, rows, rules=rules, **extra)


def _melody(knowledge: Knowledge) -> list[dict[str, Any]]:
    annotations = []
    if (melody := knowledge.melody) is not None:
        annotations.append(_annotation("pitch_contour", melody.engine, _contour(melody)))
    if knowledge.melody_notes is not None:
        annotations.append(_notes(knowledge.melody_notes, "the melody"))
    if knowledge.notes is not None:
        annotations.append(_notes(knowledge.notes, "all notes"))
    return annotations


def _contour(melody: F0) -> Iterable[dict[str, Any]]:
    """Write each frame; `index` counts the voiced stretches."""
    voiced = melody.f0_hz > 0
    index = np.cumsum(np.diff(np.concatenate(([False], voiced)).astype(np.int8)) == 1)
    for time, f0_hz, sure, is_voiced, contour in zip(melody.time_s, melody.f0_hz, melody.voicing, voiced, index, strict=True):
        value = {"index": max(0, int(contour) - 1), "frequency": float(f0_hz), "voiced": bool(is_voiced)}
        yield _row(time, 0.0, value, sure)


def _notes(notes: Notes, rules: str) -> dict[str, Any]:
    columns = zip(notes.onset_s, notes.offset_s, notes.pitch, notes.confidence, strict=True)
    rows = [_row(onset, offset - onset, float(pitch), sure) for onset, offset, pitch, sure in columns]
    shapes = ("glide_semitones", "glide_s", "vibrato_hz", "vibrato_semitones") if notes.has_shapes else ()
    extra = {name: getattr(notes, name).tolist() for name in shapes}
    return _annotation("note_midi", notes.engine, rows, rules=rules, velocity=[_confidence(v) for v in notes.velocity], **extra)


def _drums(knowledge: Knowledge) -> list[dict[str, Any]]:
    drums = knowledge.drums
    if drums is None:
        return []
    columns = zip(drums.time_s, drums.label, drums.confidence, strict=True)
    rows = [_row(time, 0.0, _DRUM_KEYS[label], sure) for time, label, sure in columns]
    loud = [_confidence(velocity) for velocity in drums.velocity]
    return [_annotation("note_midi", drums.engine, rows, rules="drums, by General MIDI keys", velocity=loud, labels=list(drums.label))]


def _tags(knowledge: Knowledge) -> list[dict[str, Any]]:
    if not knowledge.tags:
        return []
    engines = ", ".join(sorted({tag.engine for tag in knowledge.tags if tag.engine}))
    return [_annotation("tag_open", engines, [_row(0.0, knowledge.duration_s, tag.name, tag.confidence) for tag in knowledge.tags])]


_WRITERS: tuple[Callable[[Knowledge], list[dict[str, Any]]], ...] = (
    _tempo,
    _beats,
    _onsets,
    _keys,
    _chords,
    _sections,
    _melody,
    _drums,
    _tags,
)


def jams_key(name: str) -> str:
    """Turn ``C# minor`` into JAMS's ``C#:minor``; no key is ``N``.

    Examples
    --------
    >>> jams_key("Bb major"), jams_key("N")
    ('Bb:major', 'N')
    """
    tonic, _, mode = name.partition(" ")
    if not re.fullmatch("[A-G][b#]?", tonic):
        return "N"
    return f"{tonic}:{mode}" if mode in _MODES else tonic


def jams_chord(label: str) -> str:
    """Return a Harte label within JAMS's grammar, or the nearest within it: a quality it does not know is dropped.

    Examples
    --------
    >>> jams_chord("C:min7/b3"), jams_chord("C:maj7(#11)"), jams_chord("C:quartal")
    ('C:min7/b3', 'C:maj7(#11)', 'C')
    """
    if _CHORD.fullmatch(label):
        return label
    root = re.match("[A-G](?:b+|#+)?", label)
    return root.group() if root else "X"


def _sandbox(knowledge: Knowledge) -> dict[str, Any]:
    from hexachord.knowledge.json_format import to_plain

    names = ("tuning", "loudness", "groove", "descriptors", "metre", "skipped", "provenance")
    return {name: to_plain(value) for name in names if (value := getattr(knowledge, name))}


def _is_time(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 and math.isfinite(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_beat_position(value: object, _: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"position", "measure", "num_beats", "beat_units"}
        and value["position"] >= 1
        and value["measure"] >= 0
        and value["num_beats"] >= 1
        and value["beat_units"] in (1, 2, 4, 8, 16, 32, 64, 128, 256)
    )


def _is_contour(value: object, _: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("index"), int)
        and _is_number(value.get("frequency"))
        and value["frequency"] >= 0
        and isinstance(value.get("voiced"), bool)
    )


_VALUE_CHECKS: dict[str, Callable[[Any, Any], bool]] = {
    "tempo": lambda value, sure: _is_number(value) and value >= 0 and _is_number(sure) and 0 <= sure <= 1,
    "beat": lambda value, _: value is None or _is_number(value),
    "beat_position": _is_beat_position,
    "onset": lambda value, _: True,
    "key_mode": lambda value, _: bool(re.fullmatch(rf"N|[A-G][b#]?(:({'|'.join(sorted(_MODES))}))?", value)),
    "chord": lambda value, _: isinstance(value, str) and bool(_CHORD.fullmatch(value)),
    "segment_open": lambda value, _: isinstance(value, str),
    "pitch_contour": _is_contour,
    "note_midi": lambda value, _: _is_number(value),
    "tag_open": lambda value, _: isinstance(value, str),
}
