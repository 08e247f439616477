"""The engines of melody; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.melody"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="melody/network",
        target=f"{_HERE}.network:melody_by_network",
        card=Card(
            summary="A network of 139 thousand parameters that hears which of several lines is the melody, and the likeliest path.",
            source="Harmonic stacking: Bittner et al., ISMIR 2017; trained by training/melody.py",
            data="songs rendered by the data engine, in some of which a voice made of formants sings (CC0, CC BY 4.0, MIT, public domain)",
            limits="It never heard a person sing. Where a solo passes from voice to instrument it may not tell which is the melody, and "
            "a third of the time without a melody is given one. The renders are of instruments it never heard.",
            numbers={
                "render_oa": 0.779,
                "render_rpa": 0.845,
                "solo_oa": 0.957,
                "orchestra_rpa": 0.820,
                "choir_rpa": 0.869,
                "note_f": 0.826,
            },
        ),
    ),
    Engine(
        name="melody/pyin",
        target=f"{_HERE}.tracking:melody_by_pyin",
        version="2",
        card=Card(
            summary="pYIN in short frames and a level gate, for one voice or instrument alone.",
            source="Mauch & Dixon, ICASSP 2014; frame and gate tuned on synthetic voices",
            limits="Reverberation fills the gaps between notes; the gate closes them where it is 34 dB below the voice.",
            numbers={"solo_rpa": 0.988, "solo_oa": 0.957, "note_f": 0.786},
        ),
    ),
    Engine(
        name="melody/swift-f0",
        target=f"{_HERE}.swift:melody_by_swift",
        modules=("swift_f0",),
        extra="pitch",
        card=Card(
            summary="SwiftF0, a network of 14 thousand parameters in a package of its own, for one voice or instrument alone.",
            source="Nieradzik, arXiv:2508.18440, 2025; package swift-f0",
            data="its author's: speech and music with synthesised pitch; weights MIT",
            limits="Hears 47 to 2094 Hz; any pitched sound counts, also what is in the background while the voice rests.",
            numbers={"solo_oa": 0.962},
        ),
    ),
    Engine(
        name="melody/salience",
        target=f"{_HERE}.tracking:melody_by_salience",
        version="2",
        card=Card(
            summary="Harmonic summation over spectral peaks and the smoothest strong path, for polyphony.",
            source="Salamon & Gómez, IEEE TASLP 20(6), 2012, without the contour statistics; FMP §8.2",
            limits="The strongest line is taken for the melody, be it a voice or not, and a held note is left for a louder new one: on a "
            "piano half of the frames are the other hand's. In a choir the overtones that two voices share may pass for a third.",
            numbers={"orchestra_rpa": 0.612, "orchestra_oa": 0.659, "choir_rpa": 0.731},
        ),
    ),
)
