"""The engines of melody; the first of each task is the default."""

from hexachord.models.engine import Card, Engine

_HERE = "hexachord.audio_analysis.melody"

ENGINES: tuple[Engine, ...] = (
    Engine(
        name="melody/auto",
        target=f"{_HERE}.tracking:melody_by_texture",
        version="2",
        card=Card(
            summary="melody/pyin where one tone sounds at a time, else melody/salience.",
            source="The texture is told by pYIN's own certainty on three excerpts.",
            limits="One decision for the whole recording.",
        ),
    ),
    Engine(
        name="melody/pyin",
        target=f"{_HERE}.tracking:melody_by_pyin",
        card=Card(
            summary="pYIN and a level gate, for one voice or instrument alone.",
            source="Mauch & Dixon, ICASSP 2014",
            limits="Reverberation fills the gaps between notes; the gate closes them where it is 30 dB below the voice.",
            numbers={"solo_rpa": 0.952, "solo_oa": 0.892},
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
