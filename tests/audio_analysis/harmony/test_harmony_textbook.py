"""Chapter 5 against its formulas, written out, and against tables that everybody agrees on."""

from fractions import Fraction

import numpy as np
import pytest

import hexachord.audio_analysis.harmony as harmony
from hexachord.audio_analysis.harmony import textbook
from hexachord.metrics import chord
from hexachord.metrics.intervals import sample_labels

RANDOM = np.random.default_rng(6)


def test_everything_is_importable_from_the_package_and_names_its_section() -> None:
    for name in textbook.__all__:
        assert getattr(harmony, name) is getattr(textbook, name)
        assert name in harmony.__all__
    sections = {
        "interval_cents": "5.1.1", "pythagorean_ratio": "5.1.1", "harmonic_deviations": "5.1.1", "fifths_between": "5.1.2",
        "resort_by_fifths": "5.1.2", "scale_pitch_classes": "5.1.2", "related_keys": "5.1.2", "chord_templates": "5.2.4.1",
        "template_labels": "5.2.1", "template_similarity": "5.2.1", "chords_by_templates": "5.2.1", "template_number": "5.2.2",
        "chord_matrix": "5.2.2", "framewise": "5.2.2", "templates_from_examples": "5.2.4.2", "count_transitions": "5.3.1",
        "sample_hmm": "5.3.2", "estimate_hmm": "5.3.3", "uniform_transition": "5.3.4", "transposition_invariant": "5.3.4",
        "fifths_transition": "5.3.4", "chords_by_hmm": "5.3.4",
    }  # fmt: skip
    for name, section in sections.items():
        assert f"§{section}" in (getattr(textbook, name).__doc__ or ""), name


def test_tunings() -> None:
    pythagorean = [Fraction(*pair) for pair in (
        (1, 1), (256, 243), (9, 8), (32, 27), (81, 64), (4, 3), (729, 512), (3, 2), (128, 81), (27, 16), (16, 9), (243, 128), (2, 1),
    )]  # fmt: skip
    assert [textbook.pythagorean_ratio(semitones) for semitones in range(13)] == pythagorean
    assert textbook.interval_cents("pythagorean")[[4, 7]] == pytest.approx([407.82, 701.955], abs=0.005)
    assert textbook.interval_cents("just")[[3, 4, 10]] == pytest.approx([315.64, 386.31, 1017.60], abs=0.005)
    assert 1200 * np.log2(float(textbook.PYTHAGOREAN_COMMA)) == pytest.approx(23.46, abs=0.005)
    semitones, cents = textbook.harmonic_deviations(16)
    assert semitones.tolist() == [0, 12, 19, 24, 28, 31, 34, 36, 38, 40, 42, 43, 44, 46, 47, 48]
    assert cents[[2, 4, 6, 10, 12]].round(1).tolist() == [2.0, -13.7, -31.2, -48.7, 40.5]
    with pytest.raises(ValueError, match="12 semitones"):
        textbook.pythagorean_ratio(13)


def test_keys_on_the_circle() -> None:
    for key in range(24):
        related = textbook.related_keys(key)
        own = set(textbook.scale_pitch_classes(key))
        assert set(textbook.scale_pitch_classes(related["relative"])) == own
        assert len(own & set(textbook.scale_pitch_classes(related["dominant"]))) == 6
        assert len(own & set(textbook.scale_pitch_classes(related["subdominant"]))) == 6
        assert textbook.related_keys(related["relative"])["relative"] == key
        assert related["parallel"] % 12 == key % 12
    chroma = np.zeros((1, 12))
    chroma[0, list(textbook.scale_pitch_classes(0))] = 1.0
    assert textbook.resort_by_fifths(chroma, first=5)[0].tolist() == [1] * 7 + [0] * 5
    assert [textbook.fifths_between(2, other) for other in (2, 9, 7, 8)] == [0, 1, 1, 6]


def test_templates_are_the_notes_with_their_harmonics() -> None:
    qualities = ("maj", "min", "7")
    templates = textbook.chord_templates(qualities, harmonics=5, decay=0.5, no_chord=True)
    labels = textbook.template_labels(qualities, no_chord=True)
    assert templates.shape == (37, 12)
    for label, row in zip(labels, templates, strict=True):
        expected = np.zeros(12)
        if label == "N":
            expected += 1
        else:
            root, quality = label.split(":")
            for semitone in {"maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10)}[quality]:
                for partial, up in enumerate((0, 12, 19, 24, 28)):
                    expected[(labels.index(f"{root}:maj") + semitone + up) % 12] += 0.5**partial
        np.testing.assert_allclose(row, expected / np.linalg.norm(expected))
        assert textbook.template_number(label, qualities) == labels.index(label)
    assert textbook.template_number("Db:min7") == 13
    assert textbook.template_number("X") == -1


def test_each_frame_gets_the_template_nearest_in_angle() -> None:
    chroma, templates = RANDOM.random((30, 12)), textbook.chord_templates()
    chroma[7] = 0.0
    found = textbook.chords_by_templates(chroma, templates)
    for n in range(30):
        if n == 7:
            assert found[n] == -1
            continue
        cosine = [chroma[n] @ row / np.linalg.norm(chroma[n]) / np.linalg.norm(row) for row in templates]
        assert found[n] == int(np.argmax(cosine))


def test_templates_learn_from_all_keys_at_once() -> None:
    true = RANDOM.random((2, 12))
    chords = RANDOM.integers(-1, 24, 300)
    chroma = np.array([np.roll(true[chord // 12], chord % 12) if chord >= 0 else np.ones(12) for chord in chords])
    learnt = textbook.templates_from_examples(chroma, chords)
    for number in range(24):
        expected = np.roll(true[number // 12], number % 12)
        np.testing.assert_allclose(learnt[number], expected / np.linalg.norm(expected))
    assert not textbook.templates_from_examples(chroma[:0], chords[:0], kinds=1).any()


def test_frames_and_chords_are_counted() -> None:
    intervals = np.array([[0.0, 2.0], [2.0, 3.0], [3.0, 5.0]])
    labels = ["C:maj", "N", "A:min"]
    place = sample_labels(intervals, labels, times_s=np.arange(0.5, 5.0))
    numbers = np.array([textbook.template_number(label) for label in sorted(set(labels))])[place]
    reference = textbook.chord_matrix(np.where(numbers < 24, numbers, -1), states=24)
    estimated = textbook.chord_matrix(np.array([0, 0, 21, 21, 0]), states=24)
    scores = textbook.framewise(reference, estimated)
    assert scores == pytest.approx((3 / 5, 3 / 4, 2 / 3))
    with pytest.raises(ValueError, match="one shape"):
        chord.framewise(reference, estimated[:3])


def test_transitions() -> None:
    sequence = np.array([0, 0, 5, 7, 0, -1, 3, 3])
    counted = textbook.count_transitions([sequence, sequence[:2]], states=8, added=1.0)
    expected = np.ones((8, 8))
    for a, b in ((0, 0), (0, 5), (5, 7), (7, 0), (3, 3), (0, 0)):
        expected[a, b] += 1
    np.testing.assert_allclose(counted, expected / expected.sum(axis=1, keepdims=True))
    matrix = RANDOM.random((25, 25))
    invariant = textbook.transposition_invariant(matrix)
    for kind in (0, 1):
        for other in (0, 1):
            for step in range(12):
                cells = [matrix[12 * kind + r, 12 * other + (r + step) % 12] for r in range(12)]
                found = [invariant[12 * kind + r, 12 * other + (r + step) % 12] for r in range(12)]
                np.testing.assert_allclose(found, np.mean(cells))
    np.testing.assert_allclose(invariant[3, 24], matrix[:12, 24].mean())
    assert invariant[24, 24] == pytest.approx(matrix[24, 24])
    fifths = textbook.fifths_transition(stay=0.8)
    np.testing.assert_allclose(fifths.sum(axis=1), 1.0)
    np.testing.assert_allclose(fifths, textbook.transposition_invariant(fifths))
    assert np.diagonal(fifths) == pytest.approx(0.8)
    with pytest.raises(ValueError, match="twelve"):
        textbook.transposition_invariant(np.ones((14, 14)))


def test_the_best_sequence_of_chords_is_the_best_of_all() -> None:
    import itertools

    similarity = RANDOM.random((5, 3))
    transition = textbook.count_transitions([RANDOM.integers(0, 3, 50)], states=3, added=1.0)
    found = textbook.chords_by_hmm(similarity, textbook.log_probability(transition))
    emission = similarity / similarity.sum(axis=1, keepdims=True)

    def chance(path: tuple[int, ...]) -> float:
        return float(
            np.prod([emission[n, s] for n, s in enumerate(path)]) * np.prod([transition[a, b] for a, b in itertools.pairwise(path)])
        )

    assert tuple(found) == max(itertools.product(range(3), repeat=5), key=chance)


def test_the_hmm_mends_what_templates_break() -> None:
    truth = np.repeat([0, 9, 17, 7], 20)
    templates = textbook.chord_templates(harmonics=4)
    chroma = templates[truth] + 0.35 * RANDOM.random((80, 12))
    similarity = textbook.template_similarity(chroma, templates)
    by_hmm = textbook.chords_by_hmm(similarity, textbook.uniform_transition(24, stay=0.9))
    by_templates = textbook.chords_by_templates(chroma, templates)
    assert (np.diff(by_hmm) != 0).sum() <= (np.diff(by_templates) != 0).sum()
    assert (by_hmm == truth).mean() >= (by_templates == truth).mean()
    assert (by_hmm == truth).mean() > 0.9


def test_a_model_is_found_again_in_what_it_made() -> None:
    model = textbook.DiscreteHmm(
        initial=np.array([0.6, 0.2, 0.2]),
        transition=np.array([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6]]),
        emission=np.array([[0.7, 0.0, 0.3], [0.1, 0.9, 0.0], [0.0, 0.2, 0.8]]),
    )
    states, observed = textbook.sample_hmm(model, 20000, seed=1)
    found = textbook.estimate_hmm(states, observed, state_count=3, symbol_count=3)
    np.testing.assert_allclose(found.transition, model.transition, atol=0.02)
    np.testing.assert_allclose(found.emission, model.emission, atol=0.02)
    seen = textbook.log_probability(model.emission[:, observed].T)
    path, _ = textbook.viterbi(seen, textbook.log_probability(model.transition), textbook.log_probability(model.initial))
    assert (path == states).mean() > 0.85
