"""Acts: what a listener would call one band on one record, with several songs.

An act is a cast of instruments with their effects, a room, a mix and a mastering. The first song draws the production; the others are other
music of the same kind, cast with the same players wherever these have the role and reach the notes. Each song is made twice: as it is, and
*worn*: sent once more through an equalizer, dynamics, a room, noise and codecs drawn at random, so that a network can be asked to hear
through them. An act is a function of its number and of the side of the split.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hexachord.arrays import FloatArray, UInt8Array
from hexachord.dsp.features import LogMel, feature_bytes
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.random_chains import random_chain
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Take
from hexachord.rendering.presence import FAMILIES
from hexachord.rendering.producing import draw_production
from hexachord.rendering.production import PartSound, Production
from hexachord.rendering.rooms import ROOM_KINDS
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import render_take
from hexachord.rendering.substitutes import keys_of_program
from hexachord.rendering.take import draw_take
from hexachord.synthesis.synthesizers import SYNTHESIZERS

MEL = LogMel()
SONGS = 3  # of a group
LENGTH_S = 15.0
LOOKS = ("made", "worn")
EFFECTS = ("aim_lufs", "push_db", "tone_strength", "tilt_db", "send_db", "noisy", "coded", *(f"room_{kind}" for kind in ROOM_KINDS))
"""What of a production is written down, in the order of the columns of `Songs.effects`: the last ones are 0 or 1."""
_TRIES = 6  # takes from which the one most like the first is chosen
_FIRST_SEED = 700_000_000  # far from those of other caches
_ALIKE: Mapping[str, tuple[str, ...]] = {
    "sung": ("lead", "solo"), "lead": ("sung", "solo", "counter"), "solo": ("lead", "piano", "sung"), "piano": ("chords", "solo"),
    "chords": ("piano", "pad", "counter"), "counter": ("chords", "lead", "pad"), "pad": ("chords", "counter"),
}  # fmt: skip
_REACHED = 0.97  # of the notes
_PATCHES = {patch.name: patch for patch in SYNTHESIZERS}
_BESIDE_MUSIC = ("duck", "silence_gaps", "fade")  # effects that belong to one song's clock


def group_seed(group: int, song: int, attempt: int = 0) -> int:
    """Return the seed of a take: all different."""
    return _FIRST_SEED + (group * SONGS + song) * _TRIES + attempt


@dataclass(frozen=True, eq=False)
class GroupMaker:
    """Makes a group by its number: what travels to a worker."""

    shelf: Shelf
    instruments: Instruments

    def __call__(self, group: int) -> dict[str, Any]:
        """Render one group: its arrays and words."""
        first = draw_take(group_seed(group, 0), self.shelf, length_s=LENGTH_S)
        production = draw_production(first, self.instruments, seed=first.seed)
        takes = [first, *(_like(first, group, song, self.shelf) for song in range(1, SONGS))]
        mel, families = list[UInt8Array](), list[UInt8Array]()
        random = np.random.default_rng([first.seed, 9])
        for take in takes:
            made = production if take is first else transferred(production, first, take, self.instruments)
            rendered = render_take(take, made, self.instruments, rate_hz=MEL.rate_hz)
            chain = worn(random, self.instruments.families)
            looks = (rendered.audio, chain(rendered.audio, MEL.rate_hz))
            mel.append(np.stack([feature_bytes(look.mean(axis=0, dtype=np.float32), MEL) for look in looks]))
            assert rendered.take.presence is not None
            there = np.zeros((round(LENGTH_S), len(FAMILIES)), dtype=np.uint8)
            who = rendered.take.presence
            for start, end, family in zip(who.start_s, who.end_s, who.family, strict=True):
                there[int(max(start, 0.0)) : int(np.ceil(end)), FAMILIES.index(family)] = 1
            families.append(there)
        return {
            "mel": np.stack(mel), "families": np.stack(families), "effects": effects_of(production),
            "scene": production.scene, "kind": first.kind,
        }  # fmt: skip


def _like(first: Take, group: int, song: int, shelf: Shelf) -> Take:
    """Draw a song of the same kind: of a few the one whose genre and roles are nearest."""
    wanted = Counter(first.roles)

    def likeness(take: Take) -> float:
        return 3.0 * (take.genre == first.genre) + (wanted & Counter(take.roles)).total() / max(wanted.total(), len(take.roles))

    drawn = (draw_take(group_seed(group, song, attempt), shelf, kind=first.kind, length_s=LENGTH_S) for attempt in range(_TRIES))
    return max(drawn, key=likeness)


def transferred(production: Production, first: Take, take: Take, instruments: Instruments) -> Production:
    """Let the players, the room, the mix and the mastering of one song play another.

    Tracks go to players of the same role, or of one alike, who reach their notes, each at most once until all have played; a track that
    nobody can play gets somebody from a production of its own.
    """
    own = draw_production(take, instruments, seed=take.seed, taste=production.taste, scene=production.scene)
    used = Counter[int]()
    parts = list[PartSound]()
    for index, (role, track) in enumerate(zip(take.roles, take.tracks, strict=True)):
        able = [
            at
            for at, (theirs, part) in enumerate(zip(first.roles, production.parts, strict=True))
            if first.tracks[at].is_percussion == track.is_percussion
            and (theirs == role or theirs in _ALIKE.get(role, ()))
            and (track.is_percussion or _reaches(part, [stroke.key for stroke in track.strokes]))
        ]
        if not able:
            parts.append(own.parts[index])
            continue
        chosen = min(able, key=lambda at: (used[at], first.roles[at] != role, at))
        used[chosen] += 1
        parts.append(_without_clock(production.parts[chosen]))
    return replace(production, seed=take.seed, parts=tuple(parts), ends=own.ends)


def _without_clock(part: PartSound) -> PartSound:
    steps = tuple(step for step in part.chain.steps if step.effect not in _BESIDE_MUSIC)
    return replace(part, chain=replace(part.chain, steps=steps))


def _reaches(part: PartSound, keys: list[int]) -> bool:
    name = part.origin.partition("/")[2]
    if part.origin.startswith("synthesizer/"):
        low, high = _PATCHES[name].low, _PATCHES[name].high
    else:
        low, high = keys_of_program(part.program)
    notes = np.asarray(keys)
    return bool(np.mean((notes >= low) & (notes <= high)) >= _REACHED)


def worn(random: np.random.Generator, families: tuple[str, ...]) -> Chain:
    """Draw what happens to a finished song on its way: someone masters it again, plays it in a room, and codes it."""
    again = random_chain(random, role="mix", taste="rough", families=families)
    way = random_chain(random, role="medium", taste="rough", families=families)
    return Chain(name="worn", steps=(*again.steps, *way.steps))


def effects_of(production: Production) -> FloatArray:
    """Write down what a production did, in the order of `EFFECTS`."""
    tilt_db = np.polyfit(np.arange(len(production.tone_db)), production.tone_db, 1)[0] if production.tone_db else 0.0
    sends = [max(part.send_db, -40.0) for part in production.parts] if production.room.steps else [-40.0]
    medium = {step.effect for step in production.medium.steps}
    kind = production.room.about if production.room.steps else ""
    plain = (production.aim_lufs or -20.0, production.push_db, production.tone_strength, float(tilt_db), float(np.mean(sends)))
    either = (bool(medium & {"noise", "hum", "crackle", "rumble"}), bool(medium & {"mp3", "opus", "vorbis"}))
    return np.array([*plain, *map(float, either), *(float(kind == name) for name in ROOM_KINDS)], dtype=np.float32)
