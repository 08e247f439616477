"""A model's words by their JSON form, whichever of the three vocabularies it is."""

import json
from typing import Any

from hexachord.composition.midi_like import MidiLike
from hexachord.composition.remi import Remi
from hexachord.composition.vocabulary import Vocabulary
from hexachord.errors import InputError

AnyVocabulary = Vocabulary | Remi | MidiLike


def vocabulary_from_json(text: str) -> AnyVocabulary:
    """Read what `to_json` of a vocabulary wrote.

    Raises
    ------
    InputError : if it is none.

    Examples
    --------
    >>> vocabulary_from_json(Remi(chords=True).to_json())
    Remi(roles=('piano',), steps=4, max_quarters=8, velocity_bins=16, chords=True)
    """
    try:
        content: dict[str, Any] = json.loads(text)
        name = content.pop("flat", None)
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
        if name == Remi.name:
            return Remi(**values)
        if name == MidiLike.name:
            return MidiLike(**values)
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError("vocabulary", found=f"something else ({error})", expected="the JSON that a model's file keeps") from error
    return Vocabulary.from_json(text)
