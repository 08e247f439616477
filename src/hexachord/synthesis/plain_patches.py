"""What the plain synthesizer plays for each of the 128 General MIDI programs."""

from dataclasses import replace
from typing import NamedTuple

from hexachord.synthesis.plain_waves import Held, Struck


class Patch(NamedTuple):
    """A program's sound. `is_wide` makes two channels of it; `effect` names a noise of `plain_drums`."""

    name: str
    sound: Struck | Held | None
    gain_db: float = 0.0
    is_wide: bool = False
    effect: str = ""
    octave: int = 0  # sounds so many octaves above the key


_GRAND = Struck(
    decay_s=9.0, tilt_db=-7.5, treble_decay=0.75, stiffness=0.0004, strike_at=0.12, strings=2, knock_db=-22, knock_hz=900, release_s=0.25
)
_BRIGHT = Struck(
    decay_s=8.0, tilt_db=-5.5, treble_decay=0.7, stiffness=0.0004, strike_at=0.11, strings=2, knock_db=-20, knock_hz=1400, release_s=0.25
)
_TINE = Struck(
    decay_s=6.0,
    treble_decay=0.5,
    ratios=(1, 2, 3, 4, 7.1, 14.0),
    levels_db=(0, -14, -22, -30, -26, -34),
    knock_db=-34,
    knock_hz=2000,
    release_s=0.2,
)
_NYLON = Struck(decay_s=2.6, tilt_db=-8.0, treble_decay=0.8, strike_at=0.18, knock_db=-24, knock_hz=1200, release_s=0.15)
_STEEL = Struck(decay_s=4.0, tilt_db=-5.0, treble_decay=0.8, strike_at=0.14, knock_db=-24, knock_hz=3000, release_s=0.15)
_CLEAN = Struck(decay_s=5.0, tilt_db=-6.5, treble_decay=0.6, strike_at=0.22, knock_db=-36, release_s=0.12)
_MUTED = Struck(decay_s=0.45, tilt_db=-7.0, treble_decay=0.5, strike_at=0.2, knock_db=-24, knock_hz=1500, release_s=0.08)
_BASS = Struck(decay_s=2.6, tilt_db=-8.5, treble_decay=0.7, strike_at=0.2, knock_db=-26, knock_hz=900, release_s=0.12)
_SLAP = Struck(decay_s=2.2, tilt_db=-4.5, treble_decay=0.7, strike_at=0.1, knock_db=-16, knock_hz=3500, release_s=0.1)
_HARP = Struck(decay_s=4.5, tilt_db=-8.5, treble_decay=0.7, strike_at=0.35, knock_db=-34, knock_hz=1500, release_s=0.9)
_KOTO = Struck(decay_s=2.8, tilt_db=-4.5, treble_decay=0.8, strike_at=0.09, knock_db=-20, knock_hz=3200, release_s=0.4)

_REED_BITE = ((1000.0, 5.0, 700.0), (2800.0, 4.0, 900.0))
_BODY = ((290.0, 3.0, 120.0), (450.0, 4.0, 180.0), (2600.0, 5.0, 1600.0))  # air, wood and bridge of a violin
_AAH = ((730.0, 14.0, 160.0), (1090.0, 11.0, 200.0), (2600.0, 8.0, 400.0))
_OOH = ((320.0, 12.0, 120.0), (800.0, 6.0, 160.0), (2300.0, 3.0, 400.0))
_SECTION = Held(tilt_db=-8.0, formants=_BODY, cutoff_hz=6000, spread_cents=7, players=7, attack_s=0.09, release_s=0.3)
_SAW = Held(tilt_db=-6.0, cutoff_hz=9000, attack_s=0.005, release_s=0.1)
_SQUARE = Held(tilt_db=-6.0, even_db=-60, cutoff_hz=8000, attack_s=0.005, release_s=0.1)


def _bars(*pairs: tuple[float, float], decay_s: float, knock_db: float = -26, knock_hz: float = 2500, release_s: float = 0.6) -> Struck:
    """Bars, bells and plates: (ratio, level in dB) of each partial."""
    return Struck(
        decay_s=decay_s,
        treble_decay=0.9,
        ratios=tuple(ratio for ratio, _ in pairs),
        levels_db=tuple(level for _, level in pairs),
        knock_db=knock_db,
        knock_hz=knock_hz,
        release_s=release_s,
    )


def _bowed(*, tilt_db: float, cutoff_hz: float, vibrato_cents: float = 10, attack_s: float = 0.06) -> Held:
    return Held(
        tilt_db=tilt_db, formants=_BODY, cutoff_hz=cutoff_hz, breath_db=-34, vibrato_cents=vibrato_cents, attack_s=attack_s, release_s=0.18
    )


def _brass(*, tilt_db: float, cutoff_hz: float, formant_hz: float, vibrato_cents: float = 4, attack_s: float = 0.035) -> Held:
    return Held(
        tilt_db=tilt_db,
        formants=((formant_hz, 6.0, 1.1 * formant_hz),),
        cutoff_hz=cutoff_hz,
        breath_db=-40,
        vibrato_cents=vibrato_cents,
        attack_s=attack_s,
        release_s=0.1,
    )


def _reed(
    *,
    tilt_db: float,
    cutoff_hz: float,
    even_db: float = 0.0,
    formants: tuple[tuple[float, float, float], ...] = _REED_BITE,
    vibrato_cents: float = 6,
    breath_db: float = -36,
) -> Held:
    return Held(
        tilt_db=tilt_db,
        even_db=even_db,
        formants=formants,
        cutoff_hz=cutoff_hz,
        breath_db=breath_db,
        vibrato_cents=vibrato_cents,
        attack_s=0.04,
        release_s=0.1,
    )


def _pipe(*, tilt_db: float, breath_db: float, vibrato_cents: float = 8, attack_s: float = 0.05) -> Held:
    return Held(tilt_db=tilt_db, cutoff_hz=5000, breath_db=breath_db, vibrato_cents=vibrato_cents, attack_s=attack_s, release_s=0.12)


def _pad(*, tilt_db: float = -9.0, cutoff_hz: float = 4000, formants: tuple[tuple[float, float, float], ...] = ()) -> Held:
    return Held(tilt_db=tilt_db, cutoff_hz=cutoff_hz, formants=formants, spread_cents=9, players=5, attack_s=0.3, release_s=0.9)


PATCHES: tuple[Patch, ...] = (
    # pianos
    Patch("Grand Piano", _GRAND),
    Patch("Bright Piano", _BRIGHT),
    Patch("Electric Grand", replace(_BRIGHT, strings=1, knock_db=-30)),
    Patch("Honky-Tonk", replace(_BRIGHT, strings=3)),
    Patch("Electric Piano 1", _TINE),
    Patch("Electric Piano 2", replace(_TINE, ratios=(1, 2, 3, 5, 14), levels_db=(0, -20, -16, -30, -18))),
    Patch("Harpsichord", Struck(decay_s=4, tilt_db=-2.5, treble_decay=0.5, strike_at=0.13, knock_db=-22, knock_hz=4000)),
    Patch("Clavinet", Struck(decay_s=2.5, tilt_db=-3.5, treble_decay=0.6, strike_at=0.08, knock_db=-18, knock_hz=3000, release_s=0.06)),
    # bars and bells
    Patch("Celesta", _bars((1, 0), (4, -16), (9.2, -26), decay_s=2.0)),
    Patch("Glockenspiel", _bars((1, 0), (2.76, -8), (5.4, -14), (8.93, -22), decay_s=2.5), octave=1),
    Patch("Music Box", _bars((1, 0), (3.9, -14), (5.9, -18), (9.6, -22), decay_s=2.2)),
    Patch("Vibraphone", _bars((1, 0), (4, -14), (10, -24), decay_s=6.0, release_s=0.5)),
    Patch("Marimba", _bars((1, 0), (3.93, -16), (9.2, -26), decay_s=1.3, knock_db=-18, knock_hz=900)),
    Patch("Xylophone", _bars((1, 0), (3, -10), (6.1, -16), decay_s=0.8, knock_db=-14, knock_hz=3000)),
    Patch("Tubular Bells", _bars((2, 0), (3.02, -2), (4.01, -6), (1, -14), (5.08, -10), (6.2, -14), decay_s=7.0, release_s=2.0), octave=-1),
    Patch("Dulcimer", replace(_STEEL, decay_s=3.5, strings=2, strike_at=0.12, release_s=0.8)),
    # organs
    Patch("Drawbar Organ", Held(drawbars=(8, 8, 8, 6, 0, 5, 0, 6), attack_s=0.008, release_s=0.06)),
    Patch("Percussive Organ", Held(drawbars=(8, 7, 8, 4, 0, 0, 0, 3), attack_s=0.004, release_s=0.06)),
    Patch(
        "Rock Organ", Held(drawbars=(8, 8, 8, 8, 6, 7, 0, 8, 0, 5), attack_s=0.004, release_s=0.06, spread_cents=3, players=3), is_wide=True
    ),
    Patch(
        "Church Organ",
        Held(drawbars=(8, 8, 6, 8, 5, 6, 3, 7, 0, 4, 0, 5, 0, 0, 0, 6), spread_cents=2, players=3, attack_s=0.05, release_s=0.5),
        is_wide=True,
    ),
    Patch("Reed Organ", _reed(tilt_db=-6, cutoff_hz=4500, vibrato_cents=0)),
    Patch("Accordion", Held(tilt_db=-5, cutoff_hz=5500, formants=_REED_BITE, spread_cents=5, players=3, attack_s=0.04, release_s=0.09)),
    Patch("Harmonica", _reed(tilt_db=-5, cutoff_hz=6000, vibrato_cents=10)),
    Patch("Bandoneon", Held(tilt_db=-4.5, cutoff_hz=5000, formants=_REED_BITE, spread_cents=3, players=2, attack_s=0.035, release_s=0.09)),
    # guitars
    Patch("Nylon Guitar", _NYLON),
    Patch("Steel Guitar", _STEEL),
    Patch("Jazz Guitar", replace(_CLEAN, tilt_db=-10.0)),
    Patch("Clean Guitar", _CLEAN),
    Patch("Muted Guitar", _MUTED),
    Patch(
        "Overdriven Guitar",
        Held(tilt_db=-5.5, formants=((700, 5, 900), (2400, 6, 1800)), cutoff_hz=4500, attack_s=0.004, release_s=0.1, vibrato_cents=5),
        -3,
    ),
    Patch(
        "Distortion Guitar",
        Held(tilt_db=-4.0, formants=((600, 4, 900), (2800, 7, 2200)), cutoff_hz=5000, attack_s=0.003, release_s=0.1, vibrato_cents=5),
        -4,
    ),
    Patch("Guitar Harmonics", _bars((1, 0), (2, -12), (3, -24), decay_s=4.0), octave=1),
    # basses
    Patch("Acoustic Bass", replace(_BASS, decay_s=2.0, tilt_db=-10, knock_db=-20), 4),
    Patch("Finger Bass", _BASS, 4),
    Patch("Pick Bass", replace(_BASS, tilt_db=-6.5, strike_at=0.12, knock_db=-20, knock_hz=2500), 4),
    Patch("Fretless Bass", replace(_BASS, decay_s=3.5, tilt_db=-7.5, knock_db=-40), 4),
    Patch("Slap Bass 1", _SLAP, 4),
    Patch("Slap Bass 2", replace(_SLAP, tilt_db=-4.0, knock_hz=4500), 4),
    Patch("Synth Bass 1", Held(tilt_db=-6.5, cutoff_hz=1200, attack_s=0.003, release_s=0.06), 4),
    Patch("Synth Bass 2", Held(tilt_db=-6.5, even_db=-12, cutoff_hz=800, attack_s=0.003, release_s=0.08), 4),
    # strings
    Patch("Violin", _bowed(tilt_db=-5.5, cutoff_hz=8000, vibrato_cents=14)),
    Patch("Viola", _bowed(tilt_db=-6.0, cutoff_hz=6000, vibrato_cents=12)),
    Patch("Cello", _bowed(tilt_db=-6.0, cutoff_hz=4500)),
    Patch("Contrabass", _bowed(tilt_db=-7.0, cutoff_hz=3000, vibrato_cents=6, attack_s=0.08)),
    Patch("Tremolo Strings", replace(_SECTION, attack_s=0.03), is_wide=True),
    Patch("Pizzicato", Struck(decay_s=0.9, tilt_db=-9, treble_decay=0.8, strike_at=0.28, knock_db=-20, knock_hz=800, release_s=0.4)),
    Patch("Harp", _HARP),
    Patch(
        "Timpani", _bars((1, 0), (1.5, -5), (1.99, -9), (2.44, -14), (2.89, -18), decay_s=1.6, knock_db=-12, knock_hz=300, release_s=0.8)
    ),
    # ensembles
    Patch("Strings", _SECTION, is_wide=True),
    Patch("Slow Strings", replace(_SECTION, attack_s=0.25, release_s=0.5), is_wide=True),
    Patch("Synth Strings 1", replace(_SECTION, formants=(), attack_s=0.12, release_s=0.4), is_wide=True),
    Patch("Synth Strings 2", replace(_SECTION, formants=(), cutoff_hz=3000, attack_s=0.2, release_s=0.5), is_wide=True),
    Patch(
        "Choir Aahs",
        Held(tilt_db=-11, formants=_AAH, cutoff_hz=5000, spread_cents=9, players=7, breath_db=-34, attack_s=0.12, release_s=0.3),
        is_wide=True,
    ),
    Patch(
        "Voice Oohs",
        Held(tilt_db=-12, formants=_OOH, cutoff_hz=3000, spread_cents=8, players=5, breath_db=-34, attack_s=0.12, release_s=0.3),
        is_wide=True,
    ),
    Patch(
        "Synth Voice",
        Held(tilt_db=-10, formants=_AAH, cutoff_hz=4000, spread_cents=5, players=3, attack_s=0.08, release_s=0.3),
        is_wide=True,
    ),
    Patch("Orchestra Hit", Struck(decay_s=1.1, tilt_db=-4.5, treble_decay=0.3, strings=3, knock_db=-8, knock_hz=1500, release_s=0.4)),
    # brass
    Patch("Trumpet", _brass(tilt_db=-3.5, cutoff_hz=6500, formant_hz=1200)),
    Patch("Trombone", _brass(tilt_db=-4.5, cutoff_hz=4000, formant_hz=600)),
    Patch("Tuba", _brass(tilt_db=-7.0, cutoff_hz=1800, formant_hz=250, attack_s=0.06)),
    Patch("Muted Trumpet", _brass(tilt_db=-2.0, cutoff_hz=7000, formant_hz=2200)),
    Patch("French Horn", _brass(tilt_db=-7.5, cutoff_hz=2500, formant_hz=400, attack_s=0.06)),
    Patch(
        "Brass Section",
        Held(tilt_db=-4.5, formants=((900, 5, 1000),), cutoff_hz=5500, spread_cents=6, players=5, attack_s=0.04, release_s=0.12),
        is_wide=True,
    ),
    Patch("Synth Brass 1", Held(tilt_db=-5.5, cutoff_hz=5000, spread_cents=5, players=3, attack_s=0.03, release_s=0.12), is_wide=True),
    Patch("Synth Brass 2", Held(tilt_db=-6.5, cutoff_hz=3500, spread_cents=6, players=3, attack_s=0.05, release_s=0.2), is_wide=True),
    # reeds
    Patch("Soprano Sax", _reed(tilt_db=-5, cutoff_hz=7000)),
    Patch("Alto Sax", _reed(tilt_db=-5, cutoff_hz=6000)),
    Patch("Tenor Sax", _reed(tilt_db=-5.5, cutoff_hz=5000, formants=((600, 5, 600), (1800, 3, 900)))),
    Patch("Baritone Sax", _reed(tilt_db=-5.5, cutoff_hz=4000, formants=((400, 5, 400), (1300, 3, 900)))),
    Patch("Oboe", _reed(tilt_db=-4, cutoff_hz=6000, formants=((1100, 9, 500), (2900, 6, 800)))),
    Patch("English Horn", _reed(tilt_db=-5, cutoff_hz=5000, formants=((900, 8, 450), (2300, 4, 800)))),
    Patch("Bassoon", _reed(tilt_db=-6, cutoff_hz=3500, formants=((480, 10, 250), (1150, 4, 500)))),
    Patch("Clarinet", _reed(tilt_db=-6, cutoff_hz=5000, even_db=-18, formants=((1500, 4, 1500),), vibrato_cents=0)),
    # pipes
    Patch("Piccolo", _pipe(tilt_db=-12, breath_db=-26), octave=0),
    Patch("Flute", _pipe(tilt_db=-11, breath_db=-24)),
    Patch("Recorder", _pipe(tilt_db=-14, breath_db=-28, vibrato_cents=3)),
    Patch("Pan Flute", _pipe(tilt_db=-15, breath_db=-15)),
    Patch("Blown Bottle", _pipe(tilt_db=-18, breath_db=-13, vibrato_cents=0)),
    Patch("Shakuhachi", _pipe(tilt_db=-11, breath_db=-16, vibrato_cents=14)),
    Patch("Whistle", _pipe(tilt_db=-24, breath_db=-28, vibrato_cents=10)),
    Patch("Ocarina", _pipe(tilt_db=-20, breath_db=-28, vibrato_cents=4)),
    # synthesizer leads
    Patch("Square Lead", _SQUARE, -3),
    Patch("Saw Lead", _SAW, -3),
    Patch("Calliope Lead", _pipe(tilt_db=-14, breath_db=-20, attack_s=0.02)),
    Patch("Chiff Lead", replace(_SQUARE, cutoff_hz=4000, breath_db=-22), -3),
    Patch("Charang Lead", replace(_SAW, formants=((2000, 8, 1500),)), -4),
    Patch("Voice Lead", Held(tilt_db=-10, formants=_AAH, cutoff_hz=4500, attack_s=0.03, vibrato_cents=10)),
    Patch("Fifths Lead", replace(_SAW, drawbars=(0, 8, 8, 7, 0, 7, 0, 6, 6, 0, 0, 5)), -3, octave=-1),
    Patch("Bass and Lead", replace(_SAW, spread_cents=4, players=2, cutoff_hz=5000), -3),
    # pads
    Patch("New Age Pad", _pad(tilt_db=-10), is_wide=True),
    Patch("Warm Pad", _pad(tilt_db=-9, cutoff_hz=1800), is_wide=True),
    Patch("Polysynth", Held(tilt_db=-6, cutoff_hz=6000, spread_cents=6, players=3, attack_s=0.02, release_s=0.3), is_wide=True),
    Patch("Choir Pad", _pad(tilt_db=-11, formants=_AAH), is_wide=True),
    Patch("Bowed Pad", _pad(tilt_db=-8, formants=((1200, 8, 300), (3100, 6, 500))), is_wide=True),
    Patch("Metallic Pad", _pad(tilt_db=-5, cutoff_hz=8000), is_wide=True),
    Patch("Halo Pad", _pad(tilt_db=-8, formants=_OOH), is_wide=True),
    Patch("Sweep Pad", _pad(tilt_db=-6, cutoff_hz=6000), is_wide=True),
    # more synthesizer sounds
    Patch("Rain", _bars((1, 0), (2.7, -8), (5.2, -12), (8.1, -14), decay_s=3.0)),
    Patch("Soundtrack", _pad(tilt_db=-7, cutoff_hz=3000), is_wide=True),
    Patch("Crystal", _bars((1, 0), (3.5, -8), (6.8, -12), (11.3, -16), decay_s=4.0)),
    Patch("Atmosphere", replace(_NYLON, decay_s=5.0, strings=2, release_s=1.0)),
    Patch("Brightness", _pad(tilt_db=-4, cutoff_hz=9000), is_wide=True),
    Patch("Goblins", _pad(tilt_db=-10, formants=_OOH), is_wide=True),
    Patch("Echoes", _pad(tilt_db=-8), is_wide=True),
    Patch("Science Fiction", _pad(tilt_db=-6, formants=((1700, 9, 300),)), is_wide=True),
    # from around the world
    Patch("Sitar", replace(_KOTO, decay_s=4.5, strings=2, tilt_db=-3.0)),
    Patch("Banjo", replace(_KOTO, decay_s=1.2, knock_db=-16)),
    Patch("Shamisen", replace(_KOTO, decay_s=1.4, knock_db=-12)),
    Patch("Koto", _KOTO),
    Patch("Kalimba", _bars((1, 0), (5.8, -22), (9.5, -30), decay_s=1.6, knock_db=-16, knock_hz=1500)),
    Patch("Bagpipe", _reed(tilt_db=-3, cutoff_hz=6000, vibrato_cents=0), -2),
    Patch("Fiddle", _bowed(tilt_db=-5.0, cutoff_hz=8500, attack_s=0.04)),
    Patch("Shanai", _reed(tilt_db=-3.5, cutoff_hz=6500, formants=((1300, 8, 600), (3000, 6, 900)))),
    # struck things
    Patch("Tinkle Bell", _bars((1, 0), (2.3, -4), (3.9, -8), (5.7, -14), decay_s=2.5), octave=1),
    Patch("Agogo", _bars((1, 0), (1.5, -6), (2.6, -10), (4.1, -16), decay_s=0.8, knock_db=-14)),
    Patch("Steel Drums", _bars((1, 0), (2.0, -5), (3.0, -12), (4.02, -16), decay_s=2.0, knock_db=-20, knock_hz=900)),
    Patch("Woodblock", _bars((1, 0), (2.6, -10), (4.8, -18), decay_s=0.18, knock_db=-8, knock_hz=2000)),
    Patch("Taiko", _bars((1, 0), (1.59, -6), (2.14, -10), (2.65, -14), decay_s=0.9, knock_db=-6, knock_hz=250), octave=-1),
    Patch("Melodic Tom", _bars((1, 0), (1.59, -8), (2.14, -13), decay_s=0.6, knock_db=-8, knock_hz=500)),
    Patch("Synth Drum", _bars((1, 0), (1.51, -10), decay_s=0.5, knock_db=-14, knock_hz=1200)),
    Patch("Reverse Cymbal", None, effect="reverse cymbal"),
    # noises
    Patch("Fret Noise", None, -8, effect="fret noise"),
    Patch("Breath Noise", None, -8, effect="breath"),
    Patch("Seashore", None, -4, effect="seashore", is_wide=True),
    Patch("Bird", None, -6, effect="bird"),
    Patch("Telephone", None, -6, effect="telephone"),
    Patch("Helicopter", None, -4, effect="helicopter"),
    Patch("Applause", None, -4, effect="applause", is_wide=True),
    Patch("Gunshot", None, effect="gunshot"),
)
"""Index: the General MIDI program, from 0."""
