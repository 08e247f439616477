"""Labels on disk: what is read is what was written, bit by bit, and nothing else is taken for it."""

import json

import pytest
from bitwise import plain

from hexachord.errors import InputError
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.equalizer import Band, parametric_eq
from hexachord.processing.effects.levels import silence_gaps
from hexachord.rendering.labels import labelled
from hexachord.rendering.labels_json import labels_document, labels_from_json, labels_to_json
from hexachord.rendering.model import Take
from hexachord.rendering.producing import plain_production
from hexachord.rendering.production import Production


def produced(take: Take) -> Production:
    chain = Chain(name="cut", steps=(parametric_eq.step(bands=(Band(kind="peak", frequency_hz=500.0, gain_db=3.0),)),))
    made = plain_production(take, origin="font/fluid_r3")
    gaps = Chain(name="", steps=(silence_gaps.step(start_s=(4.0,), end_s=(6.5,)),))
    return Production(seed=made.seed, taste=made.taste, parts=made.parts, a4_hz=443.7, mix=chain, medium=gaps)


def test_labels_come_back_bit_by_bit(takes: list[Take]) -> None:
    for take in takes[:30]:
        production = produced(take)
        rendered = labelled(take, production)
        again, how = labels_from_json(labels_to_json(rendered, production, strokes=True))
        assert plain(again) == plain(rendered), take.id
        assert how is not None
        assert how.to_json() == json.loads(json.dumps(production.to_json()))


def test_without_strokes_only_they_are_missing(takes: list[Take]) -> None:
    take = takes[0]
    full, short = labels_to_json(take, strokes=True), labels_to_json(take)
    assert len(short) < len(full)
    again, how = labels_from_json(short)
    assert how is None
    assert [track.program for track in again.tracks] == [track.program for track in take.tracks]
    assert not any(track.strokes for track in again.tracks)
    assert plain(again.truth) == plain(take.truth)


def test_other_json_is_refused(takes: list[Take]) -> None:
    with pytest.raises(InputError, match="another kind"):
        labels_from_json('{"format": "hexachord-knowledge"}')
    with pytest.raises(InputError, match="no valid JSON"):
        labels_from_json("{")
    document = labels_document(takes[0])
    del document["truth"]
    with pytest.raises(InputError, match="truth"):
        labels_from_json(json.dumps(document))
