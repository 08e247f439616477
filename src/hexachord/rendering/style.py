"""What a manner of playing is: tempo, metre, what bass and chords do, which instruments, whose drums."""

from dataclasses import dataclass

GUITARS = (24, 25, 26, 27)
DRIVEN = (29, 30)
PIANOS = (0, 0, 1, 2, 3)
ELECTRIC = (4, 5)
ORGANS = (16, 17, 18)
STRINGS = (48, 49, 50, 51)
PADS = (88, 89, 90, 91, 94, 95)
FINGERED, ACOUSTIC_BASS, SYNTH_BASS = (33, 34, 35), (32,), (38, 39)
WINDS = (65, 66, 64, 71, 73, 56, 68)
LEADS = (80, 81, 82, 87)
BRASS, REEDS = (56, 57, 60, 61), (64, 65, 66, 67)
SAWS, KEYS = (81, 90, 62, 63), (80, 81, 82, 83)


@dataclass(frozen=True, kw_only=True)
class Style:
    """A manner of playing. `bpm` are the usual quarters a minute; `grooves` and `patterns` begin the names of fitting drums.

    `swing` is the range of the off-beat in a beat, or in an eighth where `swing_unit` is a half; `chords` and `basses` name rhythms of
    `hexachord.rendering.accompaniment`, `tables` drum patterns of `hexachord.rendering.drum_tables` (its own name, where none is given).
    """

    name: str
    weight: float
    bpm: tuple[float, float]
    beats: tuple[int, ...] = (4,)  # beats of the bars it suits
    basses: tuple[str, ...]
    bass_programs: tuple[int, ...] = FINGERED
    chords: tuple[str, ...]
    chord_programs: tuple[int, ...]
    pads: tuple[int, ...] = PADS + STRINGS
    leads: tuple[int, ...]
    grooves: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    swing: tuple[float, float] = (0.5, 0.5)
    sung: float = 0.6  # how often the tune is sung
    drums: float = 0.85
    pad: float = 0.35
    second: float = 0.45  # how often a second chord instrument joins
    tables: tuple[str, ...] = ()
    tabled: float = 0.35  # how often the drums come from a table
    swing_unit: float = 1.0
    sequence: float = 0.0  # how often a sequencer repeats a figure of chord tones
    sequence_programs: tuple[int, ...] = (81, 80, 38, 84, 11)
    loops: bool = False  # four or eight bars of harmony again and again
    dance: bool = False  # built of intros, builds, drops and breaks
    quantised: float = 0.12  # how often everybody sits on the grid
    pulse: bool = True  # whether there is anything to tap to
    tune: float = 0.93
    bass: float = 0.9


ELECTRONIC_KITS = (
    "house", "techno", "trance", "drum and bass", "dubstep", "trap", "synthwave", "chiptune", "electro", "edm", "electronic", "reggaeton",
    "ambient",
)  # fmt: skip
_KITS: dict[str, tuple[int, ...]] = {
    "metal": (16,), "rock": (16, 8, 0), "punk": (16, 0, 8), "progressive": (16, 0), "swing": (32, 32, 40), "ballad": (0, 8, 40),
    "bossa nova": (32, 40, 0), "folk": (40, 0, 32), "waltz": (40, 32), "cinematic": (48,), "orchestral": (48,), "march": (48, 0),
    "musical": (32, 40, 0), "hiphop": (8, 25, 24), "lo-fi": (8, 25, 40), "breakbeat": (8, 24, 0), "disco": (0, 24, 8),
}  # fmt: skip


def kit_of(style: str, choice: float) -> int:
    """Return the General MIDI program of a kit that suits a style: 0 standard, 8 room, 16 power, 24 electronic, 25 analog, 32 jazz,
    40 brushes, 48 orchestra. `choice` in [0, 1) decides.

    Examples
    --------
    >>> kit_of("swing", 0.9), kit_of("techno", 0.0)
    (40, 25)
    """
    kits = _KITS.get(style, (25, 24, 25, 24, 8) if style in ELECTRONIC_KITS else (0, 0, 8, 16))
    return kits[int(choice * len(kits))]
