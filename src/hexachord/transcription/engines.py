"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

ENGINES = (
    Engine(
        name="notes/template-onsets",
        target="hexachord.transcription.notes:notes_from_templates",
        card=Card(
            summary="Non-negative templates of single tones, and a small network that judges every rise of their activations.",
            source="Smaragdis & Brown, WASPAA 2003; Cheng et al., ISMIR 2016 (attack templates); training/notes.py",
            data="Rendered from GiantMIDI-Piano (CC BY 4.0) and POP909 (MIT) with Salamander Grand Piano (Alexander Holm, CC BY 3.0), "
            "FluidR3 and MuseScore General (MIT)",
            limits="Made for piano. Of other instruments it misses soft onsets (strings, voices); drums cost precision. "
            "Notes held by the pedal end when they have died away.",
            numbers={"onset_f_disklavier": 0.754, "onset_f_sampled": 0.886, "onset_offset_f": 0.335, "velocity_r": 0.669},
        ),
    ),
)
