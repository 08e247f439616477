"""How hard and how early a drummer strikes: a small network over sixteenths that learnt from drummers.

A groove is a grid of sixteenths by nine drums, as in Gillick et al., "Learning to groove with inverse sequence transformations" (ICML
2019): what is struck is given, how hard and how far from the grid is found. The network hears the strokes around each one for two bars
either way, where in the bar it is, the tempo, and, where they are said, the style and the drummer. It answers with a middle and a spread
of both, so that no two bars need to be played alike. ``training/groove.py`` trains it on the Groove MIDI Dataset (CC BY 4.0).
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import BoolArray, Float32Array, Float64Array, FloatArray, IntArray
from hexachord.errors import InputError
from hexachord.models.networks import Network, open_network

NETWORK = "groove"
STEPS_PER_QUARTER = 4
DRUMS = ("kick", "snare", "hihat_closed", "hihat_open", "tom_low", "tom_middle", "tom_high", "crash", "ride")
"""The nine drums of a groove, in the order of its columns."""

_KEYS = ((35, 36), (37, 38, 39, 40), (42, 44), (46,), (41, 43), (45, 47), (48, 50), (49, 52, 55, 57), (51, 53, 59))
_COLUMN_OF_KEY = {key: column for column, keys in enumerate(_KEYS) for key in keys}

STYLES = (
    "afrobeat", "afrocuban", "blues", "country", "dance", "funk", "gospel", "highlife", "hiphop", "jazz", "latin", "middleeastern",
    "neworleans", "pop", "punk", "reggae", "rock", "soul",
)  # fmt: skip
"""What a style may be called; a part of it follows a slash, as in ``rock/halftime`` or ``jazz/swing``."""
FEELS = ("shuffle", "swing", "halftime", "fast", "soft")
DRUMMERS = ("drummer1", "drummer3", "drummer4", "drummer6", "drummer7", "drummer8")
"""Whom it knows of the dataset's drummers."""

CONDITIONS = 1 + STEPS_PER_QUARTER + 16 + 3 + 3 + len(STYLES) + len(FEELS) + len(DRUMMERS)
CUES = 2 * len(DRUMS) + CONDITIONS
LARGEST_SPREAD = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Touch:
    """How a groove is struck; everything is (steps, drums), and means something where there is a stroke.

    Attributes
    ----------
    velocity, offset : the middle of how hard (1–127), and how much later than the step, in sixteenths (negative: earlier)
    velocity_spread, offset_spread : mean distance from it
    """

    velocity: Float64Array
    offset: Float64Array
    velocity_spread: Float64Array
    offset_spread: Float64Array


def drum_column(key: int) -> int | None:
    """Return which of the nine drums a General MIDI drum key is; None if it is none of them.

    Examples
    --------
    >>> DRUMS[drum_column(36)], drum_column(56)
    ('kick', None)
    """
    return _COLUMN_OF_KEY.get(key)


def groove_cues(
    hits: BoolArray,
    *,
    bpm: float | Float64Array,
    written: FloatArray | None = None,
    steps_per_bar: int | IntArray = 16,
    place: IntArray | None = None,
    style: str = "",
    drummer: str = "",
) -> Float32Array:
    """Show strokes to the network: (steps, `CUES`) float32.

    Parameters
    ----------
    hits : (steps, drums), what is struck
    bpm : quarters a minute, of all steps or of each
    written : (steps, drums), how much later than its sixteenth a stroke is written (a third of it in a triplet); not known when not given
    steps_per_bar : sixteenths of a bar, of all or of each
    place : which step of its bar each one is; counted from the first when not given
    style, drummer : of `STYLES` (with or without a part after a slash) and `DRUMMERS`; nothing, or another name, says nothing
    """
    conditions = condition_cues(len(hits), bpm=bpm, steps_per_bar=steps_per_bar, place=place, style=style, drummer=drummer)
    late = np.zeros(hits.shape)
    if written is not None:
        late = np.where(hits, written, 0.0)
        conditions[:, 0] = 2.0  # nothing late is meant by what is written on the grid
    return np.concatenate([hits, late, conditions], axis=1, dtype=np.float32)


def condition_cues(
    steps: int,
    *,
    bpm: float | Float64Array,
    steps_per_bar: int | IntArray = 16,
    place: IntArray | None = None,
    style: str = "",
    drummer: str = "",
) -> Float32Array:
    """Show a network where in the bar each sixteenth is, the tempo, the style and the drummer: (steps, `CONDITIONS`); see `groove_cues`."""
    cues = np.zeros((steps, CONDITIONS), dtype=np.float32)
    cues[:, 0] = 1.0  # there is music: the network sees nothing outside
    place = np.arange(steps) % steps_per_bar if place is None else place
    rows = np.arange(steps)
    cues[rows, 1 + place % STEPS_PER_QUARTER] = 1.0
    column = 1 + STEPS_PER_QUARTER
    cues[rows, column + np.minimum(place, 15)] = 1.0
    column += 16
    phase = 2.0 * np.pi * place / steps_per_bar
    cues[:, column : column + 3] = np.stack([np.sin(phase), np.cos(phase), np.broadcast_to(np.equal(steps_per_bar, 16), steps)], axis=1)
    column += 3
    tempo = np.broadcast_to(np.log2(np.asarray(bpm) / 110.0), steps)
    cues[:, column : column + 3] = np.stack([tempo, tempo * tempo, 2.0**-tempo - 1.0], axis=1)
    column += 3
    main, _, feel = style.partition("/")
    if main in STYLES:
        cues[:, column + STYLES.index(main)] = 1.0
    column += len(STYLES)
    for index, name in enumerate(FEELS):
        cues[:, column + index] = float(name in feel)
    column += len(FEELS)
    if drummer in DRUMMERS:
        cues[:, column + DRUMMERS.index(drummer)] = 1.0
    return cues


def touch_of(said: Float32Array, *, written: FloatArray | None = None) -> Touch:
    """Read what the network said, (steps, 4 × drums): middles of velocity (of 127) and offset from what is written, then the logarithms of
    their spreads."""
    velocity, offset, loud, late = np.split(said.astype(np.float64), 4, axis=1)
    return Touch(
        velocity=np.clip(velocity * 127.0, 1.0, 127.0),
        offset=np.clip(offset, -0.5, 0.5) + (0.0 if written is None else written),
        velocity_spread=np.minimum(np.exp(np.minimum(loud, 0.0)), LARGEST_SPREAD) * 127.0,
        offset_spread=np.minimum(np.exp(np.minimum(late, 0.0)), LARGEST_SPREAD),
    )


def play_groove(
    hits: BoolArray,
    *,
    bpm: float | Float64Array,
    written: FloatArray | None = None,
    steps_per_bar: int | IntArray = 16,
    place: IntArray | None = None,
    style: str = "",
    drummer: str = "",
    network: Network | None = None,
) -> Touch:
    """Find how hard and how early the strokes of a groove are played.

    Parameters
    ----------
    hits : (steps, drums) in the order of `DRUMS`
    bpm, written, steps_per_bar, place, style, drummer : see `groove_cues`
    network : the shipped one when not given

    Raises
    ------
    InputError : if the style or the drummer is none that is known.
    """
    check_conditions(style=style, drummer=drummer)
    if hits.ndim != 2 or hits.shape[1] != len(DRUMS):
        raise ValueError(f"a groove is (steps, {len(DRUMS)}), not {hits.shape}")
    cues = groove_cues(hits, bpm=bpm, written=written, steps_per_bar=steps_per_bar, place=place, style=style, drummer=drummer)
    if not len(cues):
        return touch_of(np.zeros((0, 4 * len(DRUMS)), dtype=np.float32))
    return touch_of((network or open_network(NETWORK))(cues), written=written)


def check_conditions(*, style: str, drummer: str) -> None:
    """Refuse styles and drummers that nobody knows.

    Raises
    ------
    InputError : which lists those that are known.
    """
    if style and style.partition("/")[0] not in STYLES:
        raise InputError(f"style {style}", found="no style that its drummers played", expected=f"one of {', '.join(STYLES)}")
    if drummer and drummer not in DRUMMERS:
        raise InputError(f"drummer {drummer}", found="nobody it has heard", expected=f"one of {', '.join(DRUMMERS)}")
