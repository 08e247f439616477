"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

ENGINES = (
    Engine(
        name="notes/network",
        target="hexachord.transcription.network:notes_from_network",
        version="2",
        card=Card(
            summary="A network that hears beginnings, sounding and ends of 88 pitches, and the likeliest course of each pitch; "
            "cents by the partials of each note.",
            source="Bittner et al., ICASSP 2022 (harmonic stacking), Hawthorne et al., ISMIR 2018, and Kong et al., TASLP 29, 2021 "
            "(what is judged); training/note_network.py; Klapuri, ISMIR 2006 (harmonic sums)",
            data="songs and piano pieces rendered by the data engine, in some of which a voice made of formants sings (CC0, CC BY 4.0, "
            "MIT, public domain)",
            limits="It never heard a recording: renders stand for them. Velocity is fitted to pianos. Of choirs and bands it misses inner "
            "notes. Pitches below E1 are whole semitones.",
            numbers={"onset_f_disklavier": 0.815, "onset_f_sampled": 0.948, "onset_offset_f": 0.461, "velocity_r": 0.672},
        ),
    ),
    Engine(
        name="notes/piano",
        target="hexachord.transcription.network:notes_of_piano",
        version="2",
        card=Card(
            summary="The network of notes/network, gone on learning from pianos alone: what --instrument piano listens with.",
            source="as notes/network; training/note_network.py --piano-share 0.97",
            data="piano pieces rendered by the data engine (CC0, CC BY 4.0, MIT, public domain)",
            limits="Pianos only: of other instruments it hears less than notes/network. One tuning for all keys.",
            numbers={"onset_f_disklavier": 0.821, "onset_f_sampled": 0.956},
        ),
    ),
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
    Engine(
        name="notes/nmf",
        target="hexachord.transcription.nmf:notes_from_nmf",
        card=Card(
            summary="Non-negative matrix factorisation with templates of partials, fitted to the recording; what a textbook teaches.",
            source="Müller, FMP §8.3; Lee & Seung, NIPS 2000; Févotte, Bertin & Durrieu, Neural Computation 21(3), 2009",
            limits="Octaves and fifths of what sounds pass for notes; ends are guesses. Drums and voices confuse it.",
            numbers={"onset_f_disklavier": 0.591, "onset_f_sampled": 0.765, "onset_offset_f": 0.11, "velocity_r": 0.595},
        ),
    ),
    Engine(
        name="notes/basic-pitch",
        target="hexachord.transcription.peer_basic_pitch:notes_from_basic_pitch",
        modules=("basic_pitch",),
        install="pip install --no-deps basic-pitch",
        card=Card(
            summary="Spotify's Basic Pitch, a network of 17 thousand parameters for any instrument, from the user's own package.",
            source="Bittner et al., ICASSP 2022; package basic-pitch 0.4, of which only the network's ONNX file is read",
            licence="Apache-2.0",
            data="its authors': GuitarSet, MAESTRO, Slakh, iKala, MedleyDB",
            limits="Its velocity is how sure it is of a note. Held notes may be struck anew where one of its windows ends.",
            numbers={"onset_f_disklavier": 0.658, "onset_f_sampled": 0.801, "onset_offset_f": 0.232},
        ),
    ),
    Engine(
        name="notes/transkun",
        target="hexachord.transcription.peer_transkun:notes_from_transkun",
        modules=("transkun", "torch", "torchaudio"),
        install="pip install transkun moduleconf (with a PyTorch and a torchaudio of the same build)",
        card=Card(
            summary="Transkun, a transformer with 14 million parameters for the piano alone, from the user's own package.",
            source="Yan & Duan, ISMIR 2024; package transkun 2.0",
            licence="MIT; its weights were trained on recordings under CC BY-NC-SA 4.0 (MAESTRO)",
            data="its authors': MAESTRO, two hundred hours of Disklaviers",
            limits="Piano only, and slower than real time on one core. No chances, so no threshold.",
            numbers={"onset_f_disklavier": 0.957, "onset_f_sampled": 0.994},
        ),
    ),
    Engine(
        name="pedal/network",
        target="hexachord.transcription.pedal:pedal_from_network",
        card=Card(
            summary="A network that hears in a piano's sound when the sustain pedal is down, goes down and comes up.",
            source="Liang, Fazekas & Sandler, ICASSP 2019, and Kong et al., TASLP 29, 2021 (what is judged); training/pedal.py",
            data="piano pieces rendered by the data engine (CC0, CC BY 4.0, MIT, public domain)",
            limits="Pianos only, and it never heard a recording. A pedal that holds what the fingers hold as well cannot be heard; half "
            "pedals are on or off. The numbers are of renders of pieces and instruments that nothing was chosen on; changes within 100 ms. "
            "Always down has .788 of the frames.",
            numbers={"frame_f": 0.855, "press_f": 0.401, "release_f": 0.637},
        ),
    ),
    Engine(
        name="refined-notes/score-informed",
        target="hexachord.transcription.score_informed:refine_notes",
        card=Card(
            summary="Notes that are known roughly, of a score brought to the recording's time, get onsets, ends and velocities as they are "
            "heard: factorisation in which only what the notes allow may sound.",
            source="Ewert & Müller, ICASSP 2012; Müller, FMP §8.3.3 and §8.3.4",
            limits="Notes must be right to a tenth of a second. Whether one is played at all it judges badly when others begin beside it. "
            "The numbers are of rendered pianos of the valid side: onsets moved by up to 40 ms are within 20 ms again (before: .50).",
            numbers={"onset_f_20ms": 0.89, "velocity_r": 0.65},
        ),
    ),
    Engine(
        name="melody-notes/semitone-path",
        target="hexachord.transcription.melody_line:melody_as_followed",
        card=Card(
            summary="The f0 of the melody, cut into notes where it changes its semitone or pauses; pitches as sung, between semitones too.",
            source="Ryynänen & Klapuri, SAPA 2004, with one state for each note",
            limits="A note struck again on the same pitch without a gap is one note. What the f0 gets wrong stays wrong.",
        ),
    ),
    Engine(
        name="melody-notes/judged-chain",
        target="hexachord.transcription.melody_line:melody_line",
        version="2",
        card=Card(
            summary="Transcribed notes and those of the predominant pitch, judged by a small network; the likeliest chain of them.",
            source="Salamon & Gómez, IEEE TASLP 20(6), 2012, and Uitdenbogerd & Zobel, ACM Multimedia 1999 (skyline), as features; "
            "training/melody_line.py",
            data="Rendered from POP909 (MIT), OpenScore Lieder (CC0) and MuseTrainer scores (public domain) with FluidR3 (MIT) and a crude "
            "singer; drums from Groove MIDI (CC BY 4.0)",
            limits="Made for a tune with accompaniment; where there is none it draws a line through what is on top. Inner notes are taken "
            "while the tune holds or rests, and a voice's onsets are often more than 50 ms off. Whole semitones. "
            "Made for a weaker f0 than there is now: on renders of the valid side it has .46 where the f0's own notes have .57. "
            "The numbers are of held-out renders, with the f0 of melody/salience.",
            numbers={"piano_note_f": 0.786, "cover_note_f": 0.741, "band_note_f": 0.666, "lied_note_f": 0.616, "sung_note_f": 0.627},
        ),
    ),
)
