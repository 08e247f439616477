import numpy as np
import pytest
from numpy.testing import assert_allclose

from hexachord.audio_analysis.rhythm.traits import (
    METRES,
    TEMPI_BPM,
    Traits,
    count_evidence,
    local_bpm,
    metre_evidence,
    metre_targets,
    tempo_curve_of,
    tempo_evidence,
    tempo_targets,
    unknown_traits,
)
from hexachord.dsp.metrical import MetricalOptions, decode_beats


def said(*, metre: tuple[int, int] = (4, 2), bpm: float = 120.0, rows: int = 50) -> Traits:
    """A network that is fairly sure."""
    chance = np.full((rows, len(METRES)), 0.02, dtype=np.float32)
    chance[:, METRES.index(metre)] = 1.0 - 0.02 * (len(METRES) - 1)
    return Traits(chance, np.repeat(tempo_targets(np.array([bpm])), rows, axis=0), 0.64)


def test_beats_at_the_named_tempo_are_the_likeliest() -> None:
    traits = said(bpm=120.0)
    score = {bpm: tempo_evidence(traits, np.arange(0.0, 30.0, 60.0 / bpm)) for bpm in (60.0, 80.0, 120.0, 123.0, 240.0)}
    assert max(score, key=score.__getitem__) == 120.0
    assert score[123.0] > score[80.0] + 3
    assert score[60.0] < -5
    assert score[240.0] < -5


def test_tempi_beyond_the_classes_are_worse_the_further_they_are() -> None:
    traits = said(bpm=300.0)
    first, second = (tempo_evidence(traits, np.arange(0.0, 10.0, 60.0 / bpm)) for bpm in (320.0, 400.0))
    assert second < first < tempo_evidence(traits, np.arange(0.0, 10.0, 0.2))


def test_counts_add_up_however_beats_are_divided() -> None:
    evidence = count_evidence(metre_evidence(said(metre=(2, 3))))
    assert max(evidence, key=evidence.__getitem__) == 2
    assert sum(np.exp(value) for value in evidence.values()) == pytest.approx(1.0)


def test_who_says_nothing_prefers_nothing() -> None:
    traits = unknown_traits()
    beats = [np.arange(0.0, 30.0, period) for period in (0.5, 1.0)]
    assert tempo_evidence(traits, beats[0]) == pytest.approx(tempo_evidence(traits, beats[1]))
    assert not tempo_curve_of(traits, weight=3.0).nats.any()


def test_targets() -> None:
    tempi = tempo_targets(np.array([30.0, 100.0, 500.0]))
    assert_allclose(tempi.sum(axis=1), 1.0, rtol=1e-5)
    assert abs(12 * np.log2(TEMPI_BPM[tempi[1].argmax()] / 100.0)) <= 0.5
    assert tempi[2].argmax() == len(TEMPI_BPM) - 1
    classes, known = metre_targets(np.array([-1, 2]))
    assert classes[1, 2] == 1.0
    assert classes.sum() == 1.0
    assert known.tolist() == [False, True]


def test_local_tempo_follows_a_change() -> None:
    beats = np.concatenate([np.arange(0.0, 10.0, 0.5), np.arange(10.0, 20.0, 0.25)])
    bpm = local_bpm(beats)
    assert bpm[3] == pytest.approx(120.0)
    assert bpm[-3] == pytest.approx(240.0)


def test_a_known_tempo_settles_the_level_of_the_decoder() -> None:
    """Impulses every quarter of a second, every second one a little weaker: both 240 and 120 are there."""
    hop_s, beat = 0.02, np.full(2000, 0.02)
    beat[10::25] = 0.9
    beat[22::25] = 0.55
    alone = decode_beats(beat, hop_s=hop_s)
    for bpm in (120.0, 240.0):
        options = MetricalOptions(slowest_bpm=40.0, fastest_bpm=280.0)
        found = decode_beats(beat, hop_s=hop_s, options=options, tempo=tempo_curve_of(said(bpm=bpm, rows=70), weight=3.0))
        assert found is not None
        assert alone is not None
        assert found.tempo_bpm == pytest.approx(bpm, rel=0.05)
