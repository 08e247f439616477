"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

ENGINES = (
    Engine(
        name="compose/rows",
        target="hexachord.composition.writing:RowWriter",
        card=Card(
            summary="A causal transformer of 3.6 million parameters that writes music row by row under the grammar of a plan.",
            source="Thickstun et al., 2023 (given and filled notes in one sequence); Hsiao et al., AAAI 2021 (compound words); "
            "training/composer.py",
            data="POP909 (MIT), OpenScore lieder and MuseTrainer pages (CC0), OpenEWLD and Bach's chorales (public domain), "
            "Groove (CC BY 4.0): the training side, 2,886 songs",
            limits="Pop songs with a piano are what it knows best. It sees 1,024 rows, about 45 bars; form over longer stretches must be "
            "asked for with sections. Nobody's style is promised.",
        ),
    ),
    Engine(
        name="compose/chance",
        target="hexachord.composition.writing:ChanceWriter",
        card=Card(
            summary="Pure chance under the grammar: what locks, metres and constraints alone make. A yardstick, not music.",
            source="hexachord.composition.grammar",
            limits="It knows nothing of music.",
        ),
    ),
    Engine(
        name="humanise/groove",
        target="hexachord.composition.drums.groove:humanise",
        card=Card(
            summary="A temporal convolution of 90,000 parameters that says how hard and how early a drummer strikes what is written.",
            source="After Gillick et al., ICML 2019; training/groove.py",
            data="Groove MIDI Dataset (CC BY 4.0): the training side, six drummers",
            numbers={"timing_mae_ms": 18.2, "page_timing_mae_ms": 15.7, "velocity_mae": 22.8, "drummer_velocity_mae": 21.3},
            limits="It tempers more than it surprises: of timing most is chance, drawn from a spread. It swings nothing that is written "
            "straight. A drummer it has not heard accents otherwise: velocities are then no nearer than the mean.",
        ),
    ),
    Engine(
        name="chorale/gibbs",
        target="hexachord.composition.chorale.setting:chorale",
        card=Card(
            summary="Four voices by blocked Gibbs sampling with a network of 1.4 million parameters that tells any cell from all others.",
            source="After Huang et al., ISMIR 2017 (Coconet), Uria et al., ICML 2014, and Yao et al., ECML 2014; training/chorale.py",
            data="Bach's chorales (public domain): the training side, 206 pieces",
            numbers={"pitch_acc": 0.425, "again_bach_pitch_acc": 0.454, "parallels_ratio": 0.22, "note_nll": 0.541},
            limits="One composer, one style, sixteenths. It learnt without bar lines, fermatas or words: cadences are the tune's.",
        ),
    ),
    Engine(
        name="harmonise/tune-hmm",
        target="hexachord.composition.harmony.tune_harmony:harmonise_tune",
        card=Card(
            summary="A hidden Markov model of chords over a tune, beside a temporal convolution of 167,000 parameters that hears which "
            "chord each beat asks for.",
            source="After Simon et al., MySong, CHI 2008, and Raczyński et al., J. New Music Research 42(3), 2013; "
            "training/tune_harmony.py, training/tune_chords.py",
            data="POP909 (MIT), McGill Billboard's chords (CC0), OpenEWLD and Bach's chorales (public domain): the training side, "
            "1,719 songs",
            numbers={"root": 0.490, "majmin": 0.457, "chorale_root": 0.621, "chorale_majmin": 0.607},
            limits="One chord a beat at most, of ten kinds, in three manners: pop, lead sheets of the first half of the twentieth "
            "century, chorales. It hears a tune, not words or form.",
        ),
    ),
    Engine(
        name="accompany/band",
        target="hexachord.composition.band.accompanying:accompany_in_style",
        card=Card(
            summary="A band by rules: eighteen styles of drums, bass and chords, in any metre, by sections; nothing is learnt.",
            source="The common idioms of each style; close voicings that move least",
            limits="It follows symbols and bars, not the phrases of the tune, and repeats its patterns.",
        ),
    ),
    Engine(
        name="drumify/groove",
        target="hexachord.composition.drums.drumify:drumify",
        card=Card(
            summary="A temporal convolution of 87,000 parameters that strikes nine drums to a rhythm, on sixteenths.",
            source="After Gillick et al., ICML 2019; training/drumify.py",
            data="Groove MIDI Dataset (CC BY 4.0): the training side, six drummers",
            numbers={"hit_f": 0.635, "onset_f": 0.964},
            limits="It learnt from rhythms of drummers: beside a tune it plays a steady hi-hat, and follows it loosely. No fills.",
        ),
    ),
    Engine(
        name="genie/buttons",
        target="hexachord.composition.genie.playing:Genie",
        card=Card(
            summary="An LSTM of 640,000 parameters that plays a piano from eight buttons, note by note as they are pressed.",
            source="After Donahue, Simon & Dieleman, Piano Genie, IUI 2019; training/genie.py",
            data="POP909 (MIT), GiantMIDI-Piano (CC BY 4.0), OpenEWLD and MuseTrainer pages (public domain): the training side",
            numbers={"contour": 1.0, "pitch_ppl": 1.80, "plain_pitch_ppl": 7.91, "step_ms": 0.3},
            limits="It hears no beat, only how long each note waited. A chord that it is told it follows as songs do, not always, unless "
            "that is locked. Two voices at once are too much for eight buttons. Phrases and form are the player's.",
        ),
    ),
)
