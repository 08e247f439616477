"""Media drawn at random: tape, records, radio, a phone held up, codecs, and what is heard beside the music.

Levels are against the loudness of the music that comes in, since a hiss that is nothing to a loud master covers a soft one.
"""

from hexachord.processing.effects.codecs import mp3, opus, vorbis
from hexachord.processing.effects.drawing import Draw
from hexachord.processing.effects.dynamics import compressor, limiter
from hexachord.processing.effects.effect import Step
from hexachord.processing.effects.equalizer import Band, band_pass, high_pass, low_pass, parametric_eq
from hexachord.processing.effects.levels import clip, polarity, width
from hexachord.processing.effects.modulation import wow_flutter
from hexachord.processing.effects.noises import crackle, crowd, hum, noise, rumble
from hexachord.processing.effects.rates import band_limit
from hexachord.processing.effects.reverberation import room
from hexachord.processing.effects.saturation import saturate
from hexachord.processing.effects.speaking import speech

_MEDIA: dict[str, tuple[float, tuple[str, ...]]] = {
    "tape": (0.4, ("tape", "saturation", "equalizer", "noise")),
    "cassette": (0.12, ("tape", "saturation", "equalizer", "noise")),
    "vinyl": (0.25, ("vinyl", "noise")),
    "shellac": (0.06, ("vinyl", "equalizer", "saturation")),
    "radio": (0.1, ("radio", "equalizer", "compressor", "noise")),
    "telephone": (0.03, ("phone", "equalizer", "saturation", "noise")),
    "phone": (0.12, ("phone", "reverb", "equalizer", "crowd", "compressor")),
}


def draw_medium(draw: Draw, *, level_db: float, old: float = 0.16) -> list[Step]:
    """Draw what a mix went through before it is heard.

    Parameters
    ----------
    level_db : loudness of what comes in
    old : how often it is more than a file
    """
    steps = draw_old_medium(draw, level_db=level_db) if draw.chance(old) else []
    if draw.chance(0.03, "crowd"):
        steps.append(crowd.step(level_db=_under(draw, level_db, 14.0, 34.0), applause=draw.between(0.0, 0.6), seed=draw.seed()))
    if draw.chance(0.025, "speech"):
        steps.append(_speaker(draw, level_db))
    if draw.chance(0.45, "noise"):
        colour = draw.pick("white", "pink", "brown", weights=(0.3, 0.5, 0.2))
        steps.append(noise.step(colour=colour, level_db=_under(draw, level_db, 38.0, 72.0), seed=draw.seed()))  # type: ignore[arg-type]
    if draw.chance(0.03, "noise"):
        mains_hz = 50.0 if draw.chance(0.5) else 60.0
        steps.append(
            hum.step(mains_hz=mains_hz, level_db=_under(draw, level_db, 34.0, 58.0), buzz=draw.between(0.1, 0.8), seed=draw.seed())
        )
    if draw.chance(0.1):
        steps.append(polarity.step())
    if draw.chance(0.06, "clipping"):
        steps.append(clip.step(ceiling_db=-0.05, drive_db=draw.between(1.0, 8.0)))
    if draw.chance(0.1, "bandlimit"):
        steps.append(band_limit.step(to_hz=float(draw.pick("16000", "22050", "32000"))))
    if draw.chance(0.5, "codec"):
        steps.append(_lossy(draw))
    return steps


def _under(draw: Draw, level_db: float, least: float, most: float) -> float:
    return round(level_db - draw.between(least, most), 2)


def _speaker(draw: Draw, level_db: float) -> Step:
    is_deep = draw.chance(0.5)
    return speech.step(
        level_db=round(level_db + draw.between(-16.0, 2.0), 2),
        pitch_hz=draw.near(85.0, 140.0) if is_deep else draw.near(160.0, 250.0),
        tract_cm=draw.between(16.0, 18.0) if is_deep else draw.between(13.5, 15.5),
        syllables_hz=draw.between(3.5, 6.0),
        pause=draw.between(0.15, 0.6),
        position=draw.between(-0.5, 0.5),
        seed=draw.seed(),
    )


def draw_old_medium(draw: Draw, *, level_db: float, kind: str = "") -> list[Step]:
    """Draw a tape, a record, a radio, a telephone, or a phone held up in the audience; `kind` says which, any of those allowed if not."""
    able = {name: weight for name, (weight, families) in _MEDIA.items() if draw.allows(*families) and kind in ("", name)}
    if not able:
        return []
    name = draw.pick(*able, weights=tuple(able.values()))
    return {"tape": _tape, "cassette": _cassette, "vinyl": _vinyl, "shellac": _shellac, "radio": _radio, "telephone": _telephone,
            "phone": _phone}[name](draw, level_db)  # fmt: skip


def _tape(draw: Draw, level_db: float) -> list[Step]:
    return [
        wow_flutter.step(wow=draw.near(0.0002, 0.0015), flutter=draw.near(0.0001, 0.0008), seed=draw.seed()),
        saturate.step(shape="tanh", drive_db=draw.between(1.0, 8.0), oversampling=4),
        parametric_eq.step(bands=(Band(frequency_hz=draw.near(45.0, 110.0), gain_db=draw.between(0.0, 3.0), q=1.0),)),
        low_pass.step(cutoff_hz=draw.near(10000.0, 19000.0), order=2),
        noise.step(colour="white", level_db=_under(draw, level_db, 38.0, 58.0), seed=draw.seed()),
    ]


def _cassette(draw: Draw, level_db: float) -> list[Step]:
    bands: tuple[Band, ...] = (
        Band(kind="low_cut", frequency_hz=draw.near(30.0, 60.0)),
        Band(frequency_hz=draw.near(70.0, 120.0), gain_db=2.0, q=1.0),
    )
    bands += (Band(kind="high_shelf", frequency_hz=draw.near(5000.0, 8000.0), gain_db=draw.between(-6.0, 0.0)),)
    return [
        wow_flutter.step(wow=draw.near(0.0008, 0.003), flutter=draw.near(0.0004, 0.0015), seed=draw.seed()),
        saturate.step(shape="tanh", drive_db=draw.between(4.0, 11.0), oversampling=4),
        parametric_eq.step(
            bands=(*bands, Band(kind="high_shelf", frequency_hz=draw.near(5000.0, 8000.0), gain_db=draw.between(-6.0, 0.0)))
        ),
        low_pass.step(cutoff_hz=draw.near(7000.0, 13000.0), order=3),
        noise.step(colour="white", level_db=_under(draw, level_db, 30.0, 44.0), seed=draw.seed()),
    ]


def _vinyl(draw: Draw, level_db: float) -> list[Step]:
    return [
        width.step(width=draw.between(0.7, 1.0), mono_below_hz=150.0),
        wow_flutter.step(wow=draw.near(0.0004, 0.002), flutter=0.0001, wow_hz=0.55, seed=draw.seed()),
        noise.step(colour="pink", level_db=_under(draw, level_db, 32.0, 50.0), seed=draw.seed()),
        rumble.step(level_db=_under(draw, level_db, 28.0, 46.0), seed=draw.seed()),
        crackle.step(per_s=draw.near(1.0, 30.0), level_db=_under(draw, level_db, 8.0, 28.0), seed=draw.seed()),
    ]


def _shellac(draw: Draw, level_db: float) -> list[Step]:
    horn = (
        Band(frequency_hz=draw.near(800.0, 1400.0), gain_db=draw.between(2.0, 6.0), q=1.2),
        Band(frequency_hz=draw.near(2000.0, 3200.0), gain_db=draw.between(1.0, 4.0), q=2.0),
    )
    return [
        width.step(width=0.0),
        wow_flutter.step(wow=draw.near(0.002, 0.005), flutter=0.0008, wow_hz=1.3, seed=draw.seed()),
        band_pass.step(low_hz=draw.near(120.0, 250.0), high_hz=draw.near(3500.0, 6000.0), order=2),
        parametric_eq.step(bands=horn),
        saturate.step(shape="tube", drive_db=draw.between(3.0, 9.0), oversampling=4),
        noise.step(colour="white", level_db=_under(draw, level_db, 20.0, 36.0), seed=draw.seed()),
        crackle.step(per_s=draw.near(15.0, 60.0), level_db=_under(draw, level_db, 4.0, 20.0), seed=draw.seed()),
    ]


def _radio(draw: Draw, level_db: float) -> list[Step]:
    return [
        band_pass.step(low_hz=draw.near(60.0, 200.0), high_hz=draw.near(4000.0, 11000.0), order=2),
        compressor.step(threshold_db=level_db - 4.0, ratio=4.0, attack_s=0.005, release_s=0.2, makeup_db=draw.between(1.0, 4.0)),
        noise.step(colour="pink", level_db=_under(draw, level_db, 30.0, 50.0), seed=draw.seed()),
    ]


def _telephone(draw: Draw, level_db: float) -> list[Step]:
    return [
        width.step(width=0.0),
        band_pass.step(low_hz=300.0, high_hz=3400.0, order=3),
        saturate.step(shape="soft", drive_db=draw.between(2.0, 10.0), oversampling=4),
        noise.step(colour="pink", level_db=_under(draw, level_db, 26.0, 44.0), seed=draw.seed()),
    ]


def _phone(draw: Draw, level_db: float) -> list[Step]:
    """Somebody in the audience holds up a phone: a far-off room, no bass, people, and a level that the phone sets."""
    loud = clip.step(ceiling_db=-0.5) if draw.allows("clipping") and draw.chance(0.5) else limiter.step(ceiling_db=-1.0)
    return [
        width.step(width=draw.between(0.0, 0.5)),
        room.step(decay_s=draw.near(0.4, 1.6), size_m=draw.near(6.0, 30.0), wet_db=draw.between(-9.0, -2.0), dry_db=-3.0, seed=draw.seed()),
        high_pass.step(cutoff_hz=draw.near(90.0, 220.0), order=2),
        low_pass.step(cutoff_hz=draw.near(7000.0, 15000.0), order=2),
        crowd.step(level_db=_under(draw, level_db, 18.0, 38.0), applause=draw.between(0.0, 0.4), seed=draw.seed()),
        compressor.step(threshold_db=level_db - 6.0, ratio=6.0, attack_s=0.005, release_s=0.4, makeup_db=draw.between(3.0, 7.0)),
        loud,
    ]


def _lossy(draw: Draw) -> Step:
    kind = draw.pick("mp3", "vorbis", "opus", weights=(0.35, 0.47, 0.18))
    if kind == "mp3":
        rates = ("64", "96", "128", "192", "256", "320")
        return mp3.step(bitrate_kbps=float(draw.pick(*rates, weights=(0.08 * draw.amount, 0.12, 0.3, 0.25, 0.1, 0.15))))
    if kind == "vorbis":
        return vorbis.step(quality=draw.between(0.05, 0.8))
    return opus.step(bitrate_kbps=draw.near(40.0, 192.0))
