"""The engines of drums; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.drums"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="drums/network",
        target=f"{_HERE}.network:drums_from_network",
        card=Card(
            summary="A small network of dilated convolutions says in every frame how likely each piece of the kit is struck, and how hard.",
            source="After Vogl, Widmer & Knees, DAFx 2018; 120 k parameters; training/drums.py",
            data="4.5 h rendered by the data engine: Groove MIDI Dataset, train split (CC BY 4.0), drum machine patterns and POP909 "
            "(MIT), OpenEWLD (public domain), on kits and fonts of free licences",
            limits="Sticks on kits and machines; brushes and hand drums were never heard, claps are nobody's stroke. Cymbals and toms are "
            "less sure than kick, snare and hi-hat. Plucked attacks may pass for soft strokes where there are no drums.",
            numbers={"kick_f": 0.978, "snare_f": 0.968, "hihat_f": 0.959, "mix_kick_f": 0.858, "mix_snare_f": 0.935, "mix_hihat_f": 0.926},
        ),
    ),
    Engine(
        name="drums/nmf",
        target=f"{_HERE}.nmf:drums_from_nmf",
        card=Card(
            summary="Non-negative matrix factorisation with measured spectra of drums that may bend, and free ones for the rest.",
            source="Dittmar & Gärtner, DAFx 2014; Wu & Lerch, EUSIPCO 2015; FMP §8.3; training/drum_templates.py",
            data="Mean spectra of single strokes of the data engine's kits; no training",
            limits="Drums alone; out of a mix it takes plucked strings and voices for drums, and toms and cymbals are guesses.",
            numbers={"kick_f": 0.970, "snare_f": 0.940, "hihat_f": 0.709, "mix_kick_f": 0.562, "mix_snare_f": 0.473, "mix_hihat_f": 0.550},
        ),
    ),
)
