"""The engines of this package, one plain tuple: the first of each task is the default."""

from hexachord.models.engine import Card, Engine

ENGINES = (
    Engine(
        name="perform/player",
        target="hexachord.synthesis.mix:render_score",
        card=Card(
            summary="Our own player: SoundFont 2 and 3, SFZ or a plain synthesizer, interpreted pages, a room of image sources and noise.",
            source="SoundFont 2.04 specification; Allen & Berkley, JASA 65(4), 1979 (early reflections)",
            data="none: no training; the sound is that of the chosen font, which has a licence of its own",
            limits="As good as its font. Phrasing is by rule: dynamics, articulations and ornaments as written, no rubato of its own.",
            numbers={
                "onset_samples": 0.5,
                "pitch_cents": 0.08,
                "realtime_x": 43.0,
                "gm_realtime_x": 10.6,
                "level_db": 1.1,
                "envelope_db": 1.1,
            },
        ),
    ),
)
