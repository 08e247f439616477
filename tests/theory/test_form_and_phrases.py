"""Phrases, motifs, cadences, texture and form of written music."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hexachord.score.builtin import builtin_score
from hexachord.score.notes import note_array
from hexachord.theory.cadences import KINDS, cadence_kind
from hexachord.theory.motifs import find_motifs, repeated_share
from hexachord.theory.phrases import boundary_strength, phrase_starts, top_line
from hexachord.theory.score_form import bar_similarity, find_form
from hexachord.theory.texture import Ambitus, ambitus, bar_densities, bar_textures, voices_that_can_sing


def test_a_rest_ends_a_phrase() -> None:
    onset = np.array([0, 1, 2, 3, 6, 7, 8, 9, 13, 14, 15, 16], dtype=float)
    length = np.ones(12)
    pitch = np.array([60, 62, 64, 65, 67, 65, 64, 62, 60, 62, 64, 60])
    assert phrase_starts(onset, onset + length, pitch).tolist() == [0, 4, 8]


@given(st.integers(-20, 20), st.floats(0.25, 4.0))
def test_phrases_know_no_key_and_no_tempo(shift: int, slower: float) -> None:
    rng = np.random.default_rng(4)
    gap = rng.choice([0.5, 1.0, 3.0], 40)
    onset, pitch = np.cumsum(gap), rng.integers(55, 75, 40)
    strength = boundary_strength(onset, onset + 0.4, pitch)
    assert boundary_strength(onset * slower, (onset + 0.4) * slower, pitch + shift) == pytest.approx(strength)
    assert strength.min() >= 0
    assert strength.max() <= 1 + 1e-9


def test_the_invention_is_made_of_its_motif() -> None:
    notes = note_array(builtin_score("bach-invention-4"))
    upper = notes[notes["staff"] == 1]
    line = upper[top_line(upper["onset_tick"], upper["pitch"])]
    motifs = find_motifs(line["onset_quarter"], line["pitch"])
    assert motifs[0].times >= 3
    assert motifs[0].notes >= 4
    rng = np.random.default_rng(0)
    shuffled = rng.permutation(line["pitch"])
    assert repeated_share(line["onset_quarter"], line["pitch"], notes=6) > repeated_share(line["onset_quarter"], shuffled, notes=6) + 0.1


def test_motifs_do_not_overlap() -> None:
    motifs = find_motifs(np.arange(64.0), np.tile([60, 64, 62, 67], 16))
    taken = [place for motif in motifs for start in motif.starts for place in range(start, start + motif.notes)]
    assert len(taken) == len(set(taken))
    assert motifs[0].times * motifs[0].notes > 48


@pytest.mark.parametrize(
    ("pair", "kind"),
    [
        (("V", "I"), "perfect authentic"),
        (("V7", "i"), "perfect authentic"),
        (("V43", "I"), "imperfect authentic"),
        (("viio7", "i"), "imperfect authentic"),
        (("V7", "I6"), "imperfect authentic"),
        (("iv", "i"), "plagal"),
        (("V7", "VI"), "deceptive"),
        (("IV", "V"), "half"),
        (("V7/V", "V"), ""),
        (("bVII", "I"), ""),
        (("N", "I"), ""),
    ],
)
def test_kinds_of_cadences(pair: tuple[str, str], kind: str) -> None:
    assert cadence_kind(*pair) == kind
    assert kind in (*KINDS, "")


def test_form_of_a_song_form() -> None:
    rng = np.random.default_rng(2)
    verse, bridge = rng.integers(60, 72, 64), rng.integers(48, 60, 64)
    pitch = np.concatenate([verse, verse, bridge, verse])
    onset = np.arange(256) * 0.5
    lines = np.arange(0, 129, 4.0)
    form = find_form(onset, onset + 0.5, pitch, bar_lines=lines)
    assert 16 in form.starts
    assert 24 in form.starts
    at = {int(start): label for start, label in zip(form.starts, form.labels, strict=True)}
    assert at[24] == at[0] != at[16]
    moved = find_form(onset[:192], onset[:192] + 0.5, np.concatenate([verse, bridge, verse + 2]), bar_lines=lines[:25])
    assert moved.labels[0] == moved.labels[-1]


def test_bars_are_like_themselves() -> None:
    notes = note_array(builtin_score("six-small-notes"), percussion=False)
    lines = np.arange(0.0, notes["onset_quarter"].max() + 4, 4)
    alike = bar_similarity(notes["onset_quarter"], notes["onset_quarter"] + notes["duration_quarter"], notes["pitch"], bar_lines=lines)
    np.testing.assert_allclose(alike, alike.T, atol=1e-9)
    assert (alike.diagonal() >= alike.max(axis=1) - 1e-9).all()


def test_little_music_is_one_section() -> None:
    assert find_form(np.zeros(1), np.ones(1), np.array([60]), bar_lines=np.array([0.0, 4.0])).labels == ("A",)


def test_textures() -> None:
    lines = np.array([0.0, 4.0, 8.0])
    voices = np.arange(8) * 1.0
    chords = np.repeat(voices, 3)
    assert bar_textures(voices, voices + 1, np.full(8, 60), bar_lines=lines) == ("monophonic",) * 2
    assert bar_textures(chords, chords + 1, np.tile([60, 64, 67], 8), bar_lines=lines) == ("chordal",) * 2
    tune = np.concatenate([np.arange(0, 8, 0.5), [0, 0, 4, 4]])
    held = np.concatenate([np.full(16, 0.5), np.full(4, 4.0)])
    pitch = np.concatenate([np.full(16, 72), [48, 55, 48, 55]])
    assert bar_textures(tune, tune + held, pitch, bar_lines=lines) == ("melody and accompaniment",) * 2
    assert bar_textures(np.zeros(0), np.zeros(0), np.zeros(0), bar_lines=lines) == ("silent",) * 2
    assert bar_densities(chords, bar_lines=lines).tolist() == [12.0, 12.0]


def test_ambitus_and_who_can_sing_it() -> None:
    found = ambitus(np.array([40, 48, 50, 60]), np.array([0.1, 2.0, 2.0, 0.1]))
    assert found == Ambitus(40, 60, 48, 50)
    assert found.semitones == 20
    assert voices_that_can_sing(found) == ("bass",)
    assert voices_that_can_sing(Ambitus(30, 90, 50, 60)) == ()
    assert ambitus(np.zeros(0, dtype=int), np.zeros(0)) is None
