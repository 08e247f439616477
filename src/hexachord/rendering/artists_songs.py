"""A song of an artist: written over its progressions, arranged in its styles, played by its players, mixed in its way; not yet mastered."""

from dataclasses import replace
from zlib import crc32

import numpy as np

from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.random_chains import random_chain
from hexachord.rendering.arranging import in_style
from hexachord.rendering.artists import GUESTS, Artist
from hexachord.rendering.casting import SEASON, cast
from hexachord.rendering.composed import composed_tune
from hexachord.rendering.draws import pick
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Role, Take
from hexachord.rendering.music import Line, Piece, Span, even_bars, key_name, shifted
from hexachord.rendering.performing import perform
from hexachord.rendering.producing import LEVELS_DB, treatment_of
from hexachord.rendering.production import PartSound, Production
from hexachord.rendering.rooms import numbered_room
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.staging import draw_seats
from hexachord.rendering.timing import humanized, tempo_clock
from hexachord.synthesis.model import Track
from hexachord.theory.roman import chord_of_numeral

LEADS: tuple[Role, ...] = ("sung", "lead")
"""Roles that carry the tune."""

_SECTION = 4  # bars: short ones, so that an excerpt of some seconds hears two of them
_BARS = 32
_SONG_SPREAD_DB = 1.0
_STEREO: tuple[Role, ...] = ("drums", "piano", "pad")
_PLACED: dict[Role, float] = {"drums": -5.0, "bass": -11.0, "sung": 1.0, "lead": 0.5, "pad": 2.0}  # more or less of the room, in dB
_DRY = -100.0
_NOTHING = Chain(name="", steps=())


def write_song(artist: Artist, shelf: Shelf, *, seed: int, length_s: float) -> Piece:
    """Write a song and arrange it: verse and chorus by turns, each over a progression that the artist lives on.

    Parameters
    ----------
    shelf : whose drummers and patterns play
    seed : of the song
    length_s : how much of it will be heard
    """
    random = np.random.default_rng([seed, 21])
    style = artist.styles[0] if random.random() < artist.home else artist.styles[1]
    mode = "minor" if random.random() < artist.minor else "major"
    key = key_name(int(random.integers(12)), mode)
    bars = even_bars(_BARS, 4, 4)
    chords = {label: _progression(artist, key, mode, random) for label in ("verse", "chorus")}
    spans: list[Span] = []
    sections: list[Span] = []
    for number in range(0, _BARS, _SECTION):
        label = "verse" if number // _SECTION % 2 == 0 else "chorus"
        start = bars[number].start
        step = 4.0 * _SECTION / len(chords[label])
        spans += [Span(start + index * step, start + (index + 1) * step, chord) for index, chord in enumerate(chords[label])]
        sections.append(Span(start, start + 4.0 * _SECTION, label))
    end = bars[-1].end
    piece = Piece(
        origins=(), lines=(), bars=bars, quarter_bpm=100.0, chords=tuple(spans), keys=(Span(0.0, end, key),), sections=tuple(sections)
    )
    tune = composed_tune(piece, random, centre=artist.centre, habits=artist.tune)
    arranged = in_style(replace(piece, lines=(tune,)), (style,), shelf, random, length_s)
    return replace(arranged, lines=_in_register(arranged.lines, artist.centre))


def _progression(artist: Artist, key: str, mode: str, random: np.random.Generator) -> list[str]:
    numerals = pick(random, artist.progressions[mode]).split()
    if random.random() < artist.halved:
        numerals = numerals * 2
    sevenths = random.random(len(numerals)) < artist.sevenths
    return [chord_of_numeral(numeral + ("7" if seventh else ""), key) for numeral, seventh in zip(numerals, sevenths, strict=True)]


def _in_register(lines: tuple[Line, ...], centre: float) -> tuple[Line, ...]:
    """The tune, and who joins it, by octaves to where the lead is at home: a key is drawn for the song, a voice is not."""
    tune = next((line for line in lines if line.role in LEADS), None)
    if tune is None:
        return lines
    octaves = float(np.rint((centre - float(np.median(tune.notes[:, 2]))) / 12.0))
    moved = (*LEADS, "counter")
    return tuple(replace(line, notes=shifted(line.notes, 0.0, 12.0 * octaves)) if line.role in moved else line for line in lines)


def play_song(artist: Artist, piece: Piece, *, seed: int, length_s: float, name: str) -> Take:
    """Play a song as the artist does: with its looseness, its vibrato, with a click or without."""
    random = np.random.default_rng([seed, 22])
    bars = piece.bars
    assert bars is not None  # `write_song` counts them
    clock = tempo_clock("drift" if random.random() < artist.drifting else "steady", quarter_bpm=piece.quarter_bpm, bars=bars, random=random)
    lines = tuple(humanized(line, bars, quarter_bpm=piece.quarter_bpm, amount=artist.looseness, random=random) for line in piece.lines)
    return perform(
        replace(piece, lines=lines, facts=piece.facts | {"kind": "band", "artist": artist.name}),
        clock,
        name=name,
        seed=seed,
        length_s=length_s,
        random=random,
        manner=artist.manner,
    )


def mix_song(artist: Artist, take: Take, instruments: Instruments, *, seed: int) -> Production:
    """Decide who plays a song, through what, how loud, where and in which room: mostly as always. Nothing is done to the mix.

    Parameters
    ----------
    instruments : of the side that `draw_artist` was given
    seed : of the song
    """
    random = np.random.default_rng([seed, 23])
    lead = lead_track(take)
    room = numbered_room(int(pick(random, artist.rooms))) if artist.rooms and "reverb" in instruments.families else _NOTHING
    players = [
        artist.lead if index == lead else _player(artist, take, index, instruments, random, guest=bool(random.random() < GUESTS))
        for index in range(len(take.tracks))
    ]
    seats = draw_seats(
        take.roles,
        [part.program for part in players],
        width=artist.width,
        orchestral=False,
        random=np.random.default_rng([artist.seed, 42]),
    )
    parts = []
    for index, (part, role) in enumerate(zip(players, take.roles, strict=True)):
        is_usual = index == lead or random.random() >= GUESTS
        chain_seed = artist.seed if is_usual else seed
        treatment = treatment_of(part, role, is_percussion=take.tracks[index].is_percussion)
        chain = random_chain(
            np.random.default_rng([chain_seed, 43, crc32(treatment.encode())]), role=treatment, families=instruments.families, space=0.3
        )
        parts.append(
            replace(
                part,
                chain=chain,
                level_db=round(LEVELS_DB[role][0] + artist.levels_db.get(role, 0.0) + float(random.normal(0.0, _SONG_SPREAD_DB)), 2),
                pan=0.0 if index == lead else seats[index],
                stereo=role in _STEREO,
                send_db=round(artist.send_db + _PLACED.get(role, 0.0) + float(random.normal(0.0, 1.5)), 2) if room.steps else _DRY,
            )
        )
    return Production(seed=seed, taste="usual", scene="studio", parts=tuple(parts), room=room, level_lufs=-20.0)


def lead_track(take: Take) -> int | None:
    """Which track has the tune; None where nobody does."""
    return next((index for index, role in enumerate(take.roles) if role in LEADS), None)


def _player(artist: Artist, take: Take, index: int, instruments: Instruments, random: np.random.Generator, *, guest: bool) -> PartSound:
    """Who plays a part: asked the same way, an artist's company gives the same answer every time; a guest is drawn for the song."""
    track, role = take.tracks[index], take.roles[index]
    about = f"{role} {track.program} {track.is_percussion}"
    chosen = np.random.default_rng(int(random.integers(2**31)) if guest else [artist.seed, 44, crc32(about.encode())])
    alone = replace(take, tracks=(_whole(track),), roles=(role,), seed=(artist.seed % 1_000_000) * SEASON)
    return cast(alone, instruments, chosen)[0]


def _whole(track: Track) -> Track:
    """A track as casting sees it: which strokes it has may not decide who plays, or a song that goes high would change the band."""
    if track.is_percussion:
        return track
    strokes = sorted(track.strokes, key=lambda stroke: stroke.key)
    return replace(track, strokes=(strokes[len(strokes) // 2],))
