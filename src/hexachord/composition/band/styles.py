"""Styles of accompaniment as data: who plays, and what each plays in a bar.

A pattern is a string whose characters share a bar evenly: sixteen for sixteenths of 4/4, twelve for its triplets or for 3/4 and 6/8. Drums
know ``X x g`` (accent, stroke, ghost); a bass names tones: ``R`` root (the bass of an inversion), ``5`` fifth, ``8`` octave, ``3`` third,
``N`` the root of the next bar's chord, taken early; chords are struck with ``X x``, strummed ``d u``, broken with ``0 1 2 3 4``, tones from
the lowest. ``.`` goes on. Bars are named by their quarters (``4``, ``3``) or, where they are felt in threes,
``6/8``; other metres are put together from cells of two and three (`hexachord.composition.band.bars`). The patterns are the common
idioms of each style, as any method teaches them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Patterns = Mapping[str, str]
"""Bar → pattern."""


@dataclass(frozen=True, kw_only=True)
class ChordPlayer:
    """Who plays chords, and how.

    Attributes
    ----------
    role : piano, guitar, organ, keys, strings, pad or brass
    name, program : of the part, and its General MIDI program
    manner : block, strum, broken or held
    patterns : bar → pattern; none for `held`
    left : bar → bass pattern of a piano's left hand
    centre : the middle of the voicings
    gate : how much of the time to the next stroke a chord lasts
    least : the intensity from which on it plays
    """

    role: str
    name: str
    program: int
    manner: str = "block"
    patterns: Patterns = field(default_factory=dict)
    left: Patterns = field(default_factory=dict)
    centre: float = 61.0
    gate: float = 0.95
    least: float = 0.0


@dataclass(frozen=True, kw_only=True)
class BandStyle:
    """A style: drums by General MIDI key, a bass, those who play chords; how fast it usually is (quarters a minute).

    `walking` lets the bass walk where bars have beats of quarters; `swing` is for the words above the first bar.
    """

    drums: Mapping[int, Patterns]
    bass: Patterns
    chords: tuple[ChordPlayer, ...]
    bpm: tuple[int, int] = (80, 130)
    bass_program: int = 33
    walking: bool = False
    swing: bool = False
    soft: bool = False  # side stick and ride instead of snare and hi-hat where bars are put together from cells


KICK, STICK, SNARE, CLAP, CLOSED, PEDAL, OPEN, RIDE, CRASH = 36, 37, 38, 39, 42, 44, 46, 51, 49
LOW_TOM, MID_TOM, HIGH_TOM, COWBELL, SHAKER, CLAVES = 45, 47, 50, 56, 70, 75

_STRINGS = ChordPlayer(role="strings", name="Strings", program=48, manner="held", centre=66.0, least=0.65)
_TWO = {"4": "R.......5.......", "3": "R...........", "6/8": "R.....5....."}
_EIGHTHS = {"4": "x.x.x.x.x.x.x.x.", "3": "x.x.x.x.x.x.", "6/8": "x.x.x.x.x.x."}
_BACKBEAT = {"4": "....X.......X...", "3": "....x...x..."}
_BALLAD_LEFT = {"4": "R...5...8...5...", "3": "R...5...8...", "6/8": "R.5.8.R.5.8."}


def _piano(patterns: Patterns, left: Patterns, *, manner: str = "block", gate: float = 0.95, program: int = 0) -> ChordPlayer:
    return ChordPlayer(role="piano", name="Piano", program=program, manner=manner, patterns=patterns, left=left, gate=gate, centre=63.0)


STYLES: Mapping[str, BandStyle] = {
    "pop ballad": BandStyle(
        drums={KICK: {"4": "X.......x.x.....", "6/8": "X.....", "3": "X..........."},
               STICK: {"4": "....x.......x...", "6/8": "......x.....", "3": "....x...x..."},
               CLOSED: _EIGHTHS},
        bass={"4": "R.......R.....5.", "3": "R.......5...", "6/8": "R.....R...5."},
        chords=(_piano({"4": "x...x...x...x...", "3": "x...x...x...", "6/8": "x.....x....."}, _BALLAD_LEFT), _STRINGS),
        bpm=(58, 84), soft=True,
    ),
    "pop": BandStyle(
        drums={KICK: {"4": "X.....x.x.......", "3": "X.......x...", "6/8": "X.........x."},
               SNARE: {"4": "....X.......X...", "3": "....x...x...", "6/8": "......X....."},
               CLOSED: _EIGHTHS},
        bass={"4": "R.....R.R.....5.", "3": "R.......5...", "6/8": "R.....R...5."},
        chords=(
            _piano({"4": "x.....x.....x...", "3": "x...x...x...", "6/8": "x.....x...x."},
                {"4": "R.......R.......", "3": "R...........", "6/8": "R.....R....."}),
            ChordPlayer(role="guitar", name="Guitar", program=25, manner="strum", least=0.7,
                        patterns={"4": "d...d.u...u.d.u.", "3": "d...d.u.d.u.", "6/8": "d...d.d...d."}),
            _STRINGS,
        ),
        bpm=(84, 128),
    ),
    "rock": BandStyle(
        drums={KICK: {"4": "X.....x.x.x.....", "3": "X.....x.....", "6/8": "X...x......."},
               SNARE: {"4": "....X.......X...", "3": "....X...X...", "6/8": "......X....."},
               CLOSED: {"4": "X.x.X.x.X.x.X.x.", "3": "X.x.X.x.X.x.", "6/8": "x.x.x.x.x.x."}},
        bass={"4": "R.R.R.R.R.R.R.R.", "3": "R.R.R.R.R.R.", "6/8": "R.R.R.R.R.R."},
        chords=(
            ChordPlayer(role="guitar", name="Electric Guitar", program=29, manner="power", gate=0.85,
                        patterns={"4": "X..xx.x.X..xx.x.", "3": "X.x.x.X.x.x.", "6/8": "X...x.X...x."}),
            ChordPlayer(role="organ", name="Organ", program=18, manner="held", centre=65.0, least=0.75),
        ),
        bpm=(104, 160),
    ),
    "slow rock": BandStyle(
        drums={KICK: {"4": "X.......x..x", "6/8": "X...........", "3": "X..........."},
               SNARE: {"4": "...X.....X..", "6/8": "......X.....", "3": "....x...x..."},
               CLOSED: {"4": "xxxxxxxxxxxx", "6/8": "x.x.x.x.x.x.", "3": "x.x.x.x.x.x."}},
        bass={"4": "R.....R..5..", "6/8": "R.....R...5.", "3": "R.......5..."},
        chords=(_piano({"4": "xxxxxxxxxxxx", "6/8": "x.x.x.x.x.x.", "3": "x.x.x.x.x.x."},
            {"4": "R.....5.....", "6/8": "R.....5.....", "3": "R..........."}, gate=0.8),
                _STRINGS),
        bpm=(54, 84),
    ),
    "folk": BandStyle(
        drums={},
        bass=_TWO,
        chords=(ChordPlayer(role="guitar", name="Guitar", program=25, manner="strum",
                            patterns={"4": "d...d.u...u.d.u.", "3": "d...d.u.d.u.", "6/8": "d...u.d...u."}),),
        bpm=(80, 130), bass_program=32, soft=True,
    ),
    "country": BandStyle(
        drums={KICK: {"4": "X.......X.......", "3": "X..........."}, SNARE: {"4": "....x..x....x.g.", "3": "....x...x..."},
               CLOSED: {"4": "x.x.x.x.x.x.x.x.", "3": "x...x...x..."}},
        bass=_TWO,
        chords=(ChordPlayer(role="guitar", name="Guitar", program=25, manner="strum",
                            patterns={"4": "....d.u.....d.u.", "3": "....d.u.d.u.", "6/8": "....d.....d."}),
                _piano({"4": "....x.......x...", "3": "....x...x..."}, {"4": "R.......5.......", "3": "R..........."}, gate=0.5)),
        bpm=(92, 150),
    ),
    "swing": BandStyle(
        drums={RIDE: {"4": "X..x.xX..x.x", "3": "X..x.xx.x"}, PEDAL: {"4": "...x.....x..", "3": "...x....."},
            KICK: {"4": "g..g..g..g..", "3": "x........"},
               SNARE: {"4": ".....g......", "3": ".....g..."}},
        bass={"4": "R...3...5...3...", "3": "R...3...5..."},
        chords=(_piano({"4": "x....x......", "3": "x....x..."}, {}, gate=0.55),
                ChordPlayer(role="guitar", name="Archtop Guitar", program=26, manner="strum", gate=0.5, least=0.7,
                            patterns={"4": "d...d...d...d...", "3": "d...d...d..."})),
        bpm=(110, 220), bass_program=32, walking=True, swing=True, soft=True,
    ),
    "bossa": BandStyle(
        drums={KICK: {"4": "x.....x.x.....x.", "3": "x.......x..."}, STICK: {"4": "x.....x.....x...", "3": "x.....x....."},
               CLOSED: _EIGHTHS},
        bass={"4": "R.....5.5.....R.", "3": "R.......5...", "6/8": "R.....5....."},
        chords=(ChordPlayer(role="guitar", name="Nylon Guitar", program=24, manner="block", centre=59.0, gate=0.7,
                            patterns={"4": "x...x.....x...x.", "3": "x...x...x.x.", "6/8": "x...x.....x."}),
                _STRINGS),
        bpm=(104, 150), bass_program=32, soft=True,
    ),
    "waltz": BandStyle(
        drums={KICK: {"3": "X..........."}, SNARE: {"3": "....g...g..."}, CLOSED: {"3": "....x...x..."}},
        bass={"3": "R...........", "4": "R.......5.......", "6/8": "R.....5....."},
        chords=(_piano({"3": "....x...x...", "4": "....x...x...x...", "6/8": "..x.x...x.x."},
            {"3": "R...........", "4": "R.......5.......", "6/8": "R.....5....."}, gate=0.7),
                _STRINGS),
        bpm=(90, 180), bass_program=32, soft=True,
    ),
    "disco": BandStyle(
        drums={KICK: {"4": "X...X...X...X...", "3": "X...X...X..."}, SNARE: _BACKBEAT, OPEN: {"4": "..x...x...x...x.", "3": "..x...x...x."},
               CLOSED: {"4": "x...x...x...x...", "3": "x...x...x..."}},
        bass={"4": "R.8.R.8.R.8.R.8.", "3": "R.8.R.8.R.8.", "6/8": "R.8.R.R.8.R."},
        chords=(ChordPlayer(role="guitar", name="Electric Guitar", program=27, manner="block", gate=0.6, centre=64.0,
                            patterns={"4": "x.xxx.xxx.xxx.xx", "3": "x.xxx.xxx.xx", "6/8": "x.x.x.x.x.x."}),
                ChordPlayer(role="piano", name="Electric Piano", program=4, patterns={"4": "..x...x...x...x.", "3": "..x...x...x."},
                    gate=0.5,
                            left={"4": "R.......R.......", "3": "R..........."}),
                _STRINGS),
        bpm=(108, 128),
    ),
    "house": BandStyle(
        drums={KICK: {"4": "X...X...X...X..."}, CLAP: {"4": "....X.......X..."}, OPEN: {"4": "..x...x...x...x."},
            CLOSED: {"4": "x..xx..xx..xx..x"}},
        bass={"4": "..R...R...R..R..", "3": "R...R...R..."},
        chords=(ChordPlayer(role="piano", name="House Piano", program=1, patterns={"4": "x..x..x...x..x..", "3": "x..x..x...x."},
            gate=0.7, left={}),
                ChordPlayer(role="pad", name="Pad", program=89, manner="held", centre=64.0)),
        bpm=(118, 128), bass_program=38,
    ),
    "reggae": BandStyle(
        drums={KICK: {"4": "........X.......", "3": "........X..."}, STICK: {"4": "........x.....x.", "3": "........x..."},
            CLOSED: {"4": "x.xxx.x.x.xxx.x.", "3": "x.xxx.x.x.x."}},
        bass={"4": "R..5..R...8.5...", "3": "R..5..R.5..."},
        chords=(ChordPlayer(role="guitar", name="Electric Guitar", program=27, manner="block", gate=0.4, centre=66.0,
                            patterns={"4": "....x.......x...", "3": "....x...x..."}),
                ChordPlayer(role="organ", name="Organ", program=16, manner="block", gate=0.45, centre=60.0,
                            patterns={"4": "..x...xx..x...xx", "3": "..x...x...x."})),
        bpm=(66, 92),
    ),
    "funk": BandStyle(
        drums={KICK: {"4": "X..x..x...x..x..", "3": "X..x....x..."}, SNARE: {"4": "....X..g.g..X..g", "3": "....X..g...."},
            CLOSED: _EIGHTHS},
        bass={"4": "R..R..8...R.5.8.", "3": "R..R..8.5.8."},
        chords=(ChordPlayer(role="guitar", name="Electric Guitar", program=27, manner="block", gate=0.5, centre=66.0,
                            patterns={"4": "..x.x..x..x.x..x", "3": "..x.x..x..x."}),
                ChordPlayer(role="piano", name="Clavinet", program=7, gate=0.5, patterns={"4": "x..x....x..x....", "3": "x..x....x..."},
                    left={})),
        bpm=(88, 116),
    ),
    "hip hop": BandStyle(
        drums={KICK: {"4": "X..x......x..x..", "3": "X..x....x..."}, SNARE: {"4": "....X.......X...", "3": "....X......."},
            CLOSED: {"4": "x.x.x.xxx.x.x.x.", "3": "x.x.x.xxx.x."}},
        bass={"4": "R.........R..5..", "3": "R.......5..."},
        chords=(ChordPlayer(role="piano", name="Electric Piano", program=4, patterns={"4": "x.....x...x.....", "3": "x.....x....."},
            left={}),
                ChordPlayer(role="pad", name="Pad", program=89, manner="held", centre=64.0, least=0.7)),
        bpm=(76, 98), bass_program=38,
    ),
    "latin": BandStyle(
        drums={KICK: {"4": "x.....x.x.....x."}, COWBELL: {"4": "X.x.x.x.X.x.x.x."}, CLAVES: {"4": "x..x..x...x.x..."},
            STICK: {"4": "....x......x...."}},
        bass={"4": "......5.....N...", "3": "R.......5...", "6/8": "R.....5....."},
        chords=(_piano({"4": "x.xx.x.x.x.x.x.x", "3": "x.x..x.x..x.", "6/8": "x.x.x.x.x.x."},
            {"4": "R...5...8...5...", "3": "R.......5..."}, gate=0.7),
                ChordPlayer(role="brass", name="Brass", program=61, manner="block", gate=0.5, centre=67.0, least=0.8,
                            patterns={"4": "X.....x.........", "3": "X.....x....."})),
        bpm=(88, 116), bass_program=32,
    ),
    "tango": BandStyle(
        drums={},
        bass={"4": "R.....R.5...R...", "3": "R...5...R...", "6/8": "R.....5....."},
        chords=(_piano({"4": "X...x...X...x...", "3": "X...x...x...", "6/8": "X...x.X...x."},
            {"4": "R.....R.5...5...", "3": "R...5...5..."}, gate=0.5),
                _STRINGS),
        bpm=(56, 68), bass_program=32, soft=True,
    ),
    "march": BandStyle(
        drums={KICK: {"4": "X.......X......."}, SNARE: {"4": "..x.x.xx..x.x.xx", "6/8": "....x.....x."}},
        bass=_TWO,
        chords=(ChordPlayer(role="brass", name="Brass", program=61, gate=0.5, centre=62.0,
                            patterns={"4": "....x.......x...", "3": "....x...x...", "6/8": "....x.....x."}),
                _piano({"4": "....x.......x...", "3": "....x...x...", "6/8": "....x.....x."}, _TWO, gate=0.5)),
        bpm=(100, 126), bass_program=58,
    ),
    "piano": BandStyle(
        drums={},
        bass={},
        chords=(_piano({"4": "..1.2.1...1.2.1.", "3": "..1.2.1.2.1.", "6/8": "..1.2...1.2."}, _TWO, manner="broken"),),
        bpm=(60, 120), soft=True,
    ),
}  # fmt: skip


def style_for(quarter_bpm: float, metre: str) -> str:
    """Choose a style where nobody says: by metre and speed.

    Examples
    --------
    >>> style_for(70, "4/4"), style_for(120, "4/4"), style_for(140, "3/4"), style_for(60, "6/8")
    ('pop ballad', 'pop', 'waltz', 'slow rock')
    """
    if metre in ("3/4", "3/8"):
        return "waltz"
    if metre in ("6/8", "12/8", "9/8"):
        return "slow rock"
    return "pop ballad" if quarter_bpm <= 84 else "pop"
