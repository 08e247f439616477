"""How music feels, by a rule: valence (sad to happy) and arousal (calm to excited) from mode, speed, density, register and loudness.

In an experiment that varied each cue by itself, T. Eerola, A. Friberg, R. Bresin ("Emotional expression in music: contribution, linearity,
and additivity of primary musical cues", Frontiers in Psychology 4:487, 2013) found that they add up, each nearly linear, none depending on
the others: major, fast and high is heard as happy, minor, slow and low as sad, fast and loud as excited, slow and soft as calm. (The same
directions in the review of A. Gabrielsson, E. Lindström, "The role of structure in the musical expression of emotions", in *Handbook of
Music and Emotion*, Oxford 2010.) So the rule is a plain mean of the cues that bear on each, all with one weight. Nothing is learnt:
what a cue is compared with is the usual of four kinds of music on the training side (pop songs, piano recitals, piano pages, lieder).

A rule of thumb about what a listener would say on average; not about what anybody feels.
"""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import FloatArray, IntArray
from hexachord.theory.keys import key_scores, pitch_class_weights

ENGINE = "emotion/rule"

USUAL: dict[str, tuple[float, float]] = {
    "mode": (0.0, 0.25),
    "speed": (2.1, 0.75),
    "density": (3.0, 0.65),
    "register": (63.5, 3.4),
    "loudness": (79.0, 10.0),
}
"""Usual value and spread of each cue. ``mode``: how much better the best major key fits than the best minor one, in correlation (0 is
neither); ``speed``: octaves of onsets a second, chords counted once; ``density``: octaves of notes a second; ``register``: mean MIDI pitch;
``loudness``: mean MIDI velocity."""

VALENCE = ("mode", "speed", "register")
AROUSAL = ("speed", "density", "loudness")
_CHORD_S = 0.03  # onsets nearer than this are one chord
_LEAST_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Emotion:
    """Where music lies in the plane of valence and arousal, each in (-1, 1), and the cues that say so, in spreads from the usual."""

    valence: float
    arousal: float
    cues: dict[str, float]

    @property
    def words(self) -> str:
        """The quadrant in a word (J. A. Russell, "A circumplex model of affect", J. Personality and Social Psychology 39(6), 1980).

        Examples
        --------
        >>> Emotion(valence=0.4, arousal=-0.3, cues={}).words, Emotion(valence=0.05, arousal=0.5, cues={}).words
        ('calm and content', 'excited')
        """
        near = 0.1
        if abs(self.valence) < near:
            return "neutral" if abs(self.arousal) < near else "excited" if self.arousal > 0 else "calm"
        if abs(self.arousal) < near:
            return "bright" if self.valence > 0 else "dark"
        if self.valence > 0:
            return "happy and excited" if self.arousal > 0 else "calm and content"
        return "tense" if self.arousal > 0 else "sad"


def emotion_of(
    onset_s: FloatArray, duration_s: FloatArray, pitch: IntArray | FloatArray, velocity: IntArray | FloatArray | None = None
) -> Emotion | None:
    """Place music in the plane of valence and arousal.

    ``valence = tanh(mean of mode, speed and register)``, ``arousal = tanh(mean of speed, density and loudness)``, each cue as so many
    spreads above the usual (`USUAL`). Without velocities, or where all are one (a page without dynamics), loudness counts as usual.

    Parameters
    ----------
    onset_s, duration_s, pitch : (n,) pitched notes
    velocity : (n,) 0 to 127

    Returns
    -------
    Emotion; None if there are no notes

    Examples
    --------
    >>> scale = np.array([60, 64, 67, 72, 76, 79, 84, 79, 76, 72, 65, 69, 77, 71, 74, 72])
    >>> fast = emotion_of(np.arange(16) / 8, np.full(16, 0.1), scale, np.linspace(90, 110, 16))
    >>> slow = emotion_of(np.arange(16) * 1.0, np.full(16, 1.0), scale - np.where(np.isin(scale % 12, (4, 9, 11)), 13, 12))
    >>> fast.words, slow.words
    ('happy and excited', 'sad')
    """
    if not len(onset_s):
        return None
    onset = np.sort(np.asarray(onset_s, dtype=np.float64))
    length = np.asarray(duration_s, dtype=np.float64)
    span_s = max(float((np.asarray(onset_s) + length).max() - onset[0]), _LEAST_S)
    chords = 1 + int((np.diff(onset) > _CHORD_S).sum())
    scores = key_scores(pitch_class_weights(pitch, length if length.any() else np.ones(len(length))))
    force = np.asarray(velocity, dtype=np.float64) if velocity is not None else np.zeros(0)
    found = {
        "mode": float(scores[:12].max() - scores[12:].max()),
        "speed": float(np.log2(chords / span_s)),
        "density": float(np.log2(len(onset) / span_s)),
        "register": float(np.mean(pitch)),
        "loudness": float(force.mean()) if len(force) and np.ptp(force) > 0 else USUAL["loudness"][0],
    }
    cues = {name: (value - USUAL[name][0]) / USUAL[name][1] for name, value in found.items()}
    return Emotion(
        valence=float(np.tanh(np.mean([cues[name] for name in VALENCE]))),
        arousal=float(np.tanh(np.mean([cues[name] for name in AROUSAL]))),
        cues=cues,
    )
