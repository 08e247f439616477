"""Pianos, guitars, basses, harps."""

from dataclasses import replace

from hexachord.synthesis.synthesizers.patch import Patch, Playing
from hexachord.synthesis.synthesizers.strings import Strings

_GUITAR_BODY = ((105.0, 5.0, 40.0), (205.0, 6.0, 60.0), (390.0, 4.0, 110.0), (2400.0, 3.0, 2000.0))
_BASS_BODY = ((95.0, 4.0, 50.0), (180.0, 3.0, 80.0), (700.0, 3.0, 500.0))
_PICKUP = ((3400.0, 6.0, 2200.0),)
_NYLON = Strings(
    decay_s=2.6,
    damping_hz=1000,
    stiffness=0.00004,
    pluck_at=0.19,
    soft_hz=3000,
    noise_db=-26,
    noise_hz=1300,
    body=_GUITAR_BODY,
    knock_db=-22,
)
_STEEL = Strings(
    decay_s=4.5,
    damping_hz=2600,
    stiffness=0.00008,
    pluck_at=0.14,
    soft_hz=7500,
    noise_db=-22,
    noise_hz=3500,
    body=_GUITAR_BODY,
    knock_db=-28,
)

_BASS_BODY = ((95.0, 4.0, 50.0), (180.0, 3.0, 80.0), (700.0, 3.0, 500.0))
_PICKUP = ((3400.0, 6.0, 2200.0),)
_NYLON = Strings(
    decay_s=2.6,
    damping_hz=1000,
    stiffness=0.00004,
    pluck_at=0.19,
    soft_hz=3000,
    noise_db=-26,
    noise_hz=1300,
    body=_GUITAR_BODY,
    knock_db=-22,
)
_STEEL = Strings(
    decay_s=4.5,
    damping_hz=2600,
    stiffness=0.00008,
    pluck_at=0.14,
    soft_hz=7500,
    noise_db=-22,
    noise_hz=3500,
    body=_GUITAR_BODY,
    knock_db=-28,
)
_CLEAN = Strings(
    decay_s=6.0, damping_hz=1900, stiffness=0.0001, pluck_at=0.2, pickup_at=0.24, tilt_db=-4, soft_hz=3600, noise_db=-32, body=_PICKUP
)
_BASS = Strings(
    decay_s=5.0, damping_hz=900, stiffness=0.0003, pluck_at=0.2, pickup_at=0.12, tilt_db=-3.5, soft_hz=1800, noise_db=-32, noise_hz=900
)
_UPRIGHT = Strings(
    decay_s=1.8,
    damping_hz=600,
    stiffness=0.0003,
    pluck_at=0.26,
    tilt_db=-6,
    soft_hz=1400,
    noise_db=-24,
    noise_hz=600,
    body=_BASS_BODY,
    knock_db=-24,
)
_GRAND = Strings(
    decay_s=9.0,
    decay_slope=0.7,
    damping_hz=1500,
    stiffness=0.0004,
    pluck_at=0.12,
    tilt_db=-6.5,
    soft_hz=3200,
    touch_octaves=2.6,
    strings=2,
    apart_cents=0.6,
    plane_db=-12,
    noise_db=-26,
    noise_hz=700,
    noise_s=0.04,
    body=((110.0, 2.0, 80.0), (240.0, 2.0, 150.0), (900.0, 2.0, 800.0)),
    knock_db=-32,
    unevenness_db=2.5,
)
_PIANO_HAND = Playing(release_s=0.22, range_db=24, layers=5, takes=1, keys_apart=0.35)
_PLUCK_HAND = Playing(release_s=0.12)

STRUNG: tuple[Patch, ...] = (
    Patch(name="Strung Grand", roles=("piano", "chords"), recipe=_GRAND, playing=_PIANO_HAND, programs=(0, 1, 2)),
    Patch(
        name="Tavern Piano",
        roles=("piano",),
        recipe=replace(_GRAND, strings=3, apart_cents=9.0, soft_hz=4500),
        playing=_PIANO_HAND,
        programs=(3,),
        is_detuned=True,
    ),
    Patch(
        name="Harpsichord",
        roles=("piano", "chords"),
        recipe=Strings(
            decay_s=4.0, damping_hz=3500, pluck_at=0.13, tilt_db=-3, soft_hz=12000, touch_octaves=0.3, noise_db=-22, noise_hz=4500
        ),
        playing=Playing(range_db=6, layers=1, takes=2, release_s=0.12),
        low=29,
        high=89,
        programs=(6,),
    ),
    Patch(
        name="Clavinet",
        roles=("chords",),
        recipe=Strings(
            decay_s=2.5,
            damping_hz=2500,
            pluck_at=0.07,
            pickup_at=0.11,
            tilt_db=-3,
            soft_hz=7000,
            noise_db=-24,
            body=((1800.0, 5.0, 1500.0),),
        ),
        playing=Playing(release_s=0.05),
        low=29,
        high=88,
        programs=(7,),
    ),
    Patch(name="Nylon Guitar", roles=("chords", "lead"), recipe=_NYLON, playing=_PLUCK_HAND, low=40, high=84, programs=(24,)),
    Patch(name="Steel Guitar", roles=("chords", "lead"), recipe=_STEEL, playing=_PLUCK_HAND, low=40, high=86, programs=(25, 105, 106)),
    Patch(
        name="Jazz Guitar",
        roles=("chords", "lead"),
        recipe=replace(_CLEAN, soft_hz=2000, tilt_db=-6),
        playing=_PLUCK_HAND,
        low=40,
        high=86,
        programs=(26,),
    ),
    Patch(name="Electric Guitar", roles=("chords", "lead"), recipe=_CLEAN, playing=_PLUCK_HAND, low=40, high=88, programs=(27, 31, 120)),
    Patch(
        name="Driven Guitar",
        gain_db=-2.0,
        roles=("lead", "chords"),
        recipe=replace(_CLEAN, decay_s=3.0, drive_db=26.0, plane_db=-60.0),
        playing=Playing(release_s=0.1, range_db=10, layers=2, takes=1),
        low=40,
        high=88,
        programs=(29, 30),
    ),
    Patch(
        name="Muted Guitar",
        gain_db=3.0,
        roles=("chords",),
        recipe=replace(_CLEAN, decay_s=0.4, damping_hz=1200, noise_db=-22, plane_db=-60.0),
        playing=_PLUCK_HAND,
        low=40,
        high=84,
        programs=(28, 45),
    ),
    Patch(name="Finger Bass", roles=("bass",), recipe=_BASS, playing=_PLUCK_HAND, low=28, high=67, programs=(33, 35)),
    Patch(
        name="Pick Bass",
        roles=("bass",),
        recipe=replace(_BASS, soft_hz=4500, noise_db=-20, noise_hz=2500, pluck_at=0.1, damping_hz=1500),
        playing=_PLUCK_HAND,
        low=28,
        high=67,
        programs=(34, 36, 37),
    ),
    Patch(name="Upright Bass", roles=("bass",), recipe=_UPRIGHT, playing=_PLUCK_HAND, low=28, high=67, programs=(32,)),
    Patch(
        name="Harp",
        roles=("chords", "lead"),
        recipe=Strings(decay_s=4.0, damping_hz=1300, pluck_at=0.38, soft_hz=3200, noise_db=-40, body=_GUITAR_BODY),
        playing=Playing(release_s=0.8, keys_apart=0.4),
        low=24,
        high=103,
        programs=(46, 15),
    ),
    Patch(
        name="Koto",
        roles=("lead", "chords"),
        recipe=Strings(
            decay_s=2.4, damping_hz=3000, pluck_at=0.07, tilt_db=-3, soft_hz=9000, noise_db=-20, noise_hz=3500, body=_GUITAR_BODY
        ),
        playing=Playing(release_s=0.3, scoop_cents=15, scoop_s=0.05),
        low=40,
        high=91,
        programs=(104, 107),
    ),
)
