"""Productions: drawn with taste, kept to their side of the split, written and read, and carried out as they say."""

import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from hexachord.knowledge.model import Events, Knowledge
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.effect import amplitude
from hexachord.processing.effects.families import EVERYTHING, FAMILIES, families_of
from hexachord.processing.effects.random_chains import random_chain
from hexachord.rendering.balance import active_loudness_db
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.mastering import mastered, octave_levels_db, toned
from hexachord.rendering.model import Role, Take
from hexachord.rendering.producing import LEVELS_DB, draw_production
from hexachord.rendering.production import PartSound, Production, production_from_json
from hexachord.rendering.rooms import numbered_room, room_kind
from hexachord.rendering.scenes import MANNERS
from hexachord.rendering.sound import Rendered, render_take
from hexachord.rendering.split import Side, load_split
from hexachord.synthesis.model import Stroke, Track

RATE_HZ = 22050
SECONDS = 4.0
ROLES: tuple[Role, ...] = ("lead", "bass", "chords", "pad", "drums")
PROGRAMS = (81, 38, 27, 89, 0)


def strokes(role: Role) -> tuple[Stroke, ...]:
    times = np.arange(0.25, SECONDS - 0.6, 0.5)
    if role == "drums":
        return tuple(Stroke(time, time + 0.1, (36, 38)[n % 2], 100) for n, time in enumerate(times))
    if role in ("chords", "pad"):
        return tuple(Stroke(time, time + 0.95, key, 80) for time in times[::2] for key in (52, 55, 60))
    return tuple(Stroke(time, time + 0.45, (36 if role == "bass" else 72) + (n % 3), 90) for n, time in enumerate(times))


@pytest.fixture(scope="module")
def take() -> Take:
    tracks = tuple(
        Track(name=role, program=program, is_percussion=role == "drums", strokes=strokes(role))
        for role, program in zip(ROLES, PROGRAMS, strict=True)
    )
    kicks = Events(time_s=np.array([stroke.onset_s for stroke in tracks[4].strokes]), label=("kick", "snare") * 3 + ("kick",))
    return Take(id="test", seed=1, tracks=tracks, roles=ROLES, truth=Knowledge(duration_s=SECONDS), drums=kicks, genre="techno")


def side_of(side: Side) -> Instruments:
    split = load_split()
    families = tuple({*split.names("effect", "train"), *split.names("effect", side)})
    return Instruments(
        side=side, paths={}, synthesizers=split.names("synthesizer", side), families=families, rooms=split.names("room", side)
    )


@pytest.fixture(scope="module")
def instruments() -> Instruments:
    return side_of("train")


@pytest.fixture(scope="module")
def produced(take: Take, instruments: Instruments) -> list[Production]:
    genres = ("techno", "rock", "pop", "folk", "classical", "chorale", "ambient", "swing")
    return [draw_production(replace(take, genre=genres[seed % 8]), instruments, seed=seed) for seed in range(120)]


@pytest.fixture(scope="module")
def rendered(take: Take, instruments: Instruments, produced: list[Production]) -> list[Rendered]:
    return [render_take(take, production, instruments, rate_hz=RATE_HZ, stems=True) for production in produced[:6]]


def all_steps(production: Production) -> Chain:
    chains = [part.chain for part in production.parts] + [production.room, production.mix, production.medium, production.ends]
    return Chain(name="", steps=tuple(step for chain in chains for step in chain.steps))


def test_a_seed_is_a_production(take: Take, instruments: Instruments, produced: list[Production]) -> None:
    assert draw_production(take, instruments, seed=0) == produced[0]
    assert draw_production(take, instruments, seed=8) == produced[8]
    assert len({json.dumps(production.to_json()) for production in produced}) == len(produced)


def test_productions_are_written_and_read(produced: list[Production]) -> None:
    for production in produced:
        assert production_from_json(json.loads(json.dumps(production.to_json()))) == production


def test_scenes_suit_the_music(produced: list[Production]) -> None:
    scenes = Counter(production.scene for production in produced)
    assert set(scenes) >= {"studio", "club", "hall", "church", "screen"}
    assert {production.scene for production in produced[0::8]} <= set(MANNERS["club"])
    assert {production.scene for production in produced[5::8]} <= set(MANNERS["choral"])
    assert np.median([production.aim_lufs or 0.0 for production in produced[0::8]]) > -14.0  # clubs are loud
    assert np.median([production.aim_lufs or 0.0 for production in produced[5::8]]) < -18.0  # churches are not


def test_kicks_duck_in_clubs(produced: list[Production]) -> None:
    ducked = [step for production in produced[0::8] for part in production.parts for step in part.chain.steps if step.effect == "duck"]
    assert ducked
    assert all(step.parameters["start_s"] == (0.25, 1.25, 2.25, 3.25) for step in ducked)
    others = [step for production in produced[4::8] for part in production.parts for step in part.chain.steps]
    assert not any(step.effect == "duck" for step in others)


@pytest.mark.parametrize("side", ["train", "valid", "held_out"])
def test_every_side_keeps_to_its_effects_and_rooms(side: Side, take: Take) -> None:
    instruments, split = side_of(side), load_split()
    own = set(split.names("effect", side))
    used: set[str] = set()
    for seed in range(150):
        production = draw_production(take, instruments, seed=seed)
        used |= families_of(all_steps(production))
        if production.room.steps:
            assert split.side(production.room.name) == side
    assert used <= set(instruments.families)
    assert used & own  # and something of its own is really heard


def test_without_families_nothing_is_done(take: Take, instruments: Instruments) -> None:
    for seed in range(20):
        production = draw_production(take, replace(instruments, families=(), rooms=()), seed=seed)
        assert not families_of(all_steps(production))


def test_all_families_of_the_split_exist() -> None:
    split = load_split()
    named = {family for side in ("train", "valid", "held_out") for family in split.names("effect", side)}
    assert named == set(EVERYTHING)
    assert set(FAMILIES.values()) <= named


def test_rooms_are_functions_of_their_number() -> None:
    rooms = [numbered_room(number) for number in range(100)]
    assert rooms == [numbered_room(number) for number in range(100)]
    assert len({json.dumps(room.to_json()["steps"]) for room in rooms}) == 100
    for low, high in ((0, 80), (80, 90), (90, 100)):
        assert len({room_kind(number) for number in range(low, high)}) == 5
    decays = [room.steps[0].parameters["decay_s"] for room in rooms]
    assert min(decays) < 0.3
    assert max(decays) > 4.0


def test_stems_sum_to_the_mix(rendered: list[Rendered]) -> None:
    for one in rendered:
        assert np.abs(np.sum(one.stems, axis=0) - one.mix).max() <= 1e-5
        assert all(stem.any() for stem in one.stems)


def test_sound_is_finite_and_within_full_scale(rendered: list[Rendered]) -> None:
    for one in rendered:
        assert one.audio.shape == (2, round(SECONDS * RATE_HZ))
        assert np.isfinite(one.audio).all()
        assert 0.01 < np.abs(one.audio).max() <= 1.0


def test_mastering_keeps_its_ceiling_and_reaches_for_its_loudness(take: Take, instruments: Instruments, produced: list[Production]) -> None:
    plain = replace(produced[0], mix=Chain(name="", steps=()), medium=Chain(name="", steps=()), ends=Chain(name="", steps=()))
    loud = render_take(take, replace(plain, aim_lufs=-9.0, push_db=12.0, ceiling_db=-1.0), instruments, rate_hz=RATE_HZ)
    soft = render_take(take, replace(plain, aim_lufs=-30.0, push_db=0.0, ceiling_db=-1.0), instruments, rate_hz=RATE_HZ)
    held = render_take(take, replace(plain, aim_lufs=0.0, push_db=0.0, ceiling_db=-3.0), instruments, rate_hz=RATE_HZ)
    assert active_loudness_db(loud.audio, rate_hz=RATE_HZ) == pytest.approx(-9.0, abs=4.0)
    assert active_loudness_db(soft.audio, rate_hz=RATE_HZ) == pytest.approx(-30.0, abs=0.1)
    assert np.abs(loud.audio).max() <= amplitude(-1.0) * 1.0001
    assert np.abs(held.audio).max() == pytest.approx(amplitude(-3.0), rel=1e-3)  # only turned up


def test_parts_are_as_loud_as_their_roles(take: Take, instruments: Instruments, produced: list[Production]) -> None:
    for production in produced[:4]:
        dry = replace(production, room=Chain(name="", steps=()))
        heard = render_take(take, dry, instruments, rate_hz=RATE_HZ, stems=True)
        levels = np.array([active_loudness_db(stem, rate_hz=RATE_HZ) for stem in heard.stems])
        asked = np.array([part.level_db for part in production.parts])
        assert np.abs(levels - levels.mean() - (asked - asked.mean())).max() <= 1.5
    drawn = {role: [one.parts[index].level_db for one in produced if one.scene == "studio"] for index, role in enumerate(ROLES)}
    for role, levels_db in drawn.items():
        assert np.median(levels_db) == pytest.approx(LEVELS_DB[role][0], abs=2.0)


def test_tone_is_bent_toward_its_target() -> None:
    noise = np.random.default_rng(0).standard_normal((2, 8 * RATE_HZ)).astype(np.float32) * np.float32(0.1)
    before = octave_levels_db(noise, rate_hz=RATE_HZ)
    wanted = tuple(level + lift for level, lift in zip(before, (0, 2, 1, 0, -1, -2, -1, 1, 0, 0), strict=True))
    there = octave_levels_db(toned(noise, rate_hz=RATE_HZ, target_db=wanted, strength=1.0), rate_hz=RATE_HZ)
    half = octave_levels_db(toned(noise, rate_hz=RATE_HZ, target_db=wanted, strength=0.5), rate_hz=RATE_HZ)
    lifts, halves = (there - before)[1:8], (half - before)[1:8]
    assert np.abs(lifts - lifts.mean() - (np.array([2, 1, 0, -1, -2, -1, 1]) - 0.0)).max() < 0.8
    assert np.abs(halves - halves.mean() - np.array([2, 1, 0, -1, -2, -1, 1]) / 2).max() < 0.5
    assert toned(noise, rate_hz=RATE_HZ, target_db=wanted, strength=0.0) is noise


def test_mastering_keeps_the_clock() -> None:
    sound, starts = clicks()
    before = onsets_s(sound, starts)
    bent = toned(sound, rate_hz=44100, target_db=tuple(-6.0 * octave for octave in range(10)), strength=1.0)
    loud = mastered(bent, rate_hz=44100, aim_lufs=-9.0, push_db=14.0, ceiling_db=-0.3)
    assert np.abs(onsets_s(loud, starts) - before).max() <= 0.005
    assert np.abs(loud).max() <= amplitude(-0.3) * 1.0001


def test_places_and_sides(take: Take, instruments: Instruments, produced: list[Production]) -> None:
    lone = replace(
        produced[0], parts=tuple(PartSound(origin=part.origin, program=part.program, level_db=-60.0) for part in produced[0].parts)
    )
    left = replace(lone, parts=(replace(lone.parts[0], level_db=0.0, pan=-1.0), *lone.parts[1:]), room=Chain(name="", steps=()))
    sound = render_take(take, left, instruments, rate_hz=RATE_HZ).mix
    assert np.square(sound[0]).mean() > 1000 * np.square(sound[1]).mean()


def clicks() -> tuple[np.ndarray, np.ndarray]:
    """Bursts of noise, and when they start."""
    starts = np.arange(0.4, 3.6, 0.413)
    time_s = np.arange(round(0.12 * 44100)) / 44100
    burst = 0.2 * np.exp(-time_s / 0.03) * np.random.default_rng(1).standard_normal(time_s.size)
    sound = np.zeros((2, 4 * 44100), dtype=np.float32)
    for start in starts:
        at = round(start * 44100)
        sound[:, at : at + burst.size] += burst.astype(np.float32)
    return sound, starts


def onsets_s(sound: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """When the short-time power near each start first reaches a fifth of its highest value."""
    found = []
    for start in starts:
        first = round((start - 0.03) * 44100)
        power = np.convolve(np.square(sound[:, first : first + 3500]).sum(axis=0), np.ones(44) / 44, "same")
        found.append((first + int(np.argmax(power > 0.2 * power.max()))) / 44100)
    return np.array(found)


BESIDE = ("speech", "crowd", "crackle")  # what is added to the music has onsets of its own


@pytest.mark.parametrize("role", ["drums", "bass", "pad", "sung", "guitar", "organ", "mix", "medium"])
def test_chains_keep_the_clock(role: str) -> None:
    sound, starts = clicks()
    before = onsets_s(sound, starts)
    for seed in range(3):
        drawn = random_chain(np.random.default_rng([seed, 7]), role=role, taste="rough", level_db=-24.0)  # type: ignore[arg-type]
        chain = replace(drawn, steps=tuple(step for step in drawn.steps if step.effect not in BESIDE))
        shift_ms = 1000 * (onsets_s(chain(sound, 44100), starts) - before)
        assert np.abs(shift_ms).max() <= 5.0, (chain, shift_ms)
