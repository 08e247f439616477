"""Organs, and what only ever was electric: leads, basses, pads."""

from dataclasses import replace

from hexachord.synthesis.synthesizers.analog import Analog
from hexachord.synthesis.synthesizers.fm import Fm, Stack
from hexachord.synthesis.synthesizers.organ import Organ
from hexachord.synthesis.synthesizers.patch import Patch, Playing

_BELL_HAND = Playing(release_s=1.2, takes=1, keys_apart=0.2)
_LEAD_HAND = Playing(
    attack_s=0.004, release_s=0.1, range_db=12, layers=2, takes=1, vibrato_cents=9, cutoff_hz=3500, sweep_cents=1500, sweep_decay_s=0.4
)
_BASS_HAND = Playing(
    attack_s=0.003, release_s=0.06, range_db=14, layers=2, takes=1, cutoff_hz=420, resonance_db=4, sweep_cents=2400, sweep_sustain=0.15
)
_PAD_HAND = Playing(
    attack_s=0.35, release_s=0.9, range_db=14, layers=2, takes=1, cutoff_hz=1800, sweep_cents=900, sweep_attack_s=0.8, sweep_decay_s=2.0
)
_ORGAN_HAND = Playing(attack_s=0.003, release_s=0.05, range_db=4, layers=1, takes=1)

ELECTRIC: tuple[Patch, ...] = (
    Patch(
        name="Jazz Organ",
        roles=("chords", "lead"),
        recipe=Organ(drawbars=(8, 8, 8, 0, 0, 0, 0, 0, 0), percussion_db=0.0, percussion_ratio=3.0),
        playing=_ORGAN_HAND,
        low=36,
        high=96,
        programs=(17,),
    ),
    Patch(
        name="Full Organ",
        roles=("chords", "pad"),
        recipe=Organ(drawbars=(8, 8, 8, 8, 6, 6, 5, 6, 8)),
        playing=_ORGAN_HAND,
        low=36,
        high=96,
        programs=(16, 18),
    ),
    Patch(
        name="Pipe Organ",
        gain_db=-1.0,
        roles=("pad", "chords"),
        recipe=Organ(drawbars=(7, 0, 8, 7, 4, 6, 0, 4, 5), pipes=True, click_db=-34),
        playing=replace(_ORGAN_HAND, attack_s=0.04, release_s=0.35),
        low=36,
        high=96,
        programs=(19,),
        is_detuned=True,
    ),
    Patch(
        name="String Machine",
        roles=("pad",),
        recipe=Analog(voices=6, apart_cents=9, width=0.9, octave_db=-3),
        playing=Playing(attack_s=0.18, release_s=0.6, range_db=10, layers=1, takes=1, cutoff_hz=4200, touch_cents=600),
        low=36,
        high=96,
        programs=(50, 51),
        is_detuned=True,
    ),
    Patch(
        name="Analog Brass",
        roles=("chords", "pad"),
        recipe=Analog(voices=3, apart_cents=7),
        playing=Playing(
            attack_s=0.015,
            release_s=0.15,
            range_db=14,
            layers=2,
            takes=1,
            cutoff_hz=500,
            sweep_cents=2900,
            sweep_attack_s=0.06,
            sweep_decay_s=0.5,
            sweep_sustain=0.6,
        ),
        low=36,
        high=84,
        programs=(62, 63),
        is_detuned=True,
    ),
    Patch(
        name="Square Lead",
        roles=("lead", "bass"),
        recipe=Analog(shape="pulse", pulse_width=0.5),
        playing=_LEAD_HAND,
        low=36,
        high=96,
        programs=(80,),
    ),
    Patch(
        name="Saw Lead",
        roles=("lead",),
        recipe=Analog(voices=3, apart_cents=6, width=0.3),
        playing=_LEAD_HAND,
        low=36,
        high=96,
        programs=(81, 84),
        is_detuned=True,
    ),
    Patch(
        name="Triangle Lead",
        roles=("lead",),
        recipe=Analog(shape="triangle"),
        playing=replace(_LEAD_HAND, cutoff_hz=6000),
        low=48,
        high=96,
        programs=(82,),
    ),
    Patch(
        name="Super Saw",
        roles=("lead", "chords"),
        recipe=Analog(voices=7, apart_cents=16, width=0.9),
        playing=replace(_LEAD_HAND, vibrato_cents=0, cutoff_hz=6000, release_s=0.25),
        low=36,
        high=96,
        programs=(90,),
        is_detuned=True,
    ),
    Patch(name="Fifths Lead", roles=("lead",), recipe=Analog(fifth_db=-3), playing=_LEAD_HAND, low=36, high=84, programs=(86,)),
    Patch(
        name="Pluck",
        roles=("lead", "chords"),
        recipe=Analog(voices=2, apart_cents=5),
        playing=Playing(
            release_s=0.2,
            decay_db_per_s=45,
            sustain_db=-70,
            layers=2,
            takes=1,
            cutoff_hz=700,
            sweep_cents=3600,
            sweep_decay_s=0.35,
            sweep_sustain=0.0,
            resonance_db=5,
        ),
        low=36,
        high=96,
        programs=(83, 87, 98),
        is_detuned=True,
    ),
    Patch(name="Analog Bass", roles=("bass",), recipe=Analog(sub_db=-6), playing=_BASS_HAND, low=24, high=60, programs=(38,)),
    Patch(
        name="Square Bass",
        roles=("bass",),
        recipe=Analog(shape="pulse", pulse_width=0.3),
        playing=replace(_BASS_HAND, resonance_db=8),
        low=24,
        high=60,
        programs=(),
    ),
    Patch(
        name="FM Bass",
        roles=("bass",),
        recipe=Fm(stacks=(Stack(1, 1, 6.0, index_s=1.2, rest=0.25, feedback=0.6), Stack(1, 3, 3.0, level=0.6, index_s=0.6, rest=0.1))),
        playing=Playing(release_s=0.07, decay_db_per_s=8, sustain_db=-30, range_db=14),
        low=24,
        high=60,
        programs=(39,),
    ),
    Patch(
        name="Sub Bass",
        roles=("bass",),
        recipe=Analog(shape="triangle"),
        playing=replace(_BASS_HAND, cutoff_hz=300, resonance_db=0, sweep_cents=600),
        low=24,
        high=55,
        programs=(),
    ),
    Patch(
        name="Warm Pad",
        roles=("pad",),
        recipe=Analog(voices=5, apart_cents=8, sub_db=-12),
        playing=_PAD_HAND,
        low=36,
        high=84,
        programs=(89, 94),
        is_detuned=True,
    ),
    Patch(
        name="Bright Pad",
        roles=("pad",),
        recipe=Analog(shape="pulse", pulse_width=0.35, voices=5, apart_cents=10, octave_db=-6, noise_db=-36),
        playing=replace(_PAD_HAND, cutoff_hz=3200),
        low=36,
        high=84,
        programs=(88, 93, 95, 101),
        is_detuned=True,
    ),
    Patch(
        name="FM Piano",
        roles=("piano", "chords"),
        recipe=Fm(
            stacks=(Stack(1, 1, 1.1, index_s=2.0, rest=0.1, decay_s=5.0), Stack(1, 14, 0.9, level=0.4, index_s=0.3, rest=0.05, decay_s=2.5))
        ),
        playing=Playing(release_s=0.2, layers=5, takes=1, keys_apart=0.2),
        low=28,
        high=100,
        programs=(5,),
    ),
    Patch(
        name="FM Bell",
        roles=("lead", "chords"),
        recipe=Fm(
            stacks=(
                Stack(1, 3.5, 2.2, index_s=2.5, rest=0.1, decay_s=5.0),
                Stack(1, 2.41, 0.8, level=0.4, index_s=1.2, rest=0.1, decay_s=3.0),
            )
        ),
        playing=_BELL_HAND,
        low=48,
        high=96,
        programs=(),
    ),
    Patch(
        name="FM Brass",
        roles=("chords", "lead"),
        recipe=Fm(
            stacks=(Stack(1, 1, 3.0, rest=0.7, index_s=0.9), Stack(3, 1, 2.5, level=0.35, rest=0.7)), force_octaves=2.0, attack_s=0.09
        ),
        playing=Playing(attack_s=0.03, release_s=0.12, range_db=14, takes=1),
        low=36,
        high=84,
        programs=(),
    ),
    Patch(
        name="FM Clav",
        roles=("chords", "lead"),
        recipe=Fm(stacks=(Stack(1, 4, 2.5, index_s=0.6, rest=0.1, decay_s=1.6), Stack(2, 1, 1.5, level=0.6, index_s=1.0, decay_s=1.2))),
        playing=Playing(release_s=0.08, takes=1),
        low=36,
        high=90,
        programs=(),
    ),
    Patch(
        name="Wind",
        roles=("pad",),
        recipe=Analog(shape="triangle", voices=2, noise_db=14),
        playing=replace(_PAD_HAND, cutoff_hz=900, resonance_db=6),
        low=36,
        high=84,
        programs=(119, 121, 122, 123, 124, 125, 126, 127),
        is_detuned=True,
    ),
)
