import numpy as np
import pytest

from hexachord.audio_analysis.structure.form_features import CHROMA, WINDOW_MOMENTS, form_features, moment_edges, transposed
from hexachord.audio_analysis.structure.functions import FUNCTIONS, function_of
from hexachord.audio_analysis.structure.grouping import group_sections
from hexachord.audio_analysis.structure.section_network import (
    FormChances,
    SectionPicking,
    functions_of,
    pick_beginnings,
    sections_from_network,
)
from hexachord.models.networks import Network

HOP_S = 0.1
PARTS = {"A": [0, 9, 5, 7, 0, 4, 5, 7], "B": [1, 11, 6, 8, 3, 10, 8, 6], "C": [2, 11, 4, 1, 9, 6, 2, 4]}


def song(form, *, up=0, seed=0):
    """Chroma (frames, 24): each part is eight chords of 2.5 s."""
    rows = []
    for root in (root for part in form for root in PARTS[part]):
        chord = np.zeros(24)
        chord[[12 + (root + up + step) % 12 for step in (0, 4, 7)]] = 1.0
        chord[(root + up) % 12] = 1.0
        rows.append(np.tile(chord, (25, 1)))
    chroma = np.concatenate(rows)
    noise = 0.1 * np.random.default_rng(seed).random(chroma.shape)
    return chroma + np.roll(noise.reshape(-1, 2, 12), up, axis=2).reshape(-1, 24)


class StubSession:
    """A network that begins a section every 40 moments, of functions in turn."""

    def __init__(self, *, shift=64, every=40):
        self.shift, self.every = shift, every

    def run(self, outputs, inputs):
        moments = inputs["form"].shape[1]
        at = np.arange(moments) - self.shift
        begins = np.where(at % self.every == 0, 0.9, 0.002).astype(np.float32)
        function = np.full((moments, len(FUNCTIONS)), 0.02, dtype=np.float32)
        function[np.arange(moments), np.maximum(at, 0) // self.every % len(FUNCTIONS)] = 0.9
        return [begins[None, :, None], function[None]]


def stub():
    return Network(path="stub", input="form", outputs=("begins", "function"), reach_frames=300, metadata={}, session=StubSession())


def test_another_key_changes_only_the_last_columns():
    here, there = form_features(song("ABA"), hop_s=HOP_S), form_features(song("ABA", up=5), hop_s=HOP_S)
    assert np.abs(here[:, :-CHROMA] - there[:, :-CHROMA]).max() < 1e-3
    assert np.abs(transposed(here, 5) - there).max() < 1e-4
    assert np.abs(here[:, -CHROMA:] - there[:, -CHROMA:]).max() > 0.1


def test_features_of_any_length_are_finite():
    for frames in (1, 3, 40, 500):
        chroma = np.random.default_rng(0).random((frames, 24))
        features = form_features(chroma, hop_s=HOP_S)
        assert len(features) == len(moment_edges(frames, hop_s=HOP_S)) - 1
        assert np.isfinite(features).all()
    assert np.isfinite(form_features(np.zeros((300, 24)), hop_s=HOP_S)).all()


def test_a_long_piece_is_compared_in_windows():
    chroma = np.random.default_rng(1).random((5 * (2 * WINDOW_MOMENTS + 333), 24))
    features = form_features(chroma, hop_s=HOP_S)
    assert len(features) == 2 * WINDOW_MOMENTS + 333
    assert np.isfinite(features).all()
    start = form_features(chroma[: 5 * WINDOW_MOMENTS], hop_s=HOP_S)
    assert np.abs(features[100:110, 8:28] - start[100:110, 8:28]).max() < 0.1  # means differ a little, the music is the same


def test_peaks_are_the_highest_around():
    begins = np.zeros(40)
    begins[[3, 6, 20]] = [0.5, 0.6, 0.15]
    found, sure = pick_beginnings(begins, picking=SectionPicking(least=0.2, reach_moments=5, near_moments=0))
    assert (found.tolist(), sure.round(2).tolist()) == ([6], [0.6])
    assert pick_beginnings(begins, picking=SectionPicking(least=0.1, reach_moments=2, near_moments=0))[0].tolist() == [3, 6, 20]
    assert len(pick_beginnings(np.zeros(0))[0]) == 0


def test_chances_nearby_add_up_and_the_likeliest_moment_is_it():
    begins = np.zeros(40)
    begins[10:15] = [0.12, 0.05, 0.0, 0.03, 0.04]
    picking = SectionPicking(least=0.2, near_moments=2)
    found, sure = pick_beginnings(begins, picking=picking)
    assert (found.tolist(), sure.round(2).tolist()) == ([10], [0.24])
    assert len(pick_beginnings(begins / 2, picking=picking)[0]) == 0
    assert pick_beginnings(np.array([0.9]), picking=picking)[0].tolist() == [0]


def test_functions_are_averaged_over_sections():
    function = np.full((6, len(FUNCTIONS)), 0.1)
    function[:2, 1] = function[2:, 2] = 0.9
    said = FormChances(np.arange(0, 35, 5), np.zeros(6), function)
    found = functions_of(said, np.array([0.0, 10.0, 30.0]))
    assert [FUNCTIONS[row] for row in found.argmax(axis=1)] == ["verse", "chorus"]
    assert np.allclose(found.sum(axis=1), 1.0)


def test_sections_have_letters_and_functions():
    sections = sections_from_network(song("ABAB"), hop_s=HOP_S, network=stub(), picking=SectionPicking(alike_function=0.0))
    assert sections.start_s == pytest.approx([0.0, 20.0, 40.0, 60.0])
    assert sections.label == ("A", "B", "A", "B")
    assert sections.function == ("intro", "verse", "chorus", "bridge")
    assert (sections.function_confidence > 0.8).all()
    assert sections.engine == "sections/network"


def test_the_same_function_makes_more_alike():
    sections = sections_from_network(song("ABAB"), hop_s=HOP_S, network=stub(), picking=SectionPicking(alike_function=1.0))
    assert len(set(sections.label)) == 4  # the stub says of each that it is for something else


def test_nothing_short_and_silent_pieces():
    assert len(sections_from_network(np.zeros((0, 24)), hop_s=HOP_S, network=stub())) == 0
    silent = sections_from_network(np.zeros((300, 24)), hop_s=HOP_S, network=stub())
    assert (silent.label, silent.function) == (("silence",), ("",))
    short = sections_from_network(song("A")[:80], hop_s=HOP_S, network=stub())
    assert (short.label, short.function) == (("A",), ("",))
    quiet = np.zeros((60, 24))
    framed = sections_from_network(np.concatenate([quiet, song("AB"), quiet]), hop_s=HOP_S, network=stub())
    assert framed.label[0] == framed.label[-1] == "silence"
    assert framed.function[0] == framed.function[-1] == ""
    with pytest.raises(ValueError, match="bass and treble"):
        sections_from_network(np.zeros((10, 12)), hop_s=HOP_S, network=stub())


def test_groups_need_likeness():
    alike = np.array([[1.0, 0.1, 0.9], [0.1, 1.0, 0.1], [0.9, 0.1, 1.0]])
    groups = group_sections(alike)
    assert groups[0] == groups[2] != groups[1]
    assert len(group_sections(np.ones((1, 1)))) == 1


def test_words_of_annotators():
    assert function_of("pre-chorus") == function_of("prechorus") == function_of("pre chorus") == "verse"
    assert function_of("chorus b") == "chorus"
    assert function_of("theme") == function_of("") == function_of("silence") == ""
    assert all(function_of(name) == name for name in FUNCTIONS)
