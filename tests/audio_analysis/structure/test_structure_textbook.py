"""Chapter 4 against its formulas, written out in loops, and against librosa's numbers where it defines the same."""

from pathlib import Path

import numpy as np
import pytest

import hexachord.audio_analysis.structure as structure
from hexachord.audio_analysis.structure import textbook

GOLDEN = dict(np.load(Path(__file__).parents[2] / "golden" / "structure_textbook.npz"))
RANDOM = np.random.default_rng(5)


def alike(moments: int = 17, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    matrix = random.normal(-0.3, 0.6, (moments, moments)).clip(-2, 1)
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 1.0)
    return matrix


def test_everything_is_importable_from_the_package_and_names_its_source() -> None:
    for name in textbook.__all__:
        assert getattr(structure, name) is getattr(textbook, name)
        assert name in structure.__all__
    sections = {
        "smooth_features": "§3.1.2.3", "normalise_features": "§3.1.2.2", "self_similarity": "§4.2.1", "similarity_of_sections": "§4.2.1",
        "enhance_paths": "§4.2.2.2", "transposed_similarity": "§4.2.2.3", "threshold_similarity": "§4.2.2.4",
        "accumulated_score": "§4.3.1.2", "path_family": "§4.3.1.3", "fitness_of": "§4.3.1.3", "thumbnail": "§4.3.1.4",
        "scape_plot": "§4.3.2", "checkerboard_kernel": "§4.4.1", "checkerboard_novelty": "§4.4.1", "time_lag": "§4.4.2",
        "structure_features": "§4.4.2", "structure_novelty": "§4.4.2", "affinity_recurrence": "McFee & Ellis",
        "combined_affinity": "McFee & Ellis", "laplacian_eigenvectors": "McFee & Ellis", "laplacian_levels": "McFee & Ellis",
        "median_along_paths": "McFee & Ellis", "sequence_affinity": "McFee & Ellis", "spectral_labels": "McFee & Ellis",
    }  # fmt: skip
    for name, section in sections.items():
        assert section in (getattr(textbook, name).__doc__ or ""), name


@pytest.mark.parametrize(("frames", "every", "how"), [(4, 3, "mean"), (5, 2, "hann"), (5, 1, "median"), (1, 1, "mean")])
def test_smoothing_is_the_window_written_out(frames: int, every: int, how: str) -> None:
    features = RANDOM.random((23, 3))
    found = textbook.smooth_features(features, frames=frames, every=every, how=how)
    assert found.shape == (-(-23 // every), 3)
    if how == "median":
        np.testing.assert_allclose(found[5], np.median(features[3:8], axis=0), rtol=1e-6)
        return
    weights = np.hanning(frames + 2)[1:-1] if how == "hann" else np.ones(frames)
    for row in range(len(found)):
        first = row * every - frames // 2
        window = [(features[k] if 0 <= k < 23 else np.zeros(3)) for k in range(first, first + frames)]
        np.testing.assert_allclose(found[row], (weights / weights.sum()) @ np.array(window), rtol=1e-5)


def test_paths_are_averages_along_diagonals_at_the_best_tempo() -> None:
    matrix, smoothing = RANDOM.random((14, 11)), textbook.PathSmoothing(moments=4, tempi=(0.7, 1.0, 1.5))
    found = textbook.enhance_paths(matrix, smoothing)
    for n in range(14):
        for m in range(11):
            values = []
            for sign in (1, -1):
                for tempo in smoothing.tempi:
                    cells = [(n + sign * step, m + sign * round(step * tempo)) for step in range(4)]
                    values.append(sum(matrix[a, b] for a, b in cells if 0 <= a < 14 and 0 <= b < 11) / 4)
            assert found[n, m] == pytest.approx(max(values))


def test_a_faster_repetition_is_a_clear_path_at_its_tempo_only() -> None:
    features = RANDOM.normal(size=(40, 9))
    faster = np.concatenate([features, features[::2]])
    matrix = textbook.self_similarity(faster)
    same, double = (textbook.enhance_paths(matrix, textbook.PathSmoothing(moments=12, tempi=(tempo,))) for tempo in (1.0, 2.0))
    assert double[44, 8] == pytest.approx(1.0)  # row: the quick version
    assert same[44, 8] < 0.6


def test_transposition_is_found_with_its_interval() -> None:
    chroma = RANDOM.random((12, 12))
    both = np.concatenate([chroma, np.roll(chroma, 3, axis=1)])
    found = textbook.transposed_similarity(both, smoothing=textbook.PathSmoothing(moments=3))
    assert np.allclose(found.matrix[np.arange(12, 24), np.arange(12)], 1.0)
    assert (found.shift[np.arange(12, 24), np.arange(12)] == 3).all()  # the columns' music goes up by 3 to be the rows'
    assert (found.shift[np.arange(12), np.arange(12, 24)] == 9).all()
    plain = textbook.transposed_similarity(both)
    naive = np.stack([textbook.self_similarity(both, np.roll(both, shift, axis=1)) for shift in range(12)])
    np.testing.assert_allclose(plain.matrix, naive.max(axis=0))
    assert np.array_equal(plain.shift, naive.argmax(axis=0))


def test_thresholds() -> None:
    matrix = RANDOM.permutation(np.arange(1.0, 21.0)).reshape(4, 5) / 20
    share = textbook.threshold_similarity(matrix, keep="share", value=0.25, scaled=True, penalty=-2)
    assert sorted(share[share > -2].tolist()) == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])
    local = textbook.threshold_similarity(matrix, keep="local", value=0.5, binary=True)
    for n in range(4):
        for m in range(5):
            in_row = (matrix[n] > matrix[n, m]).sum() < round(0.5 * 5)
            in_column = (matrix[:, m] > matrix[n, m]).sum() < round(0.5 * 4)
            assert local[n, m] == (in_row and in_column)
    with pytest.raises(ValueError, match="share"):
        textbook.threshold_similarity(matrix, keep="share", value=2.0)


def test_an_annotation_scores_itself_as_its_form_says() -> None:
    matrix = textbook.similarity_of_sections(np.array([[0, 10.0], [10, 14], [14, 24], [24, 28]]), "ABAB", hop_s=1.0)
    family = textbook.path_family(np.where(matrix > 0, matrix, -2.0), start=0, stop=14)
    assert family.segments.tolist() == [[0, 14], [14, 28]]
    assert family.fitness == pytest.approx(0.5)  # score (28 - 14) / 28 and coverage (28 - 14) / 28
    slower = textbook.similarity_of_sections(np.array([[0, 4.0], [4, 12]]), "AA", hop_s=1.0)
    assert slower[:4, 4:].sum(axis=1).tolist() == [2, 2, 2, 2]


def naive_score(matrix: np.ndarray, start: int, stop: int) -> np.ndarray:
    moments, length = len(matrix), stop - start
    score = np.full((moments, length + 1), -np.inf)
    score[0, 0], score[0, 1] = 0.0, matrix[0, start]
    for n in range(1, moments):
        score[n, 0] = max(score[n - 1, 0], score[n - 1, length])
        score[n, 1] = score[n, 0] + matrix[n, start]
        for m in range(2, length + 1):
            steps = [score[n - 1, m - 1]]
            steps += [score[n - 1, m - 2]] if m > 2 else []
            steps += [score[n - 2, m - 1]] if n > 1 else []
            score[n, m] = matrix[n, start + m - 1] + max(steps)
    return score


def test_the_dynamic_program_is_the_recursion_written_out() -> None:
    matrix = alike()
    for start, stop in ((0, 1), (3, 9), (0, 17), (12, 17)):
        expected = naive_score(matrix, start, stop)
        np.testing.assert_allclose(textbook.accumulated_score(matrix, start=start, stop=stop), expected)
        family = textbook.path_family(matrix, start=start, stop=stop)
        assert family.score == pytest.approx(max(expected[-1, 0], expected[-1, -1]))
        assert family.score == pytest.approx(sum(matrix[tuple(path.T)].sum() for path in family.paths))
        for path in family.paths:
            assert (path[0, 1], path[-1, 1]) == (start, stop - 1)
            assert {tuple(step) for step in np.diff(path, axis=0).tolist()} <= {(1, 1), (1, 2), (2, 1)}
        assert (family.segments[1:, 0] >= family.segments[:-1, 1]).all()


def test_the_scape_plot_is_every_segment_on_its_own() -> None:
    matrix = alike(15, seed=3)
    plot = textbook.scape_plot(matrix)
    for length in range(1, 16):
        for start in range(16 - length):
            family = textbook.path_family(matrix, start=start, stop=start + length)
            found = (plot.fitness[length - 1, start], plot.normalised_score[length - 1, start], plot.coverage[length - 1, start])
            assert found == pytest.approx((family.fitness, family.normalised_score, family.coverage), abs=1e-6)
    assert not plot.fitness[5, 11:].any()
    coarse = textbook.scape_plot(matrix, every=3)
    assert np.array_equal(coarse.fitness[2::3, ::3], plot.fitness[2::3, ::3])
    assert np.count_nonzero(coarse.fitness) < np.count_nonzero(plot.fitness) / 4
    start, stop, fitness = plot.fittest(shortest=4, longest=8)
    assert 4 <= stop - start <= 8
    assert fitness == plot.fitness[3:8].max()


def test_penalties_as_deep_as_allowed_do_not_overflow() -> None:
    matrix = np.full((40, 40), -8.0)
    np.fill_diagonal(matrix, 1.0)
    assert textbook.scape_plot(matrix).fitness.max() == 0.0
    with pytest.raises(ValueError, match="between"):
        textbook.scape_plot(np.full((4, 4), -9.0))


def test_the_checkerboard_is_the_kernel_written_out() -> None:
    matrix = alike(20)
    for centre in (True, False):
        kernel = textbook.checkerboard_kernel(4, width=0.5, centre=centre)
        side = len(kernel)
        assert np.abs(kernel).sum() == pytest.approx(1.0)
        padded = np.pad(matrix, 4, mode="edge")
        expected = [sum((kernel * padded[k : k + side, k : k + side]).ravel()) for k in range(20)]
        np.testing.assert_allclose(textbook.checkerboard_novelty(matrix, reach=4, centre=centre), expected, atol=1e-12)
    blocks = np.kron(np.eye(2), np.ones((30, 30)))
    assert textbook.checkerboard_novelty(blocks, reach=8, centre=False).argmax() == 30
    kernel = textbook.checkerboard_kernel(3)
    taper = np.exp(-0.5 * ((np.arange(-3, 4)[:, None] ** 2 + np.arange(-3, 4)[None, :] ** 2) / 1.5**2))
    signed = taper * np.sign(np.outer(np.arange(-3, 4), np.arange(-3, 4)))
    np.testing.assert_allclose(kernel, signed / np.abs(signed).sum())


def test_structure_features_see_where_repetition_changes() -> None:
    features = RANDOM.normal(size=(60, 8))
    features[40:55] = features[5:20]
    repeating = (textbook.self_similarity(features) > 0.99).astype(float)
    novelty = textbook.structure_novelty(textbook.structure_features(repeating, smooth=1.0, smooth_lag=1.0))
    assert {int(k) for k in np.argsort(novelty)[-4:]} <= {k + d for k in (5, 20, 40, 55) for d in (-1, 0, 1)}


def test_librosa_has_the_same_lags_and_links() -> None:
    np.testing.assert_array_equal(textbook.time_lag(GOLDEN["matrix"]), GOLDEN["time_lag"])
    found = textbook.affinity_recurrence(GOLDEN["features"], neighbours=5, near=3)
    np.testing.assert_allclose(found, GOLDEN["affinity"], atol=1e-6)


def test_links_and_groups() -> None:
    matrix = alike(12).clip(0, 1)
    median = textbook.median_along_paths(matrix, moments=5)
    for n, m in ((0, 0), (4, 9), (11, 3)):
        cells = [matrix[n + d, m + d] if 0 <= n + d < 12 and 0 <= m + d < 12 else 0.0 for d in range(-2, 3)]
        assert median[n, m] == pytest.approx(np.median(cells))
    sequence = np.linspace(0.2, 1.0, 11)
    links = textbook.combined_affinity(matrix, sequence)
    step = np.zeros((12, 12))
    step[np.arange(11), np.arange(1, 12)] = step[np.arange(1, 12), np.arange(11)] = sequence
    degree_step, degree_repeat = step.sum(axis=1), matrix.sum(axis=1)
    share = degree_step @ (degree_step + degree_repeat) / ((degree_step + degree_repeat) ** 2).sum()
    np.testing.assert_allclose(links, share * matrix + (1 - share) * step)
    degree = links.sum(axis=1)
    laplacian = np.eye(12) - links / np.sqrt(np.outer(degree, degree))
    vectors = textbook.laplacian_eigenvectors(links, count=4)
    values = np.linalg.eigvalsh(laplacian)[:4]
    np.testing.assert_allclose(laplacian @ vectors, vectors * values, atol=1e-9)


def test_the_levels_of_a_form() -> None:
    random = np.random.default_rng(2)
    parts = {name: random.normal(size=(16, 8)) + 3 * random.normal(size=8) for name in "ABC"}
    features = np.concatenate([parts[name] + 0.05 * random.normal(size=(16, 8)) for name in "ABABC"])
    levels = textbook.laplacian_levels(features, levels=5)
    assert [len(np.unique(level)) for level in levels] == [1, 2, 3, 4, 5]
    groups = [int(np.bincount(levels[2][k * 16 : k * 16 + 16]).argmax()) for k in range(5)]
    assert groups == [0, 1, 0, 1, 2]
    assert all(np.array_equal(a, b) for a, b in zip(levels, textbook.laplacian_levels(features, levels=5), strict=True))


@pytest.mark.parametrize("moments", [0, 1, 2])
def test_hardly_any_moments(moments: int) -> None:
    features = np.ones((moments, 12))
    assert textbook.self_similarity(features).shape == (moments, moments)
    assert len(textbook.checkerboard_novelty(textbook.self_similarity(features), reach=2)) == moments
    assert all(len(level) == moments for level in textbook.laplacian_levels(features))
    assert len(textbook.scape_plot(textbook.self_similarity(features))) == moments
