"""The labels of one rendered song as a line of JSON: the truth as `Knowledge` writes it, and what only the data engine knows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hexachord.errors import InputError
from hexachord.knowledge.json_format import from_plain, to_plain
from hexachord.knowledge.model import Events, Knowledge, Segments
from hexachord.rendering.sound import Rendered


@dataclass(frozen=True, kw_only=True, eq=False)
class Labels:
    """All that is known about a song of a cache; times in seconds from its start.

    Attributes
    ----------
    index : number of the song in its recipe
    id, seed, genre, origins, swing, metres, drums, pedal : as in `hexachord.rendering.model.Take`
    kind : of the take (``band``, ``piano``, ...)
    truth : beats, chords, key, sections, notes, melody ... as they sound; None where a source does not say
    roles : what each track of the take does, in order; ``production["parts"]`` has the same order
    notes : how the take was made, in words
    production : how it was made to sound, as `hexachord.rendering.production.Production.to_json` tells it
    """

    index: int
    id: str
    seed: int
    truth: Knowledge
    kind: str = ""
    genre: str = ""
    metres: Segments | None = None
    drums: Events | None = None
    pedal: Segments | None = None
    swing: float = 0.5
    origins: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    production: Mapping[str, Any] = field(default_factory=dict)


def labels_of(rendered: Rendered, *, index: int) -> Labels:
    """Gather the labels of a rendered take."""
    take = rendered.take
    return Labels(
        index=index,
        id=take.id,
        seed=take.seed,
        truth=take.truth,
        kind=take.notes.get("kind", ""),
        genre=take.genre,
        metres=take.metres,
        drums=take.drums,
        pedal=take.pedal,
        swing=take.swing,
        origins=take.origins,
        roles=take.roles,
        notes=take.notes,
        production=rendered.production.to_json(),
    )


def labels_to_line(labels: Labels) -> str:
    """Write labels as one line of JSON, exact to the last bit."""
    plain = to_plain(replace(labels, production={})) | {"production": labels.production}
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def labels_from_line(line: str | bytes, *, source: str = "labels") -> Labels:
    """Read labels back.

    Raises
    ------
    InputError : if the line is not what `labels_to_line` writes; `source` names it.
    """
    try:
        plain = json.loads(line)
        production = plain.pop("production")
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(source, found=f"no labels ({error})", expected="a line of labels written by hexachord") from error
    labels = from_plain(Labels, plain, source=source)
    assert isinstance(labels, Labels)
    return replace(labels, production=production)
