"""Drawing productions: who plays, through which effects, how loud, where, in which room, and what becomes of the mix. Taste, at random."""

from dataclasses import replace

import numpy as np

from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.drawing import AMOUNT, Draw, Taste
from hexachord.processing.effects.effect import Step
from hexachord.processing.effects.equalizer import Band, parametric_eq
from hexachord.processing.effects.levels import duck, fade, pan, silence_gaps, width
from hexachord.processing.effects.modulation import doubler
from hexachord.processing.effects.noises import noise
from hexachord.processing.effects.random_chains import Role as Treatment
from hexachord.processing.effects.random_chains import random_chain
from hexachord.processing.effects.random_media import draw_medium, draw_old_medium
from hexachord.rendering.casting import cast, is_clean_guitar_for_drive, is_voice
from hexachord.rendering.draws import pick
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.mastering import USUAL_TONE_DB
from hexachord.rendering.model import Role, Take
from hexachord.rendering.production import PartSound, Production
from hexachord.rendering.rooms import numbered_room, room_kind
from hexachord.rendering.scenes import LOUDER_LU, MANNERS, SCENES, Scene, manner_of
from hexachord.rendering.staging import draw_seats

LEVELS_DB: dict[Role, tuple[float, float]] = {
    "sung": (0.0, 2.0),
    "lead": (-1.0, 2.5),
    "solo": (0.0, 1.0),
    "drums": (-1.0, 2.5),
    "bass": (-3.0, 2.2),
    "piano": (-5.0, 2.5),
    "chords": (-6.5, 2.8),
    "counter": (-6.0, 3.0),
    "pad": (-10.0, 3.0),
}
"""How loud each role is against the loudest, and how far that is drawn around it, in dB (after De Man et al., *Perceptual evaluation of
music mixing practices*, AES 138, 2015, and the levels of MedleyDB's stems)."""

_UNBALANCED: tuple[tuple[float, dict[Role, float]], ...] = (
    (0.66, {}),
    (0.08, {"sung": -6.0, "lead": -6.0}),  # the tune is buried
    (0.07, {"drums": 4.0}),
    (0.05, {"drums": -7.0}),
    (0.06, {"bass": 4.0}),
    (0.04, {"pad": 6.0, "chords": 3.0}),
    (0.04, {"sung": 4.0, "lead": 4.0}),
)
_PLACED: dict[Role, float] = {"drums": -5.0, "bass": -11.0, "sung": 1.0, "lead": 0.5, "pad": 2.0}  # more or less of the room, in dB
_GUITARS, _DRIVEN, _ORGANS, _UPRIGHT = (26, 27, 28, 31), (29, 30), (16, 17, 18), (32, 43, 58)
_ENSEMBLES = ("sung", "lead", "counter", "chords", "bass", "pad")
_EMPTY = Chain(name="", steps=())


def draw_production(take: Take, instruments: Instruments, *, seed: int, taste: Taste | None = None, scene: str | None = None) -> Production:
    """Draw a production for a take.

    Parameters
    ----------
    instruments : of one side of the split, whose families of effects and whose rooms are kept to
    taste : how much is done; as the scene has it when not given
    scene : manner of production, one of `hexachord.rendering.scenes.SCENES`; as suits the genre when not given
    """
    random = np.random.default_rng([seed, 5])
    manner = manner_of(take.genre, take.notes.get("kind", ""))
    odds = MANNERS[manner]
    name = pick(random, tuple(odds), tuple(odds.values())) if scene is None else scene
    manners = SCENES[name]
    chosen: Taste = pick(random, tuple(AMOUNT), manners.tastes) if taste is None else taste  # type: ignore[arg-type]
    families = instruments.families
    players = cast(take, instruments, random)
    room = _room(manners, instruments, random)
    is_orchestral = manner in ("classical", "choral") or name in ("hall", "church")
    seats = draw_seats(
        take.roles,
        [part.program for part in players],
        width=0.0 if random.random() < manners.mono else float(random.uniform(*manners.width)),
        orchestral=is_orchestral,
        random=random,
    )
    shifts = pick(random, tuple(one for _, one in _UNBALANCED), tuple(chance for chance, _ in _UNBALANCED)) if not is_orchestral else {}
    send_db = float(random.uniform(*manners.send_db))
    parts = []
    for index, (part, role) in enumerate(zip(players, take.roles, strict=True)):
        chain = _chain(take, index, part, manners, chosen, families, random)
        level_db, spread_db = (-3.0, 2.5) if is_orchestral and role in _ENSEMBLES else LEVELS_DB[role]
        parts.append(
            replace(
                part,
                chain=chain,
                level_db=round(level_db + shifts.get(role, 0.0) + float(random.normal(0.0, spread_db * manners.spread)), 2),
                pan=seats[index],
                width=_width(role, manners, random),
                stereo=role in ("drums", "piano", "solo", "pad") or (is_orchestral and random.random() < 0.5),
                send_db=round(send_db + _PLACED.get(role, 0.0) * (0.3 if is_orchestral else 1.0)
                              + float(random.normal(0.0, manners.send_spread_db)), 2) if room.steps else -100.0,
            )
        )  # fmt: skip
    aim_lufs = round(float(np.clip(random.uniform(*manners.aim_lufs) + LOUDER_LU.get(take.genre, 0.0), -34.0, -5.5)), 2)
    draw = Draw(random, amount=AMOUNT[chosen], families=families)
    return Production(
        seed=seed,
        taste=chosen,
        scene=name,
        parts=tuple(parts),
        a4_hz=_a4_hz(manner, random),
        room=room,
        mix=_mix(manners, chosen, families, random),
        medium=Chain(name="medium", steps=tuple(_medium(draw, manners, aim_lufs, random))),
        ends=Chain(name="ends", steps=tuple(_ends(take, random))),
        level_lufs=-20.0,
        tone_db=_tone_db(random),
        tone_strength=round(float(random.uniform(*manners.tone)), 3) if draw.allows("equalizer") else 0.0,
        aim_lufs=aim_lufs,
        push_db=round(float(random.uniform(*manners.push_db)), 2) if draw.allows("limiter") else 0.0,
        ceiling_db=round(-float(random.choice([0.1, 0.3, 1.0, random.uniform(0.0, 4.0)])), 2),
    )


def plain_production(take: Take, *, origin: str) -> Production:
    """One font for everything, dry, balanced, at A = 440 Hz: what the engine is measured against."""
    parts = tuple(
        PartSound(origin=origin, program=track.program, level_db=LEVELS_DB[role][0], stereo=True)
        for track, role in zip(take.tracks, take.roles, strict=True)
    )
    return Production(seed=take.seed, taste="clean", parts=parts, level_lufs=-18.0)


def treatment_of(part: PartSound, role: Role, *, is_percussion: bool = False) -> Treatment:
    """Return how a part is treated: by what it does, unless its instrument asks for an amplifier, a rotary loudspeaker or none of that.

    Examples
    --------
    >>> treatment_of(PartSound(origin="font/fluid_r3", program=30), "chords")  # its samples come from an amplifier
    'driven'
    >>> treatment_of(PartSound(origin="font/fluid_r3", program=27), "chords")
    'guitar'
    """
    if is_percussion or role == "drums":
        return "drums"
    if role == "sung" and is_voice(part):
        return "sung"
    if is_clean_guitar_for_drive(part) or part.program in _GUITARS:
        return "guitar"
    if part.program in _DRIVEN:
        return "driven"
    if part.program in _ORGANS:
        return "organ"
    if role == "bass" and part.program in _UPRIGHT:
        return "counter"
    return role


def _chain(
    take: Take, index: int, part: PartSound, scene: Scene, taste: Taste, families: tuple[str, ...], random: np.random.Generator
) -> Chain:
    role = take.roles[index]
    treatment = treatment_of(part, role, is_percussion=take.tracks[index].is_percussion)
    chain = random_chain(random, role=treatment, taste=taste, families=families, space=scene.own_space)
    steps = list(chain.steps)
    if random.random() > scene.treated and not (treatment == "guitar" and part.program in _DRIVEN):
        steps = []
    is_mono = role not in ("drums", "piano", "solo", "pad")
    doubled = {"guitar": 0.35, "driven": 0.45, "sung": 0.06, "chords": 0.06}.get(treatment, 0.0)
    if steps and is_mono and role != "lead" and "chorus" in families and random.random() < doubled:
        steps += [
            pan.step(position=0.0),
            doubler.step(
                delay_s=round(float(random.uniform(0.009, 0.026)), 4),
                depth_s=round(float(random.uniform(0.0008, 0.004)), 5),
                spread=round(float(random.uniform(0.5, 1.0)), 2),
                seed=int(random.integers(0, 2**31 - 1)),
            ),
        ]
    if _is_ducked(take, role, random):
        steps.append(_duck(take, random))
    return Chain(name=chain.name if steps else "", steps=tuple(steps))


def _is_ducked(take: Take, role: Role, random: np.random.Generator) -> bool:
    """Whether the bass drum pushes a part aside, as in dance music."""
    likely = {"pad": 0.75, "chords": 0.45, "bass": 0.4, "lead": 0.12}.get(role, 0.0)
    return manner_of(take.genre) == "club" and bool(_kicks_s(take)) and bool(random.random() < likely)


def _kicks_s(take: Take) -> tuple[float, ...]:
    if take.drums is None:
        return ()
    return tuple(round(float(time), 4) for time, name in zip(take.drums.time_s, take.drums.label, strict=True) if name == "kick")


def _duck(take: Take, random: np.random.Generator) -> Step:
    attack_s, hold_s = float(random.uniform(0.004, 0.015)), float(random.uniform(0.01, 0.06))
    times = _kicks_s(take)
    return duck.step(
        start_s=times,
        end_s=tuple(round(time + attack_s + hold_s, 4) for time in times),
        depth_db=round(-float(random.uniform(3.0, 14.0)), 2),
        attack_s=round(attack_s, 4),
        release_s=round(float(random.uniform(0.08, 0.28)), 4),
    )


def _width(role: Role, scene: Scene, random: np.random.Generator) -> float:
    """How wide an instrument stands, and from which side it is seen: the player's or the audience's."""
    wide = float(random.uniform(0.3, 1.0) if role in ("drums", "piano") else random.uniform(0.6, 1.0))
    behind = role in ("drums", "piano") and random.random() < 0.5
    return round(min(1.0, scene.width[1]) * wide * (-1.0 if behind else 1.0), 3)


def _room(scene: Scene, instruments: Instruments, random: np.random.Generator) -> Chain:
    kinds = tuple(scene.rooms)
    drawn, share = random.random(), sum(scene.rooms.values())
    kind = pick(random, kinds, tuple(scene.rooms.values()))
    able = tuple(number for number in instruments.rooms if room_kind(int(number)) == kind)
    if not able or drawn > share or "reverb" not in instruments.families:
        return _EMPTY
    return numbered_room(int(pick(random, able)))


def _mix(scene: Scene, taste: Taste, families: tuple[str, ...], random: np.random.Generator) -> Chain:
    """What is done to the mix; its loudness is left to mastering."""
    allowed = tuple(family for family in families if family not in ("limiter", "clipping"))
    steps = list(random_chain(random, role="mix", taste=taste, families=allowed).steps) if random.random() < scene.mixed else []
    if "equalizer" in families:
        tilt_db, bass_db = float(random.uniform(*scene.tilt_db)), float(random.normal(0.0, 1.2))
        bands = (
            Band(kind="low_shelf", frequency_hz=round(float(random.uniform(70.0, 180.0)), 1), gain_db=round(bass_db, 2), q=0.6),
            Band(kind="high_shelf", frequency_hz=round(float(random.uniform(1800.0, 5000.0)), 1), gain_db=round(tilt_db, 2), q=0.5),
        )
        steps.append(parametric_eq.step(bands=bands))
    return Chain(name=f"mix, {taste}", steps=tuple(steps))


def _tone_db(random: np.random.Generator) -> tuple[float, ...]:
    """A spectrum that somebody likes: the usual one, darker or brighter, and a little different everywhere."""
    tilt_db = float(random.normal(0.0, 0.8)) * (np.arange(len(USUAL_TONE_DB)) - 4.5)
    return tuple(round(float(level), 2) for level in USUAL_TONE_DB + tilt_db + random.normal(0.0, 1.8, len(USUAL_TONE_DB)))


def _medium(draw: Draw, scene: Scene, level_lufs: float, random: np.random.Generator) -> list[Step]:
    mono = [width.step(width=0.0)] if random.random() < 0.5 * scene.mono else []
    old = draw_old_medium(draw, level_db=level_lufs, kind=scene.medium) if random.random() < scene.old else []
    return _air(draw, scene, level_lufs, random) + mono + old + draw_medium(draw, level_db=level_lufs, old=0.0)


def _air(draw: Draw, scene: Scene, level_lufs: float, random: np.random.Generator) -> list[Step]:
    """What microphones hear when nobody plays: ventilation, the street, the preamplifier. Low, and below the music by 30 to 60 dB."""
    if random.random() >= scene.air or not draw.allows("noise"):
        return []
    low, hiss = level_lufs - draw.between(30.0, 54.0), level_lufs - draw.between(48.0, 68.0)
    return [
        noise.step(colour="brown", level_db=round(low, 2), seed=draw.seed()),
        noise.step(colour="pink", level_db=round(hiss, 2), seed=draw.seed()),
    ]


def _ends(take: Take, random: np.random.Generator) -> list[Step]:
    """Fades at the ends, rarely; and still more rarely a player that stumbles where nothing begins."""
    rising = float(random.uniform(0.3, 3.0)) if random.random() < 0.04 else 0.0
    falling = float(random.uniform(1.0, 6.0)) if random.random() < 0.07 else 0.0
    steps = [fade.step(in_s=round(rising, 3), out_s=round(falling, 3))] if rising or falling else []
    gaps = _quiet_moments(take, random) if random.random() < 0.015 else ()
    if gaps:
        steps.append(silence_gaps.step(start_s=gaps, end_s=tuple(round(gap + 0.03, 4) for gap in gaps), fade_s=0.003))
    return steps


def _quiet_moments(take: Take, random: np.random.Generator) -> tuple[float, ...]:
    """Up to three times of which 60 ms before and after nothing begins."""
    onsets = np.sort(np.concatenate([[0.0], *([stroke.onset_s for stroke in track.strokes] for track in take.tracks)]))
    spaces = np.flatnonzero(np.diff(onsets) > 0.16)
    if not spaces.size:
        return ()
    chosen = random.choice(spaces, size=min(int(random.integers(1, 4)), spaces.size), replace=False)
    return tuple(sorted(round(float(onsets[one] + random.uniform(0.06, np.diff(onsets)[one] - 0.1)), 4) for one in chosen))


def _a4_hz(manner: str, random: np.random.Generator) -> float:
    """Where everybody's A stands: machines at 440, bands near it, orchestras a little higher, old ones and old machines anywhere."""
    exact = {"club": 0.75, "classical": 0.25, "choral": 0.15, "piano": 0.25}.get(manner, 0.45)
    around = 441.5 if manner in ("classical", "choral", "piano") else 440.0
    if random.random() < exact:
        return 440.0
    drawn = random.normal(around, 2.5) if random.random() < 0.75 else random.uniform(425.0, 455.0)
    return round(float(np.clip(drawn, 425.0, 455.0)), 2)
