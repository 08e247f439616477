"""Chains that have names: what mixes, masters, amplifiers, media and rooms do, ready to use."""

from hexachord.errors import InputError
from hexachord.processing.effects.amplifier import amplifier, cabinet
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.codecs import mp3
from hexachord.processing.effects.delay import delay
from hexachord.processing.effects.dynamics import bus_compressor, compressor, gate, limiter
from hexachord.processing.effects.effect import Step
from hexachord.processing.effects.equalizer import Band, band_pass, high_pass, low_pass, parametric_eq
from hexachord.processing.effects.levels import clip, gain, width
from hexachord.processing.effects.modulation import chorus, flanger, phaser, rotary, tremolo, vibrato, wow_flutter
from hexachord.processing.effects.noises import crackle, crowd, hum, noise, rumble
from hexachord.processing.effects.rates import band_limit
from hexachord.processing.effects.reverberation import network_reverb, room
from hexachord.processing.effects.saturation import saturate


def _chain(name: str, about: str, *steps: Step) -> Chain:
    return Chain(name=name, about=about, steps=steps)


_ALL = (
    _chain(
        "mix-bus",
        "Glue: a little bass and air, two to one, a touch of tape, peaks at -1 dB.",
        parametric_eq.step(
            bands=(
                Band(kind="low_cut", frequency_hz=25.0),
                Band(kind="low_shelf", frequency_hz=90.0, gain_db=1.0),
                Band(frequency_hz=350.0, gain_db=-1.0, q=0.8),
                Band(kind="high_shelf", frequency_hz=9000.0, gain_db=1.5),
            )
        ),
        bus_compressor.step(),
        saturate.step(shape="tanh", drive_db=2.0, mix=0.6),
        limiter.step(ceiling_db=-1.0),
    ),
    _chain(
        "loud-master",
        "As loud as pop records are.",
        parametric_eq.step(
            bands=(
                Band(kind="low_cut", frequency_hz=28.0),
                Band(frequency_hz=300.0, gain_db=-1.5, q=0.9),
                Band(kind="high_shelf", frequency_hz=8000.0, gain_db=2.0),
            )
        ),
        compressor.step(threshold_db=-20.0, ratio=2.5, attack_s=0.02, release_s=0.15, makeup_db=4.0, sidechain_high_pass_hz=100.0),
        saturate.step(shape="soft", drive_db=4.0),
        limiter.step(ceiling_db=-0.3, drive_db=5.0, release_s=0.06),
    ),
    _chain(
        "clipped-master",
        "Too loud: converters that clip.",
        compressor.step(threshold_db=-22.0, ratio=4.0, attack_s=0.005, release_s=0.08, makeup_db=7.0),
        clip.step(ceiling_db=-0.1, drive_db=6.0),
    ),
    _chain(
        "telephone",
        "300 to 3400 Hz, pressed and noisy.",
        width.step(width=0.0),
        band_pass.step(low_hz=300.0, high_hz=3400.0, order=4),
        compressor.step(threshold_db=-24.0, ratio=6.0, attack_s=0.003, release_s=0.1, makeup_db=5.0),
        saturate.step(shape="hard", drive_db=6.0, mix=0.5),
        noise.step(colour="white", level_db=-56.0),
        band_limit.step(to_hz=8000.0),
    ),
    _chain(
        "radio",
        "A small set in the kitchen: no bass, no air, pressed.",
        width.step(width=0.0),
        high_pass.step(cutoff_hz=180.0, order=2),
        low_pass.step(cutoff_hz=6500.0, order=3),
        parametric_eq.step(bands=(Band(frequency_hz=1400.0, gain_db=4.0, q=0.8),)),
        compressor.step(threshold_db=-26.0, ratio=5.0, attack_s=0.004, release_s=0.2, makeup_db=6.0),
        saturate.step(shape="tanh", drive_db=5.0),
        noise.step(colour="pink", level_db=-54.0),
        hum.step(mains_hz=50.0, level_db=-62.0),
        limiter.step(ceiling_db=-1.0),
    ),
    _chain(
        "fm-broadcast",
        "What a station makes of a record: dense, bright, nothing above 15 kHz.",
        compressor.step(threshold_db=-24.0, ratio=4.0, attack_s=0.006, release_s=0.25, makeup_db=5.0, sidechain_high_pass_hz=80.0),
        parametric_eq.step(
            bands=(Band(kind="low_shelf", frequency_hz=100.0, gain_db=2.0), Band(kind="high_shelf", frequency_hz=6000.0, gain_db=3.0))
        ),
        limiter.step(ceiling_db=-1.0, drive_db=3.0, release_s=0.05),
        low_pass.step(cutoff_hz=15000.0, order=6),
        noise.step(colour="white", level_db=-68.0),
    ),
    _chain(
        "lo-fi-tape",
        "A cassette that has been played often.",
        wow_flutter.step(wow=0.0025, flutter=0.0012),
        saturate.step(shape="tanh", drive_db=9.0),
        parametric_eq.step(
            bands=(
                Band(kind="low_cut", frequency_hz=40.0),
                Band(frequency_hz=90.0, gain_db=2.5, q=1.0),
                Band(kind="high_shelf", frequency_hz=7000.0, gain_db=-4.0),
            )
        ),
        low_pass.step(cutoff_hz=10500.0, order=3),
        noise.step(colour="white", level_db=-56.0),
        limiter.step(ceiling_db=-1.0),
    ),
    _chain(
        "studio-tape",
        "A good machine: the bump of the heads, warm peaks, a breath of noise.",
        wow_flutter.step(wow=0.0003, flutter=0.0002),
        saturate.step(shape="tanh", drive_db=5.0),
        parametric_eq.step(
            bands=(
                Band(kind="low_cut", frequency_hz=28.0),
                Band(frequency_hz=60.0, gain_db=1.5, q=1.0),
                Band(kind="high_shelf", frequency_hz=14000.0, gain_db=-1.5),
            )
        ),
        noise.step(colour="white", level_db=-70.0),
        limiter.step(ceiling_db=-0.5),
    ),
    _chain(
        "vinyl",
        "A record: mono in the bass, dust, the turntable's bearing.",
        width.step(width=0.9, mono_below_hz=150.0),
        wow_flutter.step(wow=0.0012, flutter=0.0002, wow_hz=0.55),
        parametric_eq.step(bands=(Band(kind="low_cut", frequency_hz=30.0), Band(kind="high_shelf", frequency_hz=11000.0, gain_db=-3.0))),
        saturate.step(shape="soft", drive_db=3.0),
        noise.step(colour="pink", level_db=-62.0),
        rumble.step(level_db=-52.0),
        crackle.step(per_s=8.0, level_db=-34.0),
        limiter.step(ceiling_db=-0.5),
    ),
    _chain(
        "shellac",
        "78 turns a minute, and many of them.",
        width.step(width=0.0),
        wow_flutter.step(wow=0.004, flutter=0.0008, wow_hz=1.3),
        band_pass.step(low_hz=180.0, high_hz=4800.0, order=2),
        parametric_eq.step(bands=(Band(frequency_hz=1100.0, gain_db=5.0, q=1.2), Band(frequency_hz=2600.0, gain_db=3.0, q=2.0))),
        saturate.step(shape="tube", drive_db=8.0),
        noise.step(colour="white", level_db=-42.0),
        crackle.step(per_s=45.0, level_db=-26.0),
        limiter.step(ceiling_db=-1.0),
    ),
    _chain("small-room", "A rehearsal room.", room.step(decay_s=0.35, size_m=5.0, early_share=0.6, wet_db=-11.0, dry_db=-0.5)),
    _chain("hall", "A concert hall, ten rows back.", room.step(decay_s=2.1, size_m=26.0, early_share=0.25, wet_db=-8.0, dry_db=-2.0)),
    _chain(
        "plate",
        "A plate of steel.",
        network_reverb.step(decay_s=1.6, treble_decay=0.7, size=0.6, pre_delay_s=0.0, wet_db=-12.0, low_cut_hz=180.0),
    ),
    _chain(
        "cathedral",
        "Far away, and long.",
        network_reverb.step(decay_s=5.5, bass_decay=1.3, treble_decay=0.3, size=2.0, pre_delay_s=0.045, wet_db=-6.0, dry_db=-4.0),
    ),
    _chain(
        "phone-recording",
        "Somebody in the audience holds up a phone.",
        width.step(width=0.3),
        room.step(decay_s=1.1, size_m=18.0, wet_db=-4.0, dry_db=-4.0),
        parametric_eq.step(
            bands=(
                Band(kind="low_cut", frequency_hz=150.0),
                Band(frequency_hz=2500.0, gain_db=4.0, q=0.7),
                Band(kind="high_cut", frequency_hz=9000.0),
            )
        ),
        crowd.step(level_db=-38.0),
        compressor.step(threshold_db=-28.0, ratio=8.0, attack_s=0.005, release_s=0.4, makeup_db=8.0),
        clip.step(ceiling_db=-0.5),
        mp3.step(bitrate_kbps=96.0),
    ),
    _chain(
        "guitar-clean",
        "An open combo with a spring.",
        amplifier.step(drive_db=6.0, bass_db=1.0, middle_db=-2.0, treble_db=2.0),
        cabinet.step(kind="open_2x12"),
        network_reverb.step(decay_s=1.4, size=0.4, pre_delay_s=0.0, treble_decay=0.4, wet_db=-18.0),
    ),
    _chain(
        "guitar-crunch",
        "Tubes that bark.",
        amplifier.step(drive_db=22.0, middle_db=2.0, treble_db=1.0, presence_db=1.0, gate_db=-62.0),
        cabinet.step(kind="open_1x12", off_axis=0.3),
    ),
    _chain(
        "guitar-high-gain",
        "A wall.",
        amplifier.step(
            drive_db=44.0, bass_db=3.0, middle_db=-3.0, treble_db=2.0, presence_db=2.0, tight_hz=140.0, power_drive_db=6.0, gate_db=-52.0
        ),
        cabinet.step(kind="closed_4x12", off_axis=0.35),
    ),
    _chain(
        "fuzz",
        "Corners.",
        gate.step(threshold_db=-58.0),
        saturate.step(shape="fuzz", drive_db=36.0),
        parametric_eq.step(bands=(Band(frequency_hz=700.0, gain_db=-5.0, q=0.6),)),
        amplifier.step(drive_db=8.0, power_drive_db=4.0),
        cabinet.step(kind="closed_4x12", off_axis=0.5),
    ),
    _chain(
        "bass-amp",
        "Warm, round, even.",
        compressor.step(threshold_db=-22.0, ratio=4.0, attack_s=0.02, release_s=0.2, makeup_db=3.0),
        amplifier.step(drive_db=10.0, bass_db=3.0, middle_db=-1.0, tight_hz=30.0),
        cabinet.step(kind="bass_8x10"),
    ),
    _chain(
        "organ-speaker",
        "A rotary loudspeaker at full turn.",
        saturate.step(shape="tube", drive_db=8.0),
        rotary.step(speed_hz=6.6),
        parametric_eq.step(bands=(Band(kind="high_cut", frequency_hz=6500.0), Band(frequency_hz=1200.0, gain_db=2.0))),
    ),
    _chain(
        "electric-piano",
        "From side to side, through a phaser.",
        saturate.step(shape="tube", drive_db=5.0),
        phaser.step(stages=4, speed_hz=0.35, mix=0.4),
        tremolo.step(speed_hz=4.5, depth_db=5.0, stereo_phase=0.5),
    ),
    _chain(
        "vocal",
        "Clear, close, with an echo and a plate.",
        parametric_eq.step(
            bands=(
                Band(kind="low_cut", frequency_hz=90.0),
                Band(frequency_hz=300.0, gain_db=-2.0, q=1.0),
                Band(frequency_hz=3500.0, gain_db=2.0, q=0.8),
                Band(kind="high_shelf", frequency_hz=11000.0, gain_db=2.5),
            )
        ),
        compressor.step(threshold_db=-24.0, ratio=3.5, attack_s=0.006, release_s=0.12, makeup_db=4.0),
        saturate.step(shape="tube", drive_db=3.0, mix=0.4),
        delay.step(time_s=0.31, feedback=0.2, damping_hz=3500.0, wet_db=-20.0),
        network_reverb.step(decay_s=1.5, size=0.7, pre_delay_s=0.03, wet_db=-16.0, low_cut_hz=250.0),
    ),
    _chain(
        "drum-bus",
        "Punch, and the room crushed beside it.",
        compressor.step(threshold_db=-20.0, ratio=4.0, attack_s=0.02, release_s=0.1, makeup_db=3.0),
        compressor.step(threshold_db=-35.0, ratio=10.0, attack_s=0.002, release_s=0.08, makeup_db=14.0, mix=0.25),
        saturate.step(shape="tanh", drive_db=4.0),
        parametric_eq.step(
            bands=(
                Band(frequency_hz=70.0, gain_db=2.0, q=1.0),
                Band(frequency_hz=400.0, gain_db=-3.0, q=0.9),
                Band(kind="high_shelf", frequency_hz=7000.0, gain_db=2.0),
            )
        ),
        limiter.step(ceiling_db=-0.5),
    ),
    _chain("chorus", "Several instead of one.", chorus.step()),
    _chain("flanger", "A jet passes.", flanger.step(feedback=0.6)),
    _chain(
        "dream",
        "Vibrato, chorus, echoes from side to side, and a hall.",
        vibrato.step(speed_hz=3.0, depth_cents=8.0),
        chorus.step(mix=0.5),
        delay.step(time_s=0.42, feedback=0.5, damping_hz=2500.0, wet_db=-9.0, ping_pong=True),
        network_reverb.step(decay_s=4.0, size=1.4, wet_db=-8.0, dry_db=-2.0),
    ),
    _chain("low-bitrate", "An MP3 of 64 kbit/s.", gain.step(gain_db=-0.5), mp3.step(bitrate_kbps=64.0)),
    _chain(
        "stadium",
        "Far off, among people.",
        room.step(decay_s=3.2, size_m=60.0, early_share=0.15, wet_db=-3.0, dry_db=-5.0, damping_hz=3000.0),
        crowd.step(level_db=-30.0, applause=0.25),
        limiter.step(ceiling_db=-1.0),
    ),
)

PRESETS: dict[str, Chain] = {chain.name: chain for chain in _ALL}
"""All presets by name."""


def preset_named(name: str) -> Chain:
    """Find a preset.

    Raises
    ------
    InputError : if there is none of that name; the message lists them.

    Examples
    --------
    >>> [step.effect for step in preset_named("small-room").steps]
    ['room']
    """
    if name not in PRESETS:
        raise InputError(f"--preset {name}", found="no such preset", expected=f"one of {', '.join(PRESETS)}")
    return PRESETS[name]
