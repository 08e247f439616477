import numpy as np
import pytest

from hexachord.audio_analysis.harmony import estimate_chords
from hexachord.audio_analysis.harmony.templates import chord_templates
from hexachord.knowledge import Beats, Key

HOP_S = 0.1


def chroma(chords: list[int], *, frames: int = 20, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return chord_templates(no_chord=True)[np.repeat(chords, frames)] + 0.15 * random.random((frames * len(chords), 12))


def test_triads_are_named_in_the_key() -> None:
    treble = chroma([0, 21, 5, 10])
    chords = estimate_chords(treble, treble, hop_s=HOP_S, key=Key(tonic="F", mode="major"), engine="templates-hmm")
    assert chords.label == ("C:maj", "A:min", "F:maj", "Bb:maj")
    np.testing.assert_allclose(chords.start_s, [0, 2, 4, 6], atol=HOP_S)
    assert chords.end_s[-1] == pytest.approx(8.0)
    assert (chords.confidence > 0.8).all()
    assert chords.engine == "chords/templates-hmm"


def test_silence_and_noise_have_no_chord() -> None:
    treble = np.concatenate([chroma([0]), np.zeros((20, 12)), chroma([7], seed=1)])
    chords = estimate_chords(treble, treble, hop_s=HOP_S, engine="templates-hmm")
    assert chords.label == ("C:maj", "N", "G:maj")
    assert chords.confidence[1] == 1.0
    assert chords.second[1] == ""


def test_the_runner_up_is_the_second_choice_but_never_close() -> None:
    treble = chroma([0, 5])
    treble[:20, 9] += 0.9  # the sixth: C E G A
    chords = estimate_chords(treble, treble, hop_s=HOP_S, key=Key(tonic="C", mode="major"), engine="templates-hmm")
    assert {chords.label[0], chords.second[0]} == {"C:maj", "A:min"}
    assert np.isnan(chords.second_confidence).all()
    assert not chords.close.any()


def test_chords_change_on_beats() -> None:
    treble = chroma([0, 7, 9], frames=21)
    beats = Beats(time_s=np.arange(0.0, 6.3, 0.5), position=np.arange(13) % 4 + 1)
    chords = estimate_chords(treble, treble, hop_s=HOP_S, start_s=0.0, beats=beats, engine="templates-hmm")
    assert chords.label == ("C:maj", "G:maj", "A:maj")
    assert np.isin(chords.start_s, beats.time_s).all()
