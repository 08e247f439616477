"""Electric pianos, mallets and bells."""

from hexachord.synthesis.synthesizers.bars import Bars
from hexachord.synthesis.synthesizers.patch import Patch, Playing

_BELL_HAND = Playing(release_s=1.2, takes=2, keys_apart=0.2)
_TINE = Bars(
    modes=((1, 0), (2, -8), (3, -18), (4, -25), (6.27, -26), (17.6, -34)),
    decay_s=6.0,
    decay_power=1.0,
    hardness_db=18,
    noise_db=-36,
    noise_hz=1500,
)
_REED = Bars(
    modes=((1, 0), (2, -9), (3, -12), (4, -20), (5, -23), (7, -30)),
    decay_s=3.2,
    decay_power=0.7,
    hardness_db=15,
    noise_db=-34,
    noise_hz=1800,
)

RUNG: tuple[Patch, ...] = (
    Patch(
        name="Tine Piano",
        roles=("piano", "chords"),
        recipe=_TINE,
        playing=Playing(release_s=0.2, layers=5, tremolo_db=1.5),
        low=28,
        high=100,
        programs=(4,),
    ),
    Patch(
        name="Reed Piano", roles=("piano", "chords"), recipe=_REED, playing=Playing(release_s=0.15, layers=5), low=33, high=96, programs=()
    ),
    Patch(
        name="Celesta",
        roles=("lead", "chords"),
        recipe=Bars(modes=((1, 0), (4, -18), (9.2, -26)), decay_s=2.2),
        playing=_BELL_HAND,
        low=60,
        high=108,
        programs=(8, 10),
    ),
    Patch(
        name="Glockenspiel",
        roles=("lead",),
        recipe=Bars(modes=((1, 0), (2.76, -8), (5.4, -15), (8.93, -22)), decay_s=4.0, split_hz=0.4),
        playing=_BELL_HAND,
        low=67,
        high=108,
        programs=(9,),
    ),
    Patch(
        name="Vibraphone",
        roles=("lead", "chords"),
        recipe=Bars(modes=((1, 0), (3.98, -15), (10.1, -26)), decay_s=6.0, noise_db=-28, noise_hz=1200),
        playing=Playing(release_s=0.4, tremolo_db=2.5, keys_apart=0.3),
        low=53,
        high=89,
        programs=(11, 99),
    ),
    Patch(
        name="Marimba",
        gain_db=2.0,
        roles=("lead", "chords"),
        recipe=Bars(modes=((1, 0), (3.93, -15), (9.6, -27)), decay_s=1.1, noise_db=-20, noise_hz=900),
        playing=Playing(release_s=0.6, keys_apart=0.3),
        low=45,
        high=96,
        programs=(12, 108, 114, 115),
    ),
    Patch(
        name="Xylophone",
        gain_db=2.0,
        roles=("lead",),
        recipe=Bars(modes=((1, 0), (3, -9), (6.1, -15), (10.2, -22)), decay_s=0.7, noise_db=-16, noise_hz=3200),
        playing=Playing(release_s=0.5, keys_apart=0.3),
        low=65,
        high=108,
        programs=(13,),
    ),
    Patch(
        name="Tubular Bells",
        roles=("lead",),
        recipe=Bars(
            modes=((1, 0), (1.5, -2), (2.01, -5), (0.5, -14), (2.55, -9), (3.1, -13), (3.7, -17)),
            decay_s=5.0,
            split_hz=0.8,
            decay_power=0.7,
        ),
        playing=Playing(release_s=2.5),
        low=48,
        high=84,
        programs=(14, 112),
    ),
    Patch(
        name="Kalimba",
        roles=("lead", "chords"),
        recipe=Bars(modes=((1, 0), (5.4, -22), (6.3, -24), (14.0, -32)), decay_s=1.3, noise_db=-22, noise_hz=1500),
        playing=Playing(release_s=0.5),
        low=48,
        high=96,
        programs=(113,),
    ),
    Patch(
        name="Timpani",
        gain_db=2.0,
        roles=("bass",),
        recipe=Bars(
            modes=((1, 0), (1.5, -3), (1.98, -8), (2.44, -12), (0.8, -10)), decay_s=1.4, decay_slope=0.4, noise_db=-18, noise_hz=400
        ),
        playing=Playing(release_s=1.0),
        low=36,
        high=60,
        programs=(47, 116, 117, 118),
    ),
)
