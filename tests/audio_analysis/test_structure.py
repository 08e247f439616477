import numpy as np
import pytest

from hexachord.audio_analysis.structure import find_sections, sections_from_features
from hexachord.audio_analysis.structure.matrices import alignment_similarity, recurrence, similarity
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Beats

HOP_S = 0.1
PARTS = {"A": [0, 9, 5, 7, 0, 4, 5, 7], "B": [1, 11, 6, 8, 3, 10, 8, 6], "C": [2, 11, 4, 1, 9, 6, 2, 4]}


def song(form, *, seed=0, chord_s=2.5, silence_s=0.0):
    """Chroma (frames, 24) of a form: each part is its eight chords, 20 s."""
    random = np.random.default_rng(seed)
    rows = []
    for part in form:
        for root in PARTS[part]:
            chord = np.zeros(24)
            chord[[12 + (root + step) % 12 for step in (0, 4, 7)]] = 1.0
            chord[root] = 1.0
            rows.append(np.tile(chord, (round(chord_s / HOP_S), 1)))
    chroma = np.concatenate(rows)
    chroma += 0.15 * random.random(chroma.shape)
    quiet = 1e-4 * random.random((round(silence_s / HOP_S), 24))
    return np.concatenate([quiet, chroma, quiet])


def test_a_form_is_found():
    sections = sections_from_features(song("ABABCB"), hop_s=HOP_S)
    assert sections.label == ("A", "B", "A", "B", "C", "B")
    assert np.abs(sections.start_s - 20.0 * np.arange(6)).max() <= 3.0
    assert ((sections.confidence >= 0) & (sections.confidence <= 1)).all()
    assert sections.engine == "sections/structure-features"


def test_sections_cover_the_recording():
    chroma = song("ABAC")
    sections = sections_from_features(chroma, hop_s=HOP_S, start_s=3.0)
    assert sections.start_s[0] == 3.0
    assert sections.end_s[-1] == pytest.approx(3.0 + len(chroma) * HOP_S)
    assert np.array_equal(sections.start_s[1:], sections.end_s[:-1])


def test_silence_around_the_music_is_named():
    sections = sections_from_features(song("ABAB", silence_s=5.0), hop_s=HOP_S)
    assert sections.label[0] == sections.label[-1] == "silence"
    assert sections.end_s[0] == pytest.approx(5.0, abs=0.2)
    assert sections.label[1] == "A"


def test_what_never_returns_gets_no_letter_twice():
    random = np.random.default_rng(3)
    blocks = [np.repeat(random.random((8, 24)) ** 4, 25, axis=0) for _ in range(6)]
    labels = sections_from_features(np.concatenate(blocks), hop_s=HOP_S).label
    entries = [label for label, before in zip(labels, ("", *labels), strict=False) if label != before]
    assert len(entries) >= 5
    assert len(set(entries)) == len(entries)


def test_a_short_silence_belongs_to_its_neighbour():
    chroma = song("ABAB", silence_s=1.0)
    sections = sections_from_features(chroma, hop_s=HOP_S)
    assert "silence" not in sections.label
    assert sections.start_s[0] == 0.0
    assert sections.end_s[-1] == pytest.approx(len(chroma) * HOP_S)


def test_boundaries_fall_on_downbeats():
    time_s = 0.3 + 0.625 * np.arange(190)
    beats = Beats(time_s=time_s, position=np.arange(190) % 4 + 1)
    sections = sections_from_features(song("ABABCB"), hop_s=HOP_S, beats=beats)
    assert len(sections) >= 5
    assert np.isin(sections.start_s[1:].round(6), beats.downbeats_s.round(6)).all()


def test_timbre_alone_can_make_a_boundary():
    chroma = song("AAAA")
    timbre = np.random.default_rng(1).normal(size=(len(chroma), 6)) * 0.3
    timbre[len(chroma) // 2 :] += 4.0
    sections = sections_from_features(chroma, hop_s=HOP_S, timbre=timbre)
    assert np.abs(sections.start_s - 40.0).min() < 2.0


def test_a_repetition_is_a_recurrence():
    features = np.random.default_rng(0).normal(size=(60, 8))
    features[40:50] = features[10:20]
    alike = similarity(features, context=4)
    assert alike[45, 15] > 0.99
    recurring = recurrence(alike)
    assert recurring[45, 15] == recurring[15, 45] == 1.0
    assert not np.diagonal(recurring).any()


def test_alignment_finds_a_part_within_a_longer_one():
    features = np.random.default_rng(0).normal(size=(50, 8))
    features[35:45] = features[5:15]
    alike = similarity(features, context=1)
    sections = alignment_similarity(alike, np.array([0, 20, 35, 45, 50]))
    assert sections[0, 2] > 0.9
    assert abs(sections[1, 2]) < 0.6


@pytest.mark.parametrize("samples", [0, 1, 4410, 22050 * 15])
@pytest.mark.parametrize("kind", ["silence", "dc", "noise", "square"])
def test_odd_input_gives_sane_results(samples, kind):
    random = np.random.default_rng(0)
    signal = {
        "silence": np.zeros(samples),
        "dc": np.ones(samples),
        "noise": random.normal(size=samples),
        "square": np.sign(np.sin(np.arange(samples) * 0.1)),
    }[kind].astype(np.float32)
    front = FrontEnd(signal, rate_hz=22050)
    sections = find_sections(front)
    assert np.isfinite(sections.confidence).all()
    assert (sections.end_s > sections.start_s).all()
    assert (len(sections) == 0) == (samples == 0)
    if kind == "silence" and samples:
        assert sections.label == ("silence",)


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="24"):
        sections_from_features(np.ones((10, 12)), hop_s=HOP_S)
