"""What a production changes of the truth, table by table."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.knowledge.model import Beats
from hexachord.processing.effects.chain import Chain, Step
from hexachord.processing.effects.levels import fade, gain_curve, silence_gaps
from hexachord.rendering.labels import heard_spans, labelled, local_tempo
from hexachord.rendering.model import LocalTempo, Take
from hexachord.rendering.presence import FAMILIES, family_of, presence, sounding_program
from hexachord.rendering.producing import plain_production
from hexachord.rendering.production import PartSound
from hexachord.synthesis.model import Stroke, Track


def spans(*steps: Step) -> list[tuple[float, float]]:
    found = heard_spans([Chain(name="", steps=steps)], duration_s=10.0)
    assert found is not None
    return [(round(start, 2), round(end, 2)) for start, end in zip(found.start_s, found.end_s, strict=True)]


def test_short_holes_are_dropouts_and_long_ones_silence() -> None:
    assert spans(silence_gaps.step(start_s=(2.0, 5.0, 7.0), end_s=(2.03, 6.0, 7.1))) == [(0.0, 5.0), (6.0, 10.0)]
    assert spans(silence_gaps.step(start_s=(2.0,), end_s=(2.03,))) == [(0.0, 10.0)]
    assert spans(gain_curve.step(time_s=(0.0,), gain_db=(-120.0,))) == []
    assert spans(fade.step(in_s=1.0, out_s=2.0)) == [(0.01, 9.99)]
    assert heard_spans([Chain(name="", steps=())], duration_s=10.0) is None


def test_local_tempo_holds_from_beat_to_beat() -> None:
    tempo = local_tempo(Beats(time_s=np.array([1.0, 1.5, 2.5]), position=np.array([1, 2, 3])))
    assert tempo is not None
    assert tempo.at(np.array([0.0, 1.2, 1.5, 9.0])).tolist() == [120.0, 120.0, 60.0, 60.0]
    assert local_tempo(Beats(time_s=np.array([1.0]), position=np.array([1]))) is None
    with pytest.raises(ValueError, match="2 times"):
        LocalTempo(time_s=np.array([0.0, 1.0]), bpm=np.array([60.0]))


def test_every_stroke_is_in_its_tracks_presence(takes: list[Take]) -> None:
    for take in takes[:40]:
        shown = labelled(take, plain_production(take, origin="font/fluid_r3")).presence
        assert shown is not None
        assert (np.diff(shown.start_s) >= 0).all()
        assert set(shown.family) <= set(FAMILIES)
        for index, track in enumerate(take.tracks):
            mine = shown.track == index
            start, end = shown.start_s[mine], shown.end_s[mine]
            assert (start[1:] - end[:-1] >= 1.0 - 1e-9).all()
            onset = np.array([stroke.onset_s for stroke in track.strokes])
            row = np.searchsorted(start, onset, side="right") - 1
            assert (row >= 0).all()
            assert (np.array([stroke.release_s for stroke in track.strokes]) <= end[row] + 1e-9).all()


def test_a_synthesizer_by_name_is_what_is_heard() -> None:
    trumpet = PartSound(origin="synthesizer/Trumpet", program=0)
    assert family_of(sounding_program(trumpet)) == "brass"
    tune = Track(strokes=(Stroke(0.5, 1.0, 60, 90),))
    assert presence((tune,), ("lead",), (trumpet,)).family == ("brass",)
    assert presence((replace(tune, strokes=()),), ("lead",), (trumpet,)).family == ()
