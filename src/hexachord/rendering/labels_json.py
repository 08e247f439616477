"""A take and its production as JSON, exact to the last bit: what stands beside a rendered sound on disk.

The truth is Knowledge's own document; the other tables follow the same rules (columns are lists, what is not known is absent). Strokes and
controls are left out unless they are asked for: the notes of the truth are the strokes.
"""

import json
from typing import Any

import numpy as np

from hexachord.errors import InputError
from hexachord.knowledge.json_format import from_plain, knowledge_document, knowledge_from_plain, to_plain
from hexachord.knowledge.model import Events, Segments
from hexachord.rendering.model import LocalTempo, Presence, Take
from hexachord.rendering.production import Production, production_from_json
from hexachord.synthesis.model import Curve, Stroke, Track

FORMAT = "hexachord-take"
SCHEMA_VERSION = 1
_TABLES: dict[str, type] = {
    "metres": Segments,
    "drums": Events,
    "pedal": Segments,
    "presence": Presence,
    "local_tempo": LocalTempo,
    "heard": Segments,
}


def labels_to_json(take: Take, production: Production | None = None, *, strokes: bool = False) -> str:
    """Write a take's labels, and how it was made to sound, as one line of JSON.

    Parameters
    ----------
    strokes : write the strokes and controls of each track as well, so that it can be played again
    """
    return json.dumps(labels_document(take, production, strokes=strokes), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def labels_from_json(text: str | bytes, *, source: str = "labels") -> tuple[Take, Production | None]:
    """Read what `labels_to_json` wrote; tracks have no strokes where none were written.

    Raises
    ------
    InputError : if it is something else.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError(source, found=f"no valid JSON ({error})", expected="labels of a take (written by hexachord)") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT or document.get("schema_version") != SCHEMA_VERSION:
        raise InputError(source, found="JSON of another kind", expected=f'"format": "{FORMAT}", "schema_version": {SCHEMA_VERSION}')
    made = document.get("production")
    return take_from_plain(document, source=source), None if made is None else _production(made, source=source)


def labels_document(take: Take, production: Production | None = None, *, strokes: bool = False) -> dict[str, Any]:
    """Return the whole document as plain data."""
    tables = {name: to_plain(getattr(take, name)) for name in _TABLES if getattr(take, name) is not None}
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "id": take.id,
        "seed": take.seed,
        "genre": take.genre,
        "swing": take.swing,
        "origins": list(take.origins),
        "notes": dict(take.notes),
        "roles": list(take.roles),
        "tracks": [_track_to_plain(track, strokes=strokes) for track in take.tracks],
        "truth": knowledge_document(take.truth),
        **tables,
        **({} if production is None else {"production": production.to_json()}),
    }


def take_from_plain(document: dict[str, Any], *, source: str = "labels") -> Take:
    """Read a take from the parsed document.

    Raises
    ------
    InputError : if something is missing or of the wrong kind.
    """
    try:
        return Take(
            id=document["id"],
            seed=document["seed"],
            genre=document["genre"],
            swing=document["swing"],
            origins=tuple(document["origins"]),
            notes=dict(document["notes"]),
            roles=tuple(document["roles"]),
            tracks=tuple(_track_from_plain(plain) for plain in document["tracks"]),
            truth=knowledge_from_plain(document["truth"], source=f"{source} at truth"),
            **{
                name: from_plain(kind, document[name], source=source, path=name) if name in document else None
                for name, kind in _TABLES.items()
            },
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            source, found=f"a take that lacks something ({error})", expected="labels of a take (written by hexachord)"
        ) from error


def _production(document: Any, *, source: str) -> Production:
    try:
        return production_from_json(document)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(source, found=f"a production that does not fit ({error})", expected="what Production.to_json writes") from error


def _track_to_plain(track: Track, *, strokes: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "name": track.name, "program": track.program, "bank": track.bank, "is_percussion": track.is_percussion,
        "volume": track.volume, "pan": track.pan,
    }  # fmt: skip
    if strokes:
        plain["strokes"] = [list(stroke) for stroke in track.strokes]
        plain["controls"] = {str(number): [to_plain(curve.time_s), to_plain(curve.value)] for number, curve in track.controls.items()}
    return plain


def _track_from_plain(plain: dict[str, Any]) -> Track:
    strokes = tuple(Stroke(*row) for row in plain.get("strokes", ()))
    controls = {
        int(number): Curve(np.array(time_s, dtype=np.float64), np.array(value, dtype=np.float64))
        for number, (time_s, value) in plain.get("controls", {}).items()
    }
    return Track(
        **{name: value for name, value in plain.items() if name not in ("strokes", "controls")}, strokes=strokes, controls=controls
    )
