"""Electronic manners: clubs, bedrooms, consoles. Harmony that loops, sequencers, machines that keep time."""

from hexachord.rendering.style import ELECTRIC, KEYS, LEADS, PADS, PIANOS, SAWS, STRINGS, SYNTH_BASS, Style

ELECTRONIC: tuple[Style, ...] = (
    Style(
        name="house", weight=1.2, bpm=(116, 130), loops=True, dance=True, quantised=0.6, tabled=0.8,
        basses=("offbeats", "syncopated", "kick", "tresillo"), bass_programs=(*SYNTH_BASS, 33, 87),
        chords=("stabs", "charleston", "offbeats", "whole", "tresillo"), chord_programs=(*PIANOS, *ELECTRIC, 16, 62, 81),
        leads=(80, 81, 11, 73, 66), patterns=("disco",), grooves=("dance",), sequence=0.35, pad=0.6, sung=0.6, tune=0.5,
        swing=(0.5, 0.58), swing_unit=0.5, drums=0.97,
    ),
    Style(
        name="techno", weight=1.0, bpm=(122, 148), loops=True, dance=True, quantised=0.85, tabled=0.95,
        basses=("offbeats", "rolling", "sixteenths"), bass_programs=(38, 39, 87), chords=("stabs", "offbeats", "whole"),
        chord_programs=SAWS, leads=LEADS, sequence=0.7, pad=0.35, sung=0.1, tune=0.15, drums=0.99,
    ),
    Style(
        name="trance", weight=1.1, bpm=(128, 145), loops=True, dance=True, quantised=0.85, tabled=0.9,
        basses=("offbeats", "rolling", "gallop"), bass_programs=SYNTH_BASS, chords=("gated", "arpeggio16", "whole", "push"),
        chord_programs=SAWS, leads=LEADS, sequence=0.85, pad=0.8, sung=0.3, tune=0.6, drums=0.95,
    ),
    Style(
        name="drum and bass", weight=1.0, bpm=(160, 180), loops=True, dance=True, quantised=0.7, tabled=0.95,
        basses=("whole", "syncopated", "reese", "tresillo"), bass_programs=(*SYNTH_BASS, 87), chords=("whole", "charleston", "stabs"),
        chord_programs=(4, 5, 90, 62, 0), leads=(*LEADS, 73), sequence=0.3, pad=0.7, sung=0.4, tune=0.5, drums=0.98,
    ),
    Style(
        name="breakbeat", weight=0.8, bpm=(104, 142), loops=True, dance=True, quantised=0.5, tabled=0.9,
        basses=("syncopated", "kick", "tresillo"), bass_programs=(*SYNTH_BASS, 33), chords=("stabs", "charleston", "whole"),
        chord_programs=(16, 27, 62, 81, 4), leads=LEADS, grooves=("hiphop", "funk"), sequence=0.4, pad=0.4, tune=0.5, drums=0.98,
    ),
    Style(
        name="dubstep", weight=0.6, bpm=(66, 75), loops=True, dance=True, quantised=0.8, tabled=1.0,
        basses=("sub", "syncopated", "sixteenths"), bass_programs=(38, 39, 87), chords=("whole", "stabs"), chord_programs=SAWS,
        leads=LEADS, sequence=0.4, pad=0.6, sung=0.35, tune=0.5, drums=0.98,
    ),
    Style(
        name="trap", weight=1.2, bpm=(60, 86), loops=True, quantised=0.75, tabled=1.0,
        basses=("sub", "kick", "whole"), bass_programs=(38, 39, 33), chords=("whole", "arpeggio", "alberti", "beats"),
        chord_programs=(0, 10, 11, 14, 46, 81, 4), leads=(73, 80, 11, 14, 75), sequence=0.35, pad=0.5, sung=0.6, drums=0.98,
    ),
    Style(
        name="lo-fi", weight=0.9, bpm=(66, 92), loops=True, quantised=0.3, tabled=0.8,
        basses=("whole", "kick", "syncopated"), bass_programs=(33, 32, 38), chords=("whole", "charleston", "arpeggio"),
        chord_programs=(4, 5, 0, 24, 26), leads=(26, 11, 66, 73, 0), grooves=("hiphop", "soul"), pad=0.4, sung=0.2, tune=0.5,
        swing=(0.52, 0.62), swing_unit=0.5, drums=0.93,
    ),
    Style(
        name="synthwave", weight=1.0, bpm=(78, 122), loops=True, quantised=0.7, tabled=0.9,
        basses=("eighths", "octaves", "sixteenths", "gallop"), bass_programs=SYNTH_BASS, chords=("whole", "push", "arpeggio16", "gated"),
        chord_programs=(90, 62, 81, 50, 88), leads=LEADS, sequence=0.6, pad=0.85, sung=0.45, drums=0.97,
    ),
    Style(
        name="chiptune", weight=1.3, bpm=(96, 196), beats=(4, 3, 6, 7, 5), quantised=0.9, tabled=0.9,
        basses=("eighths", "octaves", "root_fifth", "sixteenths", "walking"), bass_programs=(80, 81, 38),
        chords=("chip", "arpeggio16", "sixteenths", "offbeats", "arpeggio"), chord_programs=(80, 80, 81), leads=(80, 80, 81, 79),
        pads=(80, 81), sequence=0.3, sequence_programs=(80, 81), pad=0.05, sung=0.0, second=0.3, drums=0.85,
    ),
    Style(
        name="electro", weight=0.8, bpm=(106, 134), loops=True, dance=True, quantised=0.8, tabled=0.9,
        basses=("octaves", "sixteenths", "syncopated"), bass_programs=SYNTH_BASS, chords=("stabs", "offbeats", "gated"),
        chord_programs=SAWS + KEYS, leads=LEADS, sequence=0.6, pad=0.4, sung=0.4, tune=0.6, drums=0.98,
    ),
    Style(
        name="edm", weight=1.0, bpm=(124, 150), loops=True, dance=True, quantised=0.85, tabled=0.9,
        basses=("offbeats", "beats", "kick", "sub"), bass_programs=SYNTH_BASS, chords=("gated", "push", "whole", "strum"),
        chord_programs=(*SAWS, 0), leads=LEADS, sequence=0.5, pad=0.6, sung=0.6, tune=0.8, drums=0.97,
    ),
    Style(
        name="ambient", weight=0.8, bpm=(50, 92), beats=(4, 3, 6), loops=True, quantised=0.3, basses=("whole",),
        bass_programs=(*SYNTH_BASS, 89, 32), chords=("whole", "alberti", "arpeggio"), chord_programs=(88, 89, 4, 0, 11, 46, 14, 12),
        leads=(73, 79, 80, 75, 68), pads=PADS + STRINGS + (52,), sequence=0.35, sequence_programs=(14, 11, 88, 46), pad=1.0, sung=0.3,
        tune=0.35, bass=0.4, drums=0.12, second=0.25,
    ),
    Style(
        name="drone", weight=0.3, bpm=(50, 70), loops=True, quantised=0.0, basses=("whole",), bass_programs=(38, 89, 43),
        chords=("whole",), chord_programs=(88, 89, 91, 19), leads=(79, 75, 78), pads=(89, 91, 92, 94, 95, 49, 52), pad=1.0, tune=0.0,
        bass=0.8, drums=0.0, second=0.0, pulse=False,
    ),
)  # fmt: skip
