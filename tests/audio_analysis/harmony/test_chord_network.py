"""The chord network and its decoder, on chroma whose chords are known."""

import numpy as np
import pytest

from hexachord.audio_analysis.harmony.chord_hearing import BLOCK_FRAMES, STATES, chord_chances, shown
from hexachord.audio_analysis.harmony.chord_network import LEAST_SECOND, ChordDecoding, chords_from_network, destinations
from hexachord.audio_analysis.harmony.key_decoding import key_from_chord_context
from hexachord.audio_analysis.harmony.vocabulary import QUALITIES
from hexachord.knowledge import Beats, Key
from hexachord.models.networks import log_softmax
from hexachord.theory.chord_labels import parse_chord

HOP_S = 0.0929
IN_C = Key(tonic="C", mode="major", confidence=1.0)
PROGRESSION = ["C:maj", "A:min7", "F:maj7", "G:7"] * 4 + ["C:maj"]


def chroma_of(labels, *, frames=22, noise=0.03, seed=0):
    """Treble and bass chroma of a progression: each chord's notes above with a little of their fifths, its bass below."""
    random = np.random.default_rng(seed)
    treble, bass = [], []
    for label in labels:
        above, below = np.zeros(12), np.zeros(12)
        chord = parse_chord(label)
        if chord.is_chord:
            tones = list(chord.pitch_classes())
            above[tones] = 1.0
            above += 0.2 * np.roll(above, 7)
            below[(chord.root + chord.bass) % 12] = 1.0
        treble.append(np.tile(above, (frames, 1)))
        bass.append(np.tile(below, (frames, 1)))
    treble, bass = np.concatenate(treble), np.concatenate(bass)
    return tuple((part + noise * random.random(part.shape)).astype(np.float32) for part in (treble, bass))


def named(labels, *, beats=None, **options):
    treble, bass = chroma_of(labels, **options)
    return chords_from_network(treble, bass, hop_s=HOP_S, start_s=0.0, beats=beats, key=IN_C)


def test_a_progression_is_read_with_its_sevenths_and_its_boundaries():
    chords = named(PROGRESSION)
    assert [label.split("/")[0] for label in chords.label] == PROGRESSION
    assert np.abs(chords.start_s - 22 * HOP_S * np.arange(len(PROGRESSION))).max() < 0.3
    assert chords.start_s[0] == 0.0
    assert chords.end_s[-1] == pytest.approx(22 * HOP_S * len(PROGRESSION))
    assert np.array_equal(chords.start_s[1:], chords.end_s[:-1])
    assert ((chords.confidence > 0.2) & (chords.confidence <= 1.0)).all()


def test_beats_say_where_chords_may_change():
    beats = Beats(time_s=0.05 + 22 * HOP_S / 4 * np.arange(68), position=np.arange(68) % 4 + 1)
    chords = named(PROGRESSION, beats=beats)
    inner = chords.start_s[1:]
    assert np.abs(inner[:, None] - beats.time_s[None, :]).min(axis=1).max() < 1e-6
    assert [label.split("/")[0] for label in chords.label] == PROGRESSION


@pytest.mark.parametrize("step", [1, 6])
def test_transposed_music_has_transposed_chances(step):
    treble, bass = chroma_of(PROGRESSION)
    here = chord_chances(treble, bass)
    there = chord_chances(np.roll(treble, step, axis=1), np.roll(bass, step, axis=1))
    moved = np.roll(here.state[:, :-1], step * len(QUALITIES), axis=1)
    assert np.abs(np.exp(moved) - np.exp(there.state[:, :-1])).max() < 1e-3
    assert np.abs(np.roll(np.exp(here.bass[:, :12]), step, axis=1) - np.exp(there.bass[:, :12])).max() < 1e-3


def test_an_inversion_is_told_by_its_bass():
    chords = named(["C:maj", "F:maj", "C:maj/3", "F:maj", "G:maj", "C:maj"] * 3)
    assert "C:maj/3" in chords.label
    assert "F:maj/3" not in chords.label


def test_the_second_choice_is_the_likeliest_other_chord():
    treble, bass = chroma_of(["C:maj", "F:maj", "G:7"] * 4)
    chords = chords_from_network(treble, bass, hop_s=HOP_S, start_s=0.0, beats=None, key=IN_C)
    assert len(chords.second) == len(chords)
    assert all(one != other for one, other in zip(chords.label, chords.second, strict=True))
    named = [row for row, label in enumerate(chords.second) if label]
    assert len(named) >= 6
    assert ((chords.second_confidence[named] >= LEAST_SECOND) & (chords.second_confidence[named] <= 1.0)).all()
    # what stands for the second choice is what the network says of it
    state = np.exp(chord_chances(treble, bass).state.astype(np.float64))
    row = named[len(named) // 2]
    first, last = (round(float(time) / HOP_S) for time in (chords.start_s[row], chords.end_s[row]))
    two_best = np.sort(state[first:last].mean(axis=0))[-2:]
    assert sorted([chords.second_confidence[row], chords.confidence[row]]) == pytest.approx(
        two_best.tolist(), abs=0.06
    )  # to a frame at either end


def test_between_two_chords_the_second_choice_is_the_other():
    """C, and C with A in the bass: the more of A, the nearer A minor comes, until it is the answer and C the second choice."""
    major, minor = chroma_of(["C:maj"] * 4), chroma_of(["A:min7"] * 4)
    nearly = []
    for share in (0.0, *np.linspace(0.4, 0.8, 9), 1.0):
        treble, bass = ((1 - share) * one + share * other for one, other in zip(major, minor, strict=True))
        chords = chords_from_network(treble, bass, hop_s=HOP_S, start_s=0.0, beats=None, key=IN_C)
        row = int(np.argmax(chords.end_s - chords.start_s))
        nearly.append(np.nan_to_num(chords.second_confidence[row]) / chords.confidence[row])
        if chords.close[row]:
            assert {label[0] for label in (chords.label[row], chords.second[row])} <= {"C", "A"}
    assert max(nearly[1:-1]) > 2 / 3
    assert nearly[0] < 0.5
    assert nearly[-1] < 0.5


def test_silence_is_no_chord_and_an_instant_has_none():
    nothing = np.zeros((200, 12), dtype=np.float32)
    silence = chords_from_network(nothing, nothing, hop_s=HOP_S, start_s=0.0, beats=None, key=IN_C)
    assert (silence.label, silence.second, np.isnan(silence.second_confidence).all()) == (("N",), ("",), True)
    assert len(chords_from_network(nothing[:2], nothing[:2], hop_s=HOP_S, start_s=0.0, beats=None, key=IN_C)) == 0


def test_a_long_piece_is_heard_in_blocks_as_a_short_one_is():
    count = BLOCK_FRAMES // 22 + 40
    long = named((PROGRESSION[:4] * (count // 4 + 1))[:count])
    right = sum(label.split("/")[0] in PROGRESSION for label in long.label)
    assert right >= 0.98 * len(long)
    assert abs(len(long) - count) <= 0.05 * count


def test_finer_chroma_is_averaged_to_the_networks_grid():
    treble, bass = (np.repeat(part, 4, axis=0) for part in chroma_of(PROGRESSION))
    chords = chords_from_network(treble, bass, hop_s=HOP_S / 4, start_s=3.0, beats=None, key=IN_C)
    assert [label.split("/")[0] for label in chords.label] == PROGRESSION
    assert chords.start_s[0] == 3.0


def test_the_decoder_may_be_told_to_doubt_chords():
    treble, bass = chroma_of(["C:maj"] * 4, noise=1.2)
    sure = chords_from_network(treble, bass, hop_s=HOP_S, start_s=0.0, beats=None, key=IN_C, decoding=ChordDecoding(none_cost=-50.0))
    assert sure.label == ("N",)


def test_tables_and_chances_are_chances():
    going = np.exp(destinations())
    assert going.shape == (STATES, STATES)
    np.testing.assert_allclose(going.sum(axis=1), 1.0, atol=1e-5)
    treble, bass = chroma_of(PROGRESSION)
    said = chord_chances(treble, bass)
    np.testing.assert_allclose(np.exp(said.state).sum(axis=1), 1.0, atol=1e-4)
    np.testing.assert_allclose(np.exp(said.bass).sum(axis=1), 1.0, atol=1e-4)
    assert shown(np.zeros((0, 24))).shape == (0, 48)
    assert log_softmax(np.array([[0.0, 0.0]]))[0] == pytest.approx(-np.log(2.0))


def test_what_the_network_said_is_enough_for_the_key():
    treble, bass = chroma_of(PROGRESSION)
    asked_again = key_from_chord_context(treble, bass=bass, hop_s=HOP_S)
    assert key_from_chord_context(treble, bass=bass, hop_s=HOP_S, said=chord_chances(treble, bass)) == asked_again
    assert asked_again.name == "C major"
