"""Manners of playing together: tempo, metre, what bass and chords do, which instruments, whose drums. Taste, as a table."""

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


@dataclass(frozen=True, kw_only=True)
class Style:
    """A manner of playing. `bpm` are the usual quarters a minute; `grooves` and `patterns` begin the names of fitting drums.

    `swing` is the range of the off-beat; `chords` and `basses` name rhythms of `hexachord.rendering.accompaniment`.
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


STYLES: tuple[Style, ...] = (
    Style(
        name="rock",
        weight=1.6,
        bpm=(84, 172),
        beats=(4, 3, 6, 5, 7, 12),
        basses=("eighths", "kick", "beats"),
        chords=("whole", "eighths", "push", "power"),
        chord_programs=DRIVEN + GUITARS,
        leads=(29, 30, 27, 81),
        grooves=("rock", "punk"),
        patterns=("rock", "pop"),
        pad=0.15,
    ),
    Style(
        name="metal",
        weight=0.7,
        bpm=(100, 210),
        beats=(4, 3, 5, 6, 7),
        basses=("eighths", "sixteenths", "gallop"),
        chords=("gallop", "power", "sixteenths"),
        chord_programs=DRIVEN,
        leads=DRIVEN,
        grooves=("punk", "rock"),
        patterns=("rock",),
        pad=0.1,
    ),
    Style(
        name="pop",
        weight=1.8,
        bpm=(72, 132),
        beats=(4, 3, 6, 12),
        basses=("kick", "whole", "tresillo", "eighths"),
        chords=("strum", "beats", "arpeggio", "push", "whole"),
        chord_programs=PIANOS + GUITARS + ELECTRIC,
        leads=(80, 81, 73, 40, 11, 27),
        grooves=("pop", "rock", "soul"),
        patterns=("pop",),
        pad=0.5,
    ),
    Style(
        name="ballad",
        weight=1.2,
        bpm=(50, 84),
        beats=(4, 3, 6, 12),
        basses=("whole", "root_fifth", "tresillo"),
        chords=("arpeggio", "whole", "alberti", "beats"),
        chord_programs=(*PIANOS, 24, 25, 4, 46),
        leads=(40, 66, 68, 73, 71),
        grooves=("pop/soft", "rock/halftime", "soul"),
        patterns=("ballad",),
        pad=0.6,
        drums=0.6,
        sung=0.75,
    ),
    Style(
        name="disco",
        weight=1.0,
        bpm=(104, 134),
        basses=("octaves", "kick", "eighths"),
        chords=("offbeats", "sixteenths", "charleston"),
        chord_programs=(27, 28, 4, 5, 48, 62),
        leads=(*LEADS, 48, 61, 73),
        grooves=("dance",),
        patterns=("disco",),
        pad=0.5,
    ),
    Style(
        name="electronic",
        weight=1.3,
        bpm=(96, 176),
        beats=(4, 3, 5, 7),
        basses=("offbeats", "sixteenths", "octaves", "tresillo"),
        bass_programs=SYNTH_BASS,
        chords=("arpeggio16", "push", "offbeats", "whole", "tresillo"),
        chord_programs=(81, 80, 90, 62, 63, 4),
        leads=LEADS,
        grooves=("dance", "hiphop"),
        patterns=("disco", "pop"),
        pad=0.7,
        sung=0.4,
    ),
    Style(
        name="funk",
        weight=1.2,
        bpm=(84, 124),
        beats=(4, 12),
        basses=("kick", "syncopated", "octaves"),
        chords=("syncopated", "sixteenths", "charleston"),
        chord_programs=(27, 28, 7, 4, 16),
        leads=(65, 66, 56, 61, 27),
        grooves=("funk", "neworleans", "soul", "jazz/funk", "afrobeat"),
        patterns=("funk", "rhythm&blues"),
        pad=0.15,
    ),
    Style(
        name="hiphop",
        weight=1.1,
        bpm=(66, 104),
        basses=("kick", "whole", "syncopated"),
        bass_programs=SYNTH_BASS + FINGERED,
        chords=("whole", "charleston", "arpeggio"),
        chord_programs=(4, 5, 0, 11, 26),
        leads=(80, 73, 11, 56),
        grooves=("hiphop",),
        patterns=("funk",),
        swing=(0.5, 0.58),
    ),
    Style(
        name="reggae",
        weight=0.8,
        bpm=(62, 92),
        beats=(4, 12),
        basses=("reggae", "tresillo"),
        chords=("offbeats",),
        chord_programs=(27, 28, 16, 17, 0),
        leads=(22, 56, 66, 17),
        grooves=("reggae",),
        patterns=("reggae", "ska"),
        swing=(0.5, 0.6),
        pad=0.15,
    ),
    Style(
        name="latin",
        weight=0.9,
        bpm=(84, 200),
        beats=(4, 2, 6, 3),
        basses=("tresillo", "bossa", "root_fifth"),
        bass_programs=ACOUSTIC_BASS + FINGERED,
        chords=("bossa", "syncopated", "charleston"),
        chord_programs=(24, 24, 0, 4, 26),
        leads=(56, 66, 73, 71, 24),
        grooves=("latin", "afrocuban"),
        patterns=("samba", "bossa", "cha-cha", "afro-cuban"),
        pad=0.15,
    ),
    Style(
        name="swing",
        weight=1.1,
        bpm=(92, 240),
        beats=(3, 4, 2),
        basses=("walking", "walking", "root_fifth"),
        bass_programs=ACOUSTIC_BASS,
        chords=("charleston", "syncopated", "beats"),
        chord_programs=(0, 0, 26, 4, 11),
        leads=(66, 65, 56, 71, 11, 26, 0),
        grooves=("jazz",),
        patterns=("swing",),
        swing=(0.58, 0.69),
        sung=0.35,
        pad=0.05,
        second=0.2,
    ),
    Style(
        name="blues",
        weight=0.7,
        bpm=(60, 140),
        beats=(4, 12, 6, 3),
        basses=("walking", "root_fifth", "beats"),
        chords=("beats", "charleston", "boogie"),
        chord_programs=(27, 0, 16, 25),
        leads=(22, 27, 29, 66),
        grooves=("blues", "rock/shuffle", "funk/purdieshuffle"),
        patterns=("blues", "shuffle"),
        swing=(0.62, 0.69),
        pad=0.05,
    ),
    Style(
        name="country",
        weight=0.8,
        bpm=(84, 170),
        beats=(4, 2, 3),
        basses=("root_fifth",),
        chords=("afterbeats", "strum"),
        chord_programs=(25, 25, 105, 0),
        leads=(110, 40, 25, 22, 105),
        grooves=("country",),
        patterns=("twist", "pop"),
        pad=0.05,
        drums=0.7,
    ),
    Style(
        name="folk",
        weight=0.7,
        bpm=(66, 150),
        beats=(2, 3, 4, 5, 6, 7, 9, 12),
        basses=("root_fifth", "whole"),
        bass_programs=ACOUSTIC_BASS + FINGERED,
        chords=("strum", "arpeggio", "afterbeats", "whole"),
        chord_programs=(24, 25, 21, 46, 23, 105),
        leads=(40, 73, 74, 21, 22, 110, 78),
        pad=0.1,
        drums=0.35,
        sung=0.6,
    ),
    Style(
        name="waltz",
        weight=0.9,
        bpm=(80, 200),
        beats=(3,),
        basses=("whole",),
        bass_programs=ACOUSTIC_BASS,
        chords=("afterbeats", "arpeggio"),
        chord_programs=(0, 21, 24, 48, 46),
        leads=(40, 21, 71, 73, 0),
        pad=0.25,
        drums=0.45,
        sung=0.4,
    ),
    Style(
        name="march",
        weight=0.5,
        bpm=(92, 150),
        beats=(2, 4, 6),
        basses=("root_fifth", "beats"),
        bass_programs=(58, 32),
        chords=("afterbeats", "beats"),
        chord_programs=(61, 60, 21, 48),
        leads=(56, 72, 73, 71, 61),
        grooves=("jazz/march",),
        pad=0.1,
        drums=0.7,
        sung=0.15,
    ),
    Style(
        name="progressive",
        weight=0.7,
        bpm=(80, 180),
        beats=(3, 4, 5, 6, 7, 9, 12),
        basses=("syncopated", "eighths", "kick"),
        chords=("arpeggio", "push", "power", "arpeggio16"),
        chord_programs=(27, 29, 4, 16, 81),
        leads=(*LEADS, 29, 73, 68),
        grooves=("rock", "jazz"),
        patterns=("rock",),
        pad=0.4,
    ),
    Style(
        name="chamber",
        weight=0.35,
        bpm=(48, 160),
        beats=(2, 3, 4, 5, 6, 7, 9, 12),
        basses=("whole", "beats", "root_fifth"),
        bass_programs=(42, 43, 70),
        chords=("whole", "alberti", "arpeggio", "afterbeats", "beats"),
        chord_programs=(48, 0, 46, 6, 49),
        leads=(40, 41, 68, 71, 73, 60),
        pads=STRINGS,
        pad=0.5,
        drums=0.0,
        sung=0.3,
    ),
)
