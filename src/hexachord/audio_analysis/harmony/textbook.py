"""Chapter 5 of Müller's *Fundamentals of Music Processing*, "Chord Recognition": where each of its techniques is.

============== ========================================================================================================
section        here
============== ========================================================================================================
5.1.1          `INTERVAL_NAMES`, `JUST_RATIOS`, `PYTHAGOREAN_COMMA`, `interval_cents`, `pythagorean_ratio`, `harmonic_deviations`
5.1.2          `FIFTHS_ORDER`, `fifths_between`, `resort_by_fifths`, `scale_pitch_classes`, `related_keys`
5.2.1          `chord_templates`, `template_labels`, `template_similarity`, `chords_by_templates`
5.2.2          `template_number`, `chord_matrix`, `framewise`; by time and by rules: `hexachord.metrics.chord`
5.2.4          `chord_templates` with harmonics, `templates_from_examples`; prefiltering: `log_compress`, `smooth_features`
5.3.1          `count_transitions`
5.3.2          `viterbi`, `log_probability`, `sample_hmm` with `DiscreteHmm`
5.3.3          `estimate_hmm`, `posterior` (the forward-backward algorithm, which gives the likelihood too)
5.3.4          `uniform_transition`, `transposition_invariant`, `fifths_transition`, `chords_by_hmm`
============== ========================================================================================================

All of them take and give plain arrays; time runs down axis 0. A chain of them recognises chords:

>>> import numpy as np
>>> from hexachord.dsp.chroma import chroma_stft
>>> time_s = np.arange(22050) / 22050
>>> c, a_minor = (sum(np.sin(2 * np.pi * hz * time_s) for hz in chord) for chord in ((261.6, 329.6, 392.0), (261.6, 329.6, 440.0)))
>>> chroma = smooth_features(chroma_stft(np.concatenate([c, a_minor]), rate_hz=22050, n_fft=4096, tuning_cents=0.0), frames=9)
>>> similarity = template_similarity(chroma, chord_templates())
>>> chords = chords_by_hmm(similarity, uniform_transition(24, stay=0.9))
>>> [template_labels()[chord] for chord in chords[[10, 70]]]
['C:maj', 'A:min']
"""

from hexachord.audio_analysis.harmony.chord_hmm import (
    DiscreteHmm,
    chords_by_hmm,
    count_transitions,
    estimate_hmm,
    fifths_transition,
    sample_hmm,
    transposition_invariant,
)
from hexachord.audio_analysis.harmony.intervals import (
    FIFTHS_ORDER,
    INTERVAL_NAMES,
    JUST_RATIOS,
    PYTHAGOREAN_COMMA,
    fifths_between,
    harmonic_deviations,
    interval_cents,
    pythagorean_ratio,
    related_keys,
    resort_by_fifths,
    scale_pitch_classes,
)
from hexachord.audio_analysis.harmony.templates import (
    chord_matrix,
    chord_templates,
    chords_by_templates,
    template_labels,
    template_number,
    template_similarity,
    templates_from_examples,
)
from hexachord.dsp.chroma import log_compress
from hexachord.dsp.feature_sequences import smooth_features
from hexachord.dsp.viterbi import log_probability, posterior, uniform_transition, viterbi
from hexachord.metrics.chord import framewise

__all__ = [
    "FIFTHS_ORDER",
    "INTERVAL_NAMES",
    "JUST_RATIOS",
    "PYTHAGOREAN_COMMA",
    "DiscreteHmm",
    "chord_matrix",
    "chord_templates",
    "chords_by_hmm",
    "chords_by_templates",
    "count_transitions",
    "estimate_hmm",
    "fifths_between",
    "fifths_transition",
    "framewise",
    "harmonic_deviations",
    "interval_cents",
    "log_compress",
    "log_probability",
    "posterior",
    "pythagorean_ratio",
    "related_keys",
    "resort_by_fifths",
    "sample_hmm",
    "scale_pitch_classes",
    "smooth_features",
    "template_labels",
    "template_number",
    "template_similarity",
    "templates_from_examples",
    "transposition_invariant",
    "uniform_transition",
    "viterbi",
]
