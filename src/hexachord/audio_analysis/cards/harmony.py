"""The engines of key, local keys and chords; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.harmony"
_TRAIN_SIDE = "McGill Billboard, the 632 songs of the training side: chroma, chords and tonics (CC0)"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="key/chord-context",
        target=f"{_HERE}.key_decoding:key_from_chord_context",
        version="5",
        card=Card(
            summary="A linear score per key from chroma, what the chord network hears, the chords at both ends, and which follows which.",
            source="Multinomial logistic regression shared by the twelve tonics; training/key.py",
            data=f"{_TRAIN_SIDE}; 682 renders of the data engine; chords and keys of POP909 (MIT) and OpenEWLD (public domain), imagined "
            "as sound",
            limits="Major or minor only, one key per piece. Half a minute tells less than a song: of ten tonics it loses one that the song "
            "gives away, mostly to the relative key; pieces of one chord are never sure.",
            numbers={"tonic": 0.911, "tonic_or_fifth": 0.962, "weighted": 0.927, "calibration_error": 0.030, "render_weighted": 0.810},
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
        version="4",
        card=Card(
            summary="The key model asked about eight seconds at a time, and a hidden Markov model over the 24 keys.",
            source="Weights of key/chord-context; five constants by training/key_along.py",
            data=_TRAIN_SIDE,
            limits="A key that a piece leaves again within forty seconds is taken for colour, and so is a new one in the last twenty. "
            "Tested on pop songs; only eight of the bench's move.",
            numbers={"heard_local": 0.883, "heard_local_moving": 0.910},
        ),
    ),
    Engine(
        name="chords/network",
        target=f"{_HERE}.chord_network:chords_from_network",
        version="3",
        card=Card(
            summary="A network that hears all keys alike says root, bass, tones, quality and changes of chords; a decoder names segments, "
            "with inversions and ninths.",
            source="McFee & Bello, ISMIR 2017 (structured answers); Cohen & Welling, ICML 2016 (equivariance); Mauch et al., ISMIR 2009 "
            "(recall of repeated sections); training/chords.py",
            data="McGill Billboard, 632 songs of the training side: chroma and chord labels (CC0); 692 songs and 400 studies rendered by "
            "the data engine (CC0, CC BY 4.0, MIT, public domain)",
            limits="Pop songs of 1958 to 1991, and renders. Suspended, diminished and augmented chords are rare there and often taken for "
            "major or minor; a single note is given a chord.",
            numbers={
                "root": 0.841,
                "majmin": 0.821,
                "thirds": 0.802,
                "triads": 0.759,
                "sevenths": 0.695,
                "tetrads": 0.621,
                "mirex": 0.826,
                "seg": 0.810,
                "render_majmin": 0.838,
            },
        ),
    ),
    Engine(
        name="chords/templates-hmm",
        target=f"{_HERE}.template_chords:chords_from_templates",
        version="2",
        card=Card(
            summary="24 triads as templates and a hidden Markov model that seldom changes: the textbook's recogniser, without training.",
            source="Fujishima, ICMC 1999; Sheh & Ellis, ISMIR 2003; Müller, Fundamentals of Music Processing, chapter 5",
            data="Three constants chosen on McGill Billboard (CC0); no training",
            limits="Major, minor and N only. Majmin .727 on the 24 Billboard songs that chose its constants, .806 on the 11 others of that "
            "side of the split: songs differ more than engines. Confidence is a cosine, not a probability.",
            numbers={"majmin": 0.702, "root": 0.731, "sevenths": 0.561, "mirex": 0.700, "seg": 0.763},
        ),
    ),
)
