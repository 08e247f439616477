"""The two-sample test of fixed definition: can a straight line tell rendered music from recorded?

If two sets of sounds come from one distribution, no classifier tells them apart better than by tossing a coin; how far one gets above
0.5 measures how far they are from each other, and what it looks at says why. Lopez-Paz and Oquab, *Revisiting Classifier Two-Sample Tests*,
ICLR 2017.

The definition is fixed so that numbers stay comparable: excerpts of 5 s at 22,050 Hz in mono, not levelled; 40 mel bands (Slaney's, unit
area) from 30 Hz to 11,025 Hz of frames of 2,048 samples every 512; decibels of power + 1e-10; the mean and the standard deviation over time
of each band: 80 numbers an excerpt, standardised on what is fitted. Logistic regression with the ridge of C = 1, classes weighted to be
equally likely, five folds, all excerpts of a song in one fold. The accuracy is the mean of the two classes' shares of right answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.dsp.mel import mel_frequencies_hz, mel_spectrogram
from hexachord.metrics.tagging import roc_auc

RATE_HZ = 22_050
EXCERPT_S = 5.0
BANDS = 40
LOW_HZ, HIGH_HZ = 30.0, 11_025.0
FOLDS = 5

_SILENCE_DB = -60.0  # an excerpt below this level (RMS to full scale) says nothing about anything
_NEWTON_STEPS = 50


@dataclass(frozen=True, kw_only=True, eq=False)
class TwoSample:
    """What the test says about rendered excerpts beside real ones.

    Attributes
    ----------
    accuracy : class-balanced, by cross-validation; 0.5 is perfect, 1 is given away
    standard_error : of `accuracy`, songs being what was drawn
    real_right, rendered_right : the shares of excerpts of each class that were recognised
    songs : every song, real ones first; `song_is_rendered` says which is which
    song_errors : share of each song's excerpts that were taken for the other class
    scores : (excerpts,) log-odds of being rendered, by the model that had not seen the song; real excerpts first, then rendered ones
    band_hz : (40,) centres of the bands
    level_db : (40,) how much louder the bands of the rendered excerpts are, in the mean
    swing_db : (40,) how much more they move within an excerpt (means of standard deviations over time)
    variety_db : (40,) how much more their levels differ from excerpt to excerpt (standard deviations of means)
    auc : (80,) how well each feature alone ranks rendered above real: 0.5 nothing, 1 or 0 all; means first, then deviations
    weights : (80,) coefficients of a fit to everything, per standard deviation of the feature; positive speaks for rendered
    """

    accuracy: float
    standard_error: float
    real_right: float
    rendered_right: float
    songs: tuple[str, ...]
    song_is_rendered: BoolArray
    song_errors: Float64Array
    scores: Float64Array
    band_hz: Float64Array
    level_db: Float64Array
    swing_db: Float64Array
    variety_db: Float64Array
    auc: Float64Array
    weights: Float64Array

    def giveaways(self, count: int = 8) -> tuple[str, ...]:
        """Name the features that alone tell most, in words, the worst first."""
        order = np.argsort(-np.abs(self.auc - 0.5), kind="stable")[:count]
        return tuple(self._in_words(int(feature)) for feature in order)

    def _in_words(self, feature: int) -> str:
        band, moves = feature % BANDS, feature >= BANDS
        difference = float((self.swing_db if moves else self.level_db)[band])
        return f"{self.band_hz[band]:.0f} Hz {'moves' if moves else 'is'} {difference:+.1f} dB, AUC {self.auc[feature]:.2f}"


def cut_excerpts(signal: FloatArray, *, at_most: int = 4) -> list[FloatArray]:
    """Cut a recording into excerpts of 5 s that do not overlap, spread evenly over it; silent ones are left out.

    Parameters
    ----------
    signal : (n,) at 22,050 Hz
    at_most : how many; a shorter recording gives fewer, one of less than 5 s none

    Examples
    --------
    >>> [len(excerpt) for excerpt in cut_excerpts(np.ones(13 * RATE_HZ))]
    [110250, 110250]
    """
    length = round(EXCERPT_S * RATE_HZ)
    count = min(at_most, len(signal) // length)
    if count < 1:
        return []
    gap = (len(signal) - count * length) / count  # half of it before the first, half after the last
    starts = [int((place + 0.5) * gap) + place * length for place in range(count)]
    excerpts = [signal[start : start + length] for start in starts]
    floor = 10 ** (_SILENCE_DB / 10)
    return [excerpt for excerpt in excerpts if np.mean(np.square(excerpt, dtype=np.float64)) > floor]


def excerpt_features(signal: FloatArray) -> Float32Array:
    """Describe an excerpt by the means and the standard deviations over time of 40 mel bands in dB.

    Parameters
    ----------
    signal : (n,) at 22,050 Hz

    Returns
    -------
    (80,) float32

    Examples
    --------
    >>> excerpt_features(np.zeros(5 * RATE_HZ, dtype=np.float32))[[0, 40]].tolist()
    [-100.0, 0.0]
    """
    mel = mel_spectrogram(signal, rate_hz=RATE_HZ, n_fft=2048, hop=512, bands=BANDS, low_hz=LOW_HZ, high_hz=HIGH_HZ)
    level_db = 10.0 * np.log10(mel.astype(np.float64) + 1e-10)
    return np.concatenate([level_db.mean(axis=0), level_db.std(axis=0)]).astype(np.float32)


def compare(
    real: FloatArray, rendered: FloatArray, *, real_songs: Sequence[str], rendered_songs: Sequence[str], folds: int = FOLDS, seed: int = 0
) -> TwoSample:
    """Test whether rendered excerpts can be told from real ones.

    Parameters
    ----------
    real, rendered : (excerpts, 80) rows of `excerpt_features`
    real_songs, rendered_songs : the song of each row; a name stands for one song of its class
    folds : parts of the cross-validation
    seed : deals the songs out to the folds

    Raises
    ------
    ValueError : if rows and songs do not match, values are not finite, or a class has fewer songs than folds.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> one, other = random.normal(0, 1, (100, 80)), random.normal(2, 1, (100, 80))
    >>> songs = [str(row // 4) for row in range(100)]
    >>> compare(one, other, real_songs=songs, rendered_songs=songs).accuracy
    1.0
    """
    _check(real, real_songs, "real", folds)
    _check(rendered, rendered_songs, "rendered", folds)
    features = np.concatenate([real, rendered]).astype(np.float64)
    is_rendered = np.arange(len(features)) >= len(real)
    random = np.random.default_rng(seed)
    names, numbers, fold = list[str](), np.empty(len(features), dtype=np.intp), np.empty(len(features), dtype=np.intp)
    for first, songs in ((0, real_songs), (len(real), rendered_songs)):
        distinct, number = np.unique(np.asarray(songs), return_inverse=True)
        rows = slice(first, first + len(songs))
        numbers[rows] = number + len(names)
        fold[rows] = (random.permutation(len(distinct)) % folds)[number]
        names += [str(name) for name in distinct]
    scores = _cross_validated(features, is_rendered, fold, folds)
    right = (scores > 0) == is_rendered
    counts = np.bincount(numbers)
    song_right = np.bincount(numbers, weights=right) / counts
    real_count = len(np.unique(numbers[~is_rendered]))
    song_is_rendered = np.arange(len(names)) >= real_count
    weights, _ = fit_logistic(_standardised(features, features), is_rendered)
    return TwoSample(
        accuracy=float((right[~is_rendered].mean() + right[is_rendered].mean()) / 2),
        standard_error=_standard_error(right, is_rendered, numbers),
        real_right=float(right[~is_rendered].mean()),
        rendered_right=float(right[is_rendered].mean()),
        songs=tuple(names),
        song_is_rendered=song_is_rendered,
        song_errors=1.0 - song_right,
        scores=scores,
        band_hz=np.asarray(mel_frequencies_hz(bands=BANDS, low_hz=LOW_HZ, high_hz=HIGH_HZ), dtype=np.float64),
        **_differences(features, is_rendered),
        auc=np.array([roc_auc(is_rendered, column) for column in features.T]),
        weights=weights,
    )


def fit_logistic(features: FloatArray, labels: BoolArray, *, c: float = 1.0) -> tuple[Float64Array, float]:
    """Fit a logistic regression with a ridge, both classes weighted to be equally likely, by Newton's method.

    What is minimised is half the squared length of the weights plus `c` times the sum of the weighted log-losses; the intercept is not
    shrunk. Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, §4.4.

    Parameters
    ----------
    features : (rows, columns), standardised
    labels : (rows,), both classes present

    Returns
    -------
    weights (columns,) and the intercept: positive log-odds for True

    Examples
    --------
    >>> weights, intercept = fit_logistic(np.array([[-1.0], [1.0]]), np.array([False, True]))
    >>> round(float(weights[0]), 3), abs(round(intercept, 6))
    (0.675, 0.0)
    """
    rows, columns = features.shape
    design = np.concatenate([features.astype(np.float64), np.ones((rows, 1))], axis=1)
    share = np.where(labels, rows / (2.0 * labels.sum()), rows / (2.0 * (~labels).sum())) * c
    ridge = np.append(np.ones(columns), 0.0)
    theta = np.zeros(columns + 1)

    def loss(at: Float64Array) -> float:
        odds = design @ at
        return float(0.5 * ridge @ at**2 + share @ np.logaddexp(0.0, np.where(labels, -odds, odds)))

    current = loss(theta)
    for _ in range(_NEWTON_STEPS):
        chance = 0.5 * (1.0 + np.tanh(0.5 * (design @ theta)))
        gradient = ridge * theta + design.T @ (share * (chance - labels))
        curvature = (design * (share * np.maximum(chance * (1.0 - chance), 1e-12))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        scale = 1.0
        while (trial := loss(theta - scale * step)) > current and scale > 1e-6:
            scale *= 0.5
        theta, before, current = theta - scale * step, current, trial
        if np.abs(gradient).max() < 1e-9 * rows or before - current <= 1e-14 * abs(before):
            break
    return theta[:-1], float(theta[-1])


def _check(features: FloatArray, songs: Sequence[str], which: str, folds: int) -> None:
    if features.ndim != 2 or features.shape[1] != 2 * BANDS:
        raise ValueError(f"the {which} features have shape {features.shape}; expected (excerpts, {2 * BANDS})")
    if len(songs) != len(features):
        raise ValueError(f"{len(features)} {which} excerpts but {len(songs)} names of songs")
    if not np.isfinite(features).all():
        raise ValueError(f"the {which} features hold NaN or infinity")
    if len(set(songs)) < folds:
        raise ValueError(f"{len(set(songs))} {which} songs for {folds} folds: more songs or fewer folds")


def _cross_validated(features: Float64Array, labels: BoolArray, fold: IntArray, folds: int) -> Float64Array:
    scores = np.empty(len(features))
    for part in range(folds):
        away, kept = fold == part, fold != part
        weights, intercept = fit_logistic(_standardised(features[kept], features[kept]), labels[kept])
        scores[away] = _standardised(features[away], features[kept]) @ weights + intercept
    return scores


def _standardised(features: Float64Array, like: Float64Array) -> Float64Array:
    spread = like.std(axis=0)
    return np.asarray((features - like.mean(axis=0)) / np.where(spread > 0, spread, 1.0), dtype=np.float64)


def _standard_error(right: BoolArray, is_rendered: BoolArray, numbers: IntArray) -> float:
    """The standard error of the balanced accuracy when songs, not excerpts, are the independent draws."""
    variance = 0.0
    for rows in (~is_rendered, is_rendered):
        off = np.bincount(numbers[rows], weights=right[rows] - right[rows].mean())
        songs = len(np.unique(numbers[rows]))
        variance += float(np.sum(off**2)) / rows.sum() ** 2 * songs / max(songs - 1, 1)
    return float(np.sqrt(variance) / 2)


def _differences(features: Float64Array, is_rendered: BoolArray) -> dict[str, Float64Array]:
    real, rendered = features[~is_rendered], features[is_rendered]
    mean = rendered.mean(axis=0) - real.mean(axis=0)
    between = rendered[:, :BANDS].std(axis=0) - real[:, :BANDS].std(axis=0)
    return {"level_db": mean[:BANDS], "swing_db": mean[BANDS:], "variety_db": between}
