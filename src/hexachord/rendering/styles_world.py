"""Manners from around the world and from between the bands: Caribbean, Latin, Balkan, Celtic, country's fast cousins, soul and church."""

from hexachord.rendering.style import ACOUSTIC_BASS, BRASS, DRIVEN, ELECTRIC, FINGERED, GUITARS, ORGANS, PIANOS, REEDS, STRINGS, Style

WORLD: tuple[Style, ...] = (
    Style(
        name="rockabilly", weight=0.9, bpm=(136, 216), basses=("root_fifth", "walking", "beats"), bass_programs=ACOUSTIC_BASS,
        chords=("strum", "offbeats", "boogie", "beats"), chord_programs=(26, 27, 25, 0), leads=(26, 27, 66, 0), tabled=0.8,
        grooves=("rock/rockabilly", "rock/shuffle", "country"), patterns=("rock", "twist"), swing=(0.58, 0.68), pad=0.0,
    ),
    Style(
        name="punk", weight=0.6, bpm=(150, 214), basses=("eighths", "kick"), chords=("eighths", "power"), chord_programs=DRIVEN,
        leads=(29, 30), grooves=("punk",), patterns=("rock",), tabled=0.4, pad=0.0, sung=0.85,
    ),
    Style(
        name="soul", weight=0.8, bpm=(70, 128), beats=(4, 12), basses=("kick", "syncopated", "root_fifth"),
        chords=("offbeats", "beats", "charleston"), chord_programs=(27, 16, 4, 0, 61), leads=(*REEDS, 56, 27), grooves=("soul", "gospel"),
        patterns=("rhythm&blues", "pop"), pads=STRINGS + ORGANS, pad=0.4, sung=0.8,
    ),
    Style(
        name="gospel", weight=0.5, bpm=(60, 150), beats=(4, 12, 3, 6), basses=("walking", "root_fifth", "kick"),
        chords=("beats", "eighths", "charleston"), chord_programs=(16, 17, 0, 0), leads=(16, 66, 0), grooves=("gospel", "soul"),
        patterns=("rhythm&blues", "shuffle"), pads=(52, 53, 16), pad=0.7, sung=0.9, swing=(0.5, 0.66),
    ),
    Style(
        name="doo-wop", weight=0.4, bpm=(58, 92), beats=(12, 6, 3), basses=("root_fifth", "beats"), chords=("eighths", "arpeggio"),
        chord_programs=(0, 26, 27), leads=(66, 65), patterns=("slow", "ballad", "blues"), pads=(52, 53), pad=0.7, sung=0.9,
    ),
    Style(
        name="ska", weight=0.5, bpm=(112, 176), basses=("walking", "eighths", "root_fifth"), chords=("offbeats",),
        chord_programs=(27, 28, 16, 0), leads=(57, 56, 66, 16), patterns=("ska", "reggae"), grooves=("reggae",), tabled=0.5, pad=0.05,
    ),
    Style(
        name="dub", weight=0.4, bpm=(60, 84), basses=("reggae", "tresillo", "sub"), chords=("offbeats", "bubble"),
        chord_programs=(16, 27, 28), leads=(22, 56, 80), patterns=("reggae",), grooves=("reggae",), tabled=0.6, swing=(0.5, 0.6), pad=0.3,
        sung=0.3, tune=0.5,
    ),
    Style(
        name="salsa", weight=0.6, bpm=(150, 216), basses=("tumbao",), bass_programs=ACOUSTIC_BASS + FINGERED, chords=("montuno",),
        chord_programs=(0, 0, 1, 2), leads=(*BRASS, 73), grooves=("latin", "afrocuban"), patterns=("cha-cha", "afro-cuban"), tabled=0.75,
        pad=0.0, second=0.1, sung=0.7,
    ),
    Style(
        name="bossa nova", weight=0.6, bpm=(104, 156), basses=("habanera", "root_fifth"), bass_programs=ACOUSTIC_BASS,
        chords=("bossa", "partido"), chord_programs=(24, 24, 4, 0), leads=(73, 66, 11, 71), grooves=("latin/brazilian",),
        patterns=("bossa",), tabled=0.6, pad=0.2, second=0.2, sung=0.6,
    ),
    Style(
        name="samba", weight=0.5, bpm=(84, 112), beats=(2, 4), basses=("surdo", "syncopated"), chords=("partido", "sixteenths"),
        chord_programs=(24, 25, 27), leads=(73, 56, 71, 24), grooves=("latin/brazilian",), patterns=("samba",), tabled=0.75, pad=0.0,
    ),
    Style(
        name="reggaeton", weight=0.7, bpm=(82, 104), loops=True, quantised=0.6, basses=("tresillo", "whole", "kick"),
        bass_programs=(38, 39), chords=("whole", "tresillo", "offbeats", "arpeggio"), chord_programs=(0, 4, 24, 81, 10), leads=(80, 73, 24),
        tabled=0.95, pad=0.4, sung=0.8, sequence=0.25, drums=0.98,
    ),
    Style(
        name="cumbia", weight=0.4, bpm=(80, 108), basses=("root_fifth", "habanera"), chords=("offbeats", "afterbeats"),
        chord_programs=(21, 24, 27, 16), leads=(21, 71, 72, 56), tabled=0.95, pad=0.0,
    ),
    Style(
        name="afrobeat", weight=0.5, bpm=(96, 130), beats=(4, 12), loops=True, basses=("syncopated", "tresillo"),
        chords=("sixteenths", "syncopated"), chord_programs=(27, 28, 16), leads=(*REEDS, 56, 16), grooves=("afrobeat", "highlife"),
        tabled=0.5, pad=0.05, second=0.8,
    ),
    Style(
        name="tango", weight=0.4, bpm=(108, 134), basses=("beats", "habanera"), bass_programs=ACOUSTIC_BASS,
        chords=("marcato", "habanera", "beats"), chord_programs=(23, 21, 0, 48), leads=(23, 21, 40, 0), pads=STRINGS, drums=0.08, pad=0.3,
        sung=0.3,
    ),
    Style(
        name="polka", weight=0.4, bpm=(96, 138), beats=(2, 4), basses=("root_fifth",), bass_programs=(58, 32), chords=("afterbeats",),
        chord_programs=(21, 21, 24, 61), leads=(21, 71, 56, 40), tabled=0.8, patterns=("march",), drums=0.6, pad=0.0, sung=0.25,
    ),
    Style(
        name="celtic", weight=0.5, bpm=(88, 132), beats=(6, 9, 4, 2, 3), basses=("root_fifth", "whole"), bass_programs=ACOUSTIC_BASS,
        chords=("strum", "arpeggio", "beats"), chord_programs=(25, 24, 46, 21), leads=(110, 74, 73, 72, 109, 75, 40), tabled=0.7,
        drums=0.45, pad=0.1, sung=0.25,
    ),
    Style(
        name="balkan", weight=0.5, bpm=(100, 168), beats=(7, 9, 5, 2, 4), basses=("root_fifth", "beats"), bass_programs=(58, 32),
        chords=("afterbeats", "offbeats"), chord_programs=(21, 25, 61), leads=(71, 56, 40, 21, 111), drums=0.7, pad=0.0, sung=0.3,
    ),
    Style(
        name="middle eastern", weight=0.4, bpm=(80, 132), beats=(4, 2, 9), basses=("whole", "beats"), chords=("whole", "sixteenths"),
        chord_programs=(105, 24, 15, 48), leads=(111, 40, 104, 68, 73), grooves=("middleeastern",), tabled=0.8, pads=STRINGS, pad=0.4,
    ),
    Style(
        name="bluegrass", weight=0.5, bpm=(104, 164), beats=(4, 2, 3), basses=("root_fifth",), bass_programs=ACOUSTIC_BASS,
        chords=("banjo", "afterbeats", "strum"), chord_programs=(105, 25, 25), leads=(110, 105, 25), drums=0.12, pad=0.0,
        second=0.85, sung=0.5,
    ),
    Style(
        name="surf", weight=0.3, bpm=(130, 184), basses=("eighths", "root_fifth"), chords=("eighths", "strum"), chord_programs=(27, 26, 16),
        leads=(27, 26, 66), patterns=("rock", "twist"), tabled=0.7, pad=0.0, sung=0.25,
    ),
    Style(
        name="singer-songwriter", weight=0.9, bpm=(62, 140), beats=(4, 3, 6, 12), basses=("whole", "root_fifth"), bass=0.25,
        chords=("strum", "arpeggio", "beats", "alberti"), chord_programs=(25, 25, 24, 0, *ELECTRIC), leads=(22, 40, 73, 25), drums=0.08,
        pad=0.15, second=0.15, sung=0.95, patterns=("pop", "ballad"),
    ),
    Style(
        name="musical", weight=0.4, bpm=(66, 168), beats=(2, 3, 4, 6, 9, 12), basses=("root_fifth", "whole", "walking"),
        bass_programs=ACOUSTIC_BASS, chords=("afterbeats", "alberti", "beats"), chord_programs=(*PIANOS, 48, 61), leads=(71, 56, 40, 73),
        patterns=("swing", "twist"), pads=STRINGS, pad=0.5, drums=0.4, sung=0.85,
    ),
    Style(
        name="shuffle", weight=0.9, bpm=(92, 176), basses=("walking", "root_fifth", "eighths", "beats"),
        chords=("boogie", "offbeats", "strum", "beats"), chord_programs=(27, 29, 26, 16, 0), leads=(27, 29, 22, 66),
        grooves=("rock/shuffle", "blues", "funk/purdieshuffle", "neworleans/shuffle"), patterns=("shuffle", "blues"),
        tables=("blues", "rock"), swing=(0.61, 0.68), pad=0.1,
    ),
    Style(
        name="big band", weight=0.8, bpm=(88, 224), basses=("walking",), bass_programs=ACOUSTIC_BASS,
        chords=("charleston", "push", "syncopated", "beats"), chord_programs=(61, 61, 57, 65, 56), leads=(56, 66, 65, 57, 71, 61),
        grooves=("jazz",), patterns=("swing",), tables=("swing",), swing=(0.6, 0.68), pad=0.1, second=0.75, sung=0.2,
    ),
    Style(
        name="guitar pop", weight=0.6, bpm=(96, 168), beats=(4, 6), basses=("eighths", "kick"), chords=("strum", "arpeggio", "push"),
        chord_programs=GUITARS, leads=(27, 26, 16), grooves=("rock", "pop"), patterns=("pop", "rock"), pad=0.2, second=0.8, sung=0.8,
    ),
)  # fmt: skip
