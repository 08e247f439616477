"""Singers and choirs."""

from dataclasses import replace

from hexachord.synthesis.synthesizers.patch import Patch, Playing
from hexachord.synthesis.synthesizers.sung import Sung

_SINGER = Playing(
    attack_s=0.035,
    release_s=0.12,
    range_db=14,
    layers=2,
    takes=5,
    vibrato_cents=32,
    vibrato_db=1.0,
    drift_cents=6,
    vibrato_delay_s=0.3,
    scoop_cents=-130,
    scoop_s=0.11,
)
_CHOIR_HAND = Playing(attack_s=0.15, release_s=0.45, range_db=14, layers=2, takes=3)

VOICES: tuple[Patch, ...] = (
    Patch(name="Woman's Voice", roles=("sung", "lead"), recipe=Sung(sex="woman"), playing=_SINGER, low=53, high=84, programs=(53,)),
    Patch(
        name="Man's Voice",
        roles=("sung", "lead"),
        recipe=Sung(sex="man", tilt_db=-8.5, ring_db=8),
        playing=_SINGER,
        low=38,
        high=69,
        programs=(),
    ),
    Patch(
        name="Child's Voice",
        roles=("sung",),
        recipe=Sung(sex="child", ring_db=1, breath_db=-26),
        playing=replace(_SINGER, vibrato_cents=8),
        low=57,
        high=84,
        programs=(),
    ),
    Patch(
        name="Women's Choir",
        roles=("pad", "counter"),
        recipe=Sung(sex="woman", vowels="aou", players=6),
        playing=_CHOIR_HAND,
        low=53,
        high=84,
        programs=(52,),
        is_detuned=True,
    ),
    Patch(
        name="Men's Choir",
        roles=("pad", "counter"),
        recipe=Sung(sex="man", vowels="aou", players=6),
        playing=_CHOIR_HAND,
        low=36,
        high=67,
        programs=(91,),
        is_detuned=True,
    ),
    Patch(
        name="Synth Voice",
        roles=("pad", "lead"),
        recipe=Sung(sex="woman", vowels="a", players=3, ring_db=0, breath_db=-44, consonant_db=-60),
        playing=replace(_CHOIR_HAND, takes=1, vibrato_cents=6),
        low=40,
        high=84,
        programs=(54, 85),
        is_detuned=True,
    ),
)
