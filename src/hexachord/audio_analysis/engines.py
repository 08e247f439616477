"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis"
_BILLBOARD = "McGill Billboard, 730 songs: chroma and chord labels (CC0)"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="beats/network",
        target=f"{_HERE}.rhythm.network:rhythm_from_network",
        card=Card(
            summary="A network hears beats and downbeats; a decoder follows the pulse, picks its beat level and counts bars.",
            source="After Davies & Böck, EUSIPCO 2019, and Foscarin, Schlüter & Widmer, ISMIR 2024; training/rhythm.py",
            data="Music rendered by the data engine from scores, arrangements and drummers' grooves (CC0, CC BY 4.0, MIT)",
            limits="Learnt from rendered music. Bars of 2 and 4 are told apart poorly, and of 3 and 6; compound metres are counted in felt "
            "beats (6/8 as 2); where eighths are as loud as beats it may go twice as fast for a while.",
            numbers={"beat_f": 0.931, "cmlt": 0.847, "amlt": 0.871, "downbeat_f": 0.911, "metre_acc": 0.909, "acc1": 0.929, "acc2": 1.0},
        ),
    ),
    Engine(
        name="beats/pattern-grid",
        target=f"{_HERE}.rhythm.patterns:rhythm_from_patterns",
        version="2",
        card=Card(
            summary="Candidate grids of beats, scored by what falls on and between their beats, counted in bars of three or four.",
            source="After Peeters & Papadopoulos, IEEE TASLP 2011, and Krebs, Böck & Widmer, ISMIR 2013; training/rhythm_patterns.py",
            data="Groove MIDI Dataset, train split (CC BY 4.0), POP909 and drum machine patterns (MIT), rendered by our own crude synth",
            limits="One tempo, ±12 %, per four minutes; no rubato; bars of three or four, at times half a bar off (drums alone).",
            numbers={"beat_f": 0.821, "cmlt": 0.764, "amlt": 0.850, "downbeat_f": 0.513, "metre_acc": 1.0, "acc1": 0.857, "acc2": 0.929},
        ),
    ),
    Engine(
        name="beats/network-peaks",
        target=f"{_HERE}.rhythm.network:rhythm_from_peaks",
        card=Card(
            summary="The same network's peaks as they are, without a decoder.",
            source="Foscarin, Schlüter & Widmer, ISMIR 2024",
            data="As beats/network",
            limits="One reading, no steadiness: it follows any rubato, and stumbles where the network is unsure.",
        ),
    ),
    Engine(
        name="beats/dynamic-programming",
        target=f"{_HERE}.rhythm.dynamic_programming:rhythm_from_dynamic_programming",
        version="2",
        card=Card(
            summary="Beats by dynamic programming at the likeliest tempo.",
            source="D. Ellis, Beat tracking by dynamic programming, JNMR 2007",
            limits="No bars; one tempo; picks half or double the tempo more often than the default.",
        ),
    ),
    Engine(
        name="drums/network",
        target=f"{_HERE}.drums.network:drums_from_network",
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
        target=f"{_HERE}.drums.nmf:drums_from_nmf",
        card=Card(
            summary="Non-negative matrix factorisation with measured spectra of drums that may bend, and free ones for the rest.",
            source="Dittmar & Gärtner, DAFx 2014; Wu & Lerch, EUSIPCO 2015; FMP §8.3; training/drum_templates.py",
            data="Mean spectra of single strokes of the data engine's kits; no training",
            limits="Drums alone; out of a mix it takes plucked strings and voices for drums, and toms and cymbals are guesses.",
            numbers={"kick_f": 0.970, "snare_f": 0.940, "hihat_f": 0.709, "mix_kick_f": 0.562, "mix_snare_f": 0.473, "mix_hihat_f": 0.550},
        ),
    ),
    Engine(
        name="key/chord-context",
        target=f"{_HERE}.key_decoding:key_from_chord_context",
        version="2",
        card=Card(
            summary="A linear score per tonic from chroma, all chords and those at both ends; the chords on it give the mode.",
            source="Multinomial logistic regression shared by the twelve tonics; training/key.py",
            data=_BILLBOARD,
            limits="Pop songs: one tonic per piece, major or minor only. The mode was never trained, it is read off the chords.",
            numbers={"tonic": 0.861, "tonic_or_fifth": 0.949, "weighted": 0.881},
        ),
    ),
    Engine(
        name="key/profiles",
        target=f"{_HERE}.key_decoding:key_from_profiles",
        version="2",
        card=Card(
            summary="Correlation of the mean chroma with probe-tone profiles.",
            source="Krumhansl, Cognitive Foundations of Musical Pitch, 1990",
            limits="Mistakes the fourth or fifth for the tonic in every eighth pop song.",
        ),
    ),
    Engine(
        name="local-keys/chord-hmm",
        target=f"{_HERE}.key_decoding:local_keys_from_chords",
        version="2",
        card=Card(
            summary="A hidden Markov model over 24 keys that expects certain chords on certain degrees.",
            source="Degree statistics counted by training/key.py",
            data=_BILLBOARD,
            limits="Modulations shorter than about eight bars are taken for colour; not measured against labels yet.",
        ),
    ),
    Engine(
        name="chords/equivariant-net",
        target=f"{_HERE}.chord_decoding:chords_from_network",
        version="2",
        card=Card(
            summary="A small network hears the chroma from each of twelve roots; a hidden Markov model follows in time.",
            source="Training by rotation after Sheh & Ellis, ISMIR 2003; chroma after Mauch & Dixon, ISMIR 2010; training/chords.py",
            data=f"{_BILLBOARD}; POP909 (MIT) and Groove MIDI Dataset, train split (CC BY 4.0), rendered crudely",
            limits="Ten qualities and N; no inversions, no power chords. Rare qualities (dim, aug, sus4) are little tested; sound is "
            "measured on renders only. Dense or detuned ambient music is still called N.",
            numbers={"majmin": 0.793, "root": 0.810, "sevenths": 0.667, "mirex": 0.798, "seg": 0.786},
        ),
    ),
    Engine(
        name="sections/structure-features",
        target=f"{_HERE}.structure:sections_from_features",
        version="2",
        card=Card(
            summary="Boundaries where the pattern of repetitions changes; sections grouped by their best alignment.",
            source="Serrà, Müller, Grosche & Arcos, IEEE TMM 2014; Foote 2000; average linkage",
            data="Ten constants chosen on McGill Billboard (CC0); no training",
            limits="Letters only, no names such as verse; repetitions in another key count as new; coarse beyond a quarter of an hour. "
            "Silence under two seconds is not told apart, though the annotators do.",
            numbers={"hit_05": 0.375, "hit_3": 0.639, "pairwise_f": 0.692},
        ),
    ),
    Engine(
        name="melody/auto",
        target="hexachord.audio_analysis.melody:melody_by_texture",
        version="2",
        card=Card(
            summary="melody/pyin where one tone sounds at a time, else melody/salience.",
            source="The texture is told by pYIN's own certainty on three excerpts.",
            limits="One decision for the whole recording.",
        ),
    ),
    Engine(
        name="melody/pyin",
        target="hexachord.audio_analysis.melody:melody_by_pyin",
        card=Card(
            summary="pYIN and a level gate, for one voice or instrument alone.",
            source="Mauch & Dixon, ICASSP 2014",
            limits="Reverberation fills the gaps between notes; the gate closes them where it is 30 dB below the voice.",
            numbers={"solo_rpa": 0.952, "solo_oa": 0.892},
        ),
    ),
    Engine(
        name="melody/salience",
        target="hexachord.audio_analysis.melody:melody_by_salience",
        version="2",
        card=Card(
            summary="Harmonic summation over spectral peaks and the smoothest strong path, for polyphony.",
            source="Salamon & Gómez, IEEE TASLP 20(6), 2012, without the contour statistics; FMP §8.2",
            limits="The strongest line is taken for the melody, be it a voice or not, and a held note is left for a louder new one: on a "
            "piano half of the frames are the other hand's. In a choir the overtones that two voices share may pass for a third.",
            numbers={"orchestra_rpa": 0.612, "orchestra_oa": 0.659, "choir_rpa": 0.731},
        ),
    ),
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
