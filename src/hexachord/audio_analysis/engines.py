"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.audio_analysis.cards.drums import ENGINES as DRUMS
from hexachord.audio_analysis.cards.harmony import ENGINES as HARMONY
from hexachord.audio_analysis.cards.melody import ENGINES as MELODY
from hexachord.audio_analysis.cards.rhythm import ENGINES as RHYTHM
from hexachord.audio_analysis.cards.structure import ENGINES as STRUCTURE
from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis"

_OTHERS = (
    Engine(
        name="descriptors/peeters",
        target="hexachord.audio_analysis.descriptors:describe",
        card=Card(
            summary="Level, spectrum shape, timbre, percussiveness, tonal strength, onsets and stereo width, from the shared spectra.",
            source="Peeters, IRCAM 2004; Lerch 2012; Jiang et al., ICME 2002",
            limits="Means over the piece: what changes within it shows in the standard deviation only.",
        ),
    ),
)

ENGINES: tuple[Engine, ...] = (*RHYTHM, *DRUMS, *HARMONY, *STRUCTURE, *MELODY, *_OTHERS)
