"""Casting: nobody of another side, everybody within reach, the same seed the same cast, and somebody for everything."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.rendering.casting import VARIANTS, cast, is_voice, variation_of
from hexachord.rendering.drum_classes import drum_class
from hexachord.rendering.instruments import SETS, UNUSED, Instruments, find_instruments
from hexachord.rendering.model import Take
from hexachord.rendering.percussionist import WithPercussionist
from hexachord.rendering.split import SIDES, Split
from hexachord.rendering.substitutes import keys_of_program
from hexachord.synthesis.hydrogen import load_kit
from hexachord.synthesis.model import Strike, Stroke, Track
from hexachord.synthesis.plain import PlainBank
from hexachord.synthesis.synthesizers import SYNTHESIZERS

PATCHES = {patch.name: patch for patch in SYNTHESIZERS}


def toy_take(seed: int) -> Take:
    """A take without a song: a few parts of random programs in random places."""
    random = np.random.default_rng([seed, 9])
    tracks, roles = [], []
    for role, low, high, programs in (
        ("sung", 55, 79, (52, 53, 54)),
        ("lead", 58, 84, (27, 40, 56, 66, 73, 80, 81)),
        ("piano", 36, 84, (0, 1, 4, 5)),
        ("chords", 48, 76, (24, 25, 29, 30, 16, 48, 62, 90)),
        ("counter", 55, 76, (60, 41, 71)),
        ("pad", 48, 72, (48, 50, 88, 89)),
        ("bass", 28, 50, (32, 33, 38, 43, 58)),
        ("solo", 60, 80, (65, 40)),
    ):
        strokes = tuple(Stroke(0.1 * i, 0.1 * i + 0.1, int(random.integers(low, high)), 80) for i in range(8))
        tracks.append(Track(program=int(random.choice(programs)), strokes=strokes))
        roles.append(role)
    keys = (36, 38, 42, 46, 51, 49, 45, 39, 54)
    tracks.append(Track(is_percussion=True, strokes=tuple(Stroke(0.1 * i, 0.1 * i + 0.1, key, 90) for i, key in enumerate(keys))))
    roles.append("drums")
    genre = str(random.choice(["rock", "chamber", "techno", "pop", "swing", "ambient"]))
    return Take(id=f"toy-{seed}", seed=seed, tracks=tuple(tracks), roles=tuple(roles), truth=None, genre=genre)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=SIDES)
def side(request: pytest.FixtureRequest, split: Split) -> Instruments:
    return find_instruments(split, request.param)


@pytest.fixture(scope="module")
def nothing_installed(split: Split) -> dict[str, Instruments]:
    return {name: find_instruments(split, name, folders=()) for name in SIDES}


def test_no_cast_ever_crosses_the_split_and_every_name_is_in_it(side, split):
    for seed in range(300):
        for part in cast(toy_take(seed), side, np.random.default_rng(seed)):
            for origin in filter(None, (part.origin, part.lender)):
                borrowed = side.side == "valid" and origin.startswith("font/")  # tuning plays the fonts that teach
                assert split.side(origin) == ("train" if borrowed else side.side)
                assert origin in side.paths or origin.partition("/")[2] in side.synthesizers
                assert origin not in UNUSED


def test_the_same_seed_is_the_same_cast(side):
    for seed in range(20):
        first, again, other = (cast(toy_take(seed), side, np.random.default_rng(number)) for number in (seed, seed, seed + 1000))
        assert first == again
        assert first != other


def test_nobody_plays_notes_that_a_synthesizer_has_not_got(side):
    for seed in range(100):
        take = toy_take(seed)
        for track, part in zip(take.tracks, cast(take, side, np.random.default_rng(seed)), strict=True):
            patch = PATCHES.get(part.origin.partition("/")[2]) if part.origin.startswith("synthesizer/") else None
            if patch is not None and not track.is_percussion and side.names("font"):
                assert sum(patch.low <= stroke.key <= patch.high for stroke in track.strokes) >= 0.97 * len(track.strokes), part


@pytest.mark.parametrize("name", SIDES)
def test_with_our_synthesizers_alone_everything_sounds(nothing_installed, name):
    instruments = nothing_installed[name]
    assert not instruments.paths
    for seed in range(12):
        take = toy_take(seed)
        for track, part in zip(take.tracks, cast(take, instruments, np.random.default_rng(seed)), strict=True):
            bank = instruments.bank(part.origin, seed=part.seed, variation=part.variation)
            player = bank.instrument(program=part.program, is_percussion=track.is_percussion)
            assert all(player.attack(Strike(stroke.key, stroke.velocity, {}, {})) for stroke in track.strokes)
            assert not bank.warnings


def test_every_drum_that_is_struck_is_the_drum_that_sounds(side):
    if not side.names("kit"):
        pytest.skip("no kits are installed")
    kits = Counter[str]()
    for seed in range(60):
        take = toy_take(seed)
        part = cast(take, side, np.random.default_rng(seed))[-1]
        kits[part.origin.partition("/")[0]] += 1
        if not part.origin.startswith("kit/"):
            continue
        kit = side.bank(part.origin).instrument(program=part.program, is_percussion=True)
        lender = side.bank(part.lender).instrument(program=0, is_percussion=True)
        both = WithPercussionist(kit=kit, lender=lender)
        for stroke in take.tracks[-1].strokes:
            assert both.attack(Strike(stroke.key, stroke.velocity, {}, {}))
            if drum_class(stroke.key) in ("kick", "snare", "hihat_closed", "hihat_open"):
                assert stroke.key in kit.own_keys  # type: ignore[attr-defined]
    assert kits["kit"] > 15


def test_taste_shows_in_the_mean(everyone: Instruments):
    origins: dict[str, Counter[str]] = {}
    voices = 0
    for seed in range(300):
        take = toy_take(seed)
        parts = cast(take, everyone, np.random.default_rng(seed))
        for role, part in zip(take.roles, parts, strict=True):
            origins.setdefault(f"{take.genre} {'drums' if role == 'drums' else 'others'}", Counter())[part.origin.partition("/")[0]] += 1
        voices += is_voice(parts[0])
    assert 0.6 < voices / 300 < 0.95
    share = {name: found["synthesizer"] / found.total() for name, found in origins.items()}
    assert share["techno others"] > 0.5 > share["rock others"] > share["chamber others"]


def test_synthesizers_come_in_a_few_variants(side):
    seen = {(part.seed, part.variation) for seed in range(100) for part in cast(toy_take(seed), side, np.random.default_rng(seed))}
    assert seen <= {(seed, variation_of(seed)) for seed in range(VARIANTS)}
    assert all(0.0 <= variation_of(seed) <= 1.0 for seed in range(1000))


def test_banks_are_opened_once_and_never_for_another_side(side):
    name = side.synthesizers[0]
    assert side.bank(f"synthesizer/{name}", seed=1) is side.bank(f"synthesizer/{name}", seed=1)
    assert side.bank(f"synthesizer/{name}", seed=1) is not side.bank(f"synthesizer/{name}", seed=2)
    others = [patch.name for patch in SYNTHESIZERS if patch.name not in side.synthesizers]
    with pytest.raises(ValueError, match="not at hand"):
        side.bank(f"synthesizer/{others[0]}")


def test_the_table_and_the_split_name_the_same_sets(split):
    named = {f"{kind}/{name}" for kind in ("font", "kit") for side in SIDES for name in split.names(kind, side)}
    assert named == {f"{one.kind}/{one.name}" for one in SETS} | set(UNUSED)
    assert {name for side in SIDES for name in split.names("synthesizer", side)} == set(PATCHES)
    for role in ("drums", "bass", "chords", "pad", "lead", "counter", "piano", "solo"):
        for side in SIDES:
            assert any(role in PATCHES[name].roles for name in split.names("synthesizer", side)), (role, side)


def test_a_lender_plays_what_a_kit_lacks_in_groups_of_its_own(tmp_path: Path):
    soundfile.write(tmp_path / "kick.wav", np.full(100, 0.1), 44100)
    names = ("Kick", "Open HH")
    text = "".join(f"<instrument><name>{name}</name><filename>kick.wav</filename></instrument>" for name in names)
    (tmp_path / "drumkit.xml").write_text(f"<drumkit_info><instrumentList>{text}</instrumentList></drumkit_info>", encoding="utf-8")
    kit = load_kit(tmp_path).instrument(program=0, is_percussion=True)
    lender = PlainBank().instrument(program=0, is_percussion=True)
    both = WithPercussionist(kit=kit, lender=lender)
    (kick,), (ride,), (own_hat,) = (both.attack(Strike(key, 90, {}, {})) for key in (36, 51, 46))
    assert kick.sample.name == own_hat.sample.name == "kick.wav"
    assert ride.sample.name != "kick.wav"
    lent = [voice for key in range(35, 82) if key not in (35, 36, 46) for voice in both.attack(Strike(key, 90, {}, {}))]
    assert {voice.group for voice in lent} & {own_hat.group} == set()
    again = both.attack(Strike(51, 90, {}, {}))
    assert again[0] is ride


def test_ranges_of_programs_hold_their_instruments():
    assert all(0 <= low < high <= 127 for low, high in map(keys_of_program, range(128)))
    assert replace(toy_take(0), genre="pop").genre == "pop"
