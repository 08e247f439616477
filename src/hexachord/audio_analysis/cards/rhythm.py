"""The engines of beats; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.rhythm"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="beats/network",
        target=f"{_HERE}.network:rhythm_from_network",
        version="3",
        card=Card(
            summary="A network hears beats and downbeats in time, a decoder follows the pulse, and a second network looks from beat to "
            "beat at which level is the beat and how bars are counted.",
            source="After Davies & Böck, EUSIPCO 2019, Foscarin, Schlüter & Widmer, ISMIR 2024, and Krebs et al., ISMIR 2016; "
            "training/rhythm.py, rhythm_bars.py, rhythm_readings.py",
            data="Music rendered by the data engine from scores, arrangements and drummers' grooves (CC0, CC BY 4.0, MIT)",
            limits="Learnt from rendered music. Bars of 2 are often counted as half a bar of 4; compound metres are counted in felt "
            "beats (6/8 has 2), and a quarter of them is taken for simple ones; where eighths are as loud as beats it may go twice as fast "
            "for a while.",
            numbers={"beat_f": 0.943, "cmlt": 0.892, "amlt": 0.892, "downbeat_f": 0.952, "metre_acc": 1.0, "acc1": 1.0, "acc2": 1.0},
        ),
    ),
    Engine(
        name="beats/pattern-grid",
        target=f"{_HERE}.patterns:rhythm_from_patterns",
        version="3",
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
        target=f"{_HERE}.network:rhythm_from_peaks",
        version="2",
        card=Card(
            summary="The same network's peaks as they are, without a decoder.",
            source="Foscarin, Schlüter & Widmer, ISMIR 2024",
            data="As beats/network",
            limits="One reading, no steadiness: it follows any rubato, and stumbles where the network is unsure.",
        ),
    ),
    Engine(
        name="beats/dynamic-programming",
        target=f"{_HERE}.dynamic_programming:rhythm_from_dynamic_programming",
        version="3",
        card=Card(
            summary="Beats by dynamic programming at the likeliest tempo.",
            source="D. Ellis, Beat tracking by dynamic programming, JNMR 2007",
            limits="No bars; one tempo; picks half or double the tempo more often than the default.",
        ),
    ),
)
