"""A region and a stroke become a voice: pitch, level, pan, loop, envelopes, filter, oscillations, in the units of the player.

Falling envelopes: players of the format multiply by ``exp(-8 / (t * rate))`` at each frame of a decay or release of t seconds
(measured in ARIA, https://sfzformat.com/opcodes/ampeg_attack), so they fall by 8 nepers = 69.5 dB in that time, over the whole range
whatever the sustain level is (``ampeg_decay_zero`` and ``ampeg_release_zero`` are 1 by default).
"""

import math
import re

from hexachord.synthesis.model import AmplitudeEnvelope, Filter, Lfo, Loop, ModulationEnvelope, Modulator, Route, Target, Voice
from hexachord.synthesis.sfz.asked import LEVEL, LEVEL_DB, PER_STROKE, Asked
from hexachord.synthesis.sfz.curves import fade_gain, velocity_gain
from hexachord.synthesis.sfz.regions import KEYCENTER_OF_SAMPLE
from hexachord.synthesis.sfz.samples import Recording

FALL_DB = 8.0 * 20.0 / math.log(10.0)
_SOFTEST_RELEASE_S = 0.01  # an instant release would click
_ENTRY_S = 0.001  # so would a start in the middle of a recording
_SILENT_DB = -120.0
_HIGHEST_CUTOFF_HZ = 20_000.0
_EQ_DEFAULT_HZ = {1: 50.0, 2: 500.0, 3: 5000.0}
_FAST_OFF_S = 0.006  # SFZ 1: ``off_mode=fast``

_FILTER_KINDS = {
    "lpf_1p": "lowpass1",
    "lpf_2p": "lowpass2",
    "hpf_1p": "highpass1",
    "hpf_2p": "highpass2",
    "bpf_1p": "bandpass2",
    "bpf_2p": "bandpass2",
    "brf_1p": "notch2",
    "brf_2p": "notch2",
}
_ONE_SOURCE = (  # prefix, what it moves, is an oscillation
    ("amplfo", "gain_db", True),
    ("pitchlfo", "pitch_cents", True),
    ("fillfo", "cutoff_cents", True),
    ("pitcheg", "pitch_cents", False),
    ("fileg", "cutoff_cents", False),
)
_LFO_TARGETS: tuple[tuple[str, Target, float], ...] = (
    ("pitch", "pitch_cents", 1.0),
    ("volume", "gain_db", 1.0),
    ("amplitude", "gain_db", 20.0 * math.log10(2.0) / 100.0),  # 100 % reaches double the amplitude
    ("cutoff", "cutoff_cents", 1.0),
    ("pan", "pan", 0.01),
)
_LFO_NUMBER = re.compile(r"lfo(\d+)_")


def voice_for(asked: Asked, recording: Recording, *, held_s: float | None = None, note_group: int = 0) -> Voice | None:
    """Resolve a region for a stroke; None when nothing of it would be heard.

    Parameters
    ----------
    held_s : for release samples, how long the key was down
    note_group : a group that overrides the region's own, for voices that end each other although the file names no group
    """
    region = asked.region
    group, off_by = int(region.number("group")), int(region.number("off_by"))
    gain_db, gain_routes = _level(asked, held_s)
    is_silent = gain_db is None or recording.sample.name == "*silence" or region.number("end") == -1
    if is_silent and not group:
        return None
    start = int(max(0.0, asked.value("offset") + region.number("offset_random") * asked.draw(0)))
    end = _end(asked, recording)
    if start >= (end or recording.sample.frames):
        return None
    pan, pan_routes = asked.live("pan", "pan", scale=0.01)
    pan += (region.number("pan_keytrack") * (asked.key - region.number("pan_keycenter"))) / 100.0
    pan += region.number("pan_veltrack") * asked.velocity / 12_700.0
    if recording.sample.channels == 2:
        pan += region.number("position") / 100.0
    pitch, pitch_routes = _pitch(asked, recording)
    modulators, modulator_routes = _modulators(asked)
    usual = asked.usual_routes()
    for route in usual:
        if route.target == "gain_db" and gain_db is not None:
            gain_db += asked.unmoved(route)
        elif route.target == "pan":
            pan += asked.unmoved(route)
    cutoff, cutoff_routes = _filter(asked)
    envelope = _envelope(asked, starts_inside=start > 0)
    return Voice(
        sample=recording.sample,
        start=start,
        end=end,
        loop=_loop(asked, recording, end),
        pitch_cents=pitch,
        gain_db=_SILENT_DB if is_silent or gain_db is None else gain_db,
        pan=pan,  # a route may bring it back into -1 .. 1
        width=asked.value("width") / 100.0,
        delay_s=max(0.0, asked.value("delay") + region.number("delay_random") * asked.draw(1)),
        one_shot=held_s is not None or region.word("loop_mode", "") == "one_shot" or region.number("count") > 0,
        envelope=envelope,
        filter=cutoff,
        equalizer=_equalizer(asked),
        modulators=modulators,
        routes=(*usual, *gain_routes, *pan_routes, *pitch_routes, *cutoff_routes, *modulator_routes),
        group=note_group or off_by,
        cuts=note_group or group,
        off_s=_off_s(asked),
    )


def _level(asked: Asked, held_s: float | None) -> tuple[float | None, tuple[Route, ...]]:
    """The level in dB, None for silence, and the controls that go on moving it."""
    region = asked.region
    decibels, routes = asked.live("volume", "gain_db")
    decibels += region.number("global_volume") + region.number("master_volume") + region.number("group_volume")
    decibels += region.number("amp_keytrack") * (asked.key - region.number("amp_keycenter"))
    decibels += region.number("amp_random") * (2.0 * asked.draw(2) - 1.0)
    if held_s is not None:
        decibels -= region.number("rt_decay") * held_s
    gain = velocity_gain(asked.velocity, min(max(asked.value("amp_veltrack"), -100.0), 100.0), region.velocity_points)
    for base in ("amplitude", "global_amplitude", "master_amplitude", "group_amplitude"):
        gain *= region.number(base) / 100.0
    live = []
    for modulation in region.modulations:
        if modulation.base != "amplitude":
            continue
        if modulation.control in asked.controls and modulation.curve == 0 and modulation.control not in PER_STROKE:
            gain *= max(modulation.amount, 0.0) / 100.0
            live.append(Route(modulation.control, LEVEL, LEVEL_DB / 2.0))  # a control times an amplitude: 20 log10, half of LEVEL
        else:
            gain *= max(modulation.amount * asked.worth(modulation), 0.0) / 100.0
    for by, value in (("key", asked.key), ("vel", asked.velocity)):
        gain *= fade_gain(
            value,
            in_low=region.number(f"xfin_lo{by}"),
            in_high=region.number(f"xfin_hi{by}"),
            out_low=region.number(f"xfout_lo{by}"),
            out_high=region.number(f"xfout_hi{by}"),
            is_power=region.word(f"xf_{by}curve", "power") == "power",
        )
    is_power = region.word("xf_cccurve", "power") == "power"
    for fade in region.fades:
        at = asked.control(fade.control)
        gain *= fade_gain(at, in_low=fade.in_low, in_high=fade.in_high, out_low=fade.out_low, out_high=fade.out_high, is_power=is_power)
    if gain <= 0.0:
        return None, ()
    return decibels + 20.0 * math.log10(gain), (*routes, *live)


def _pitch(asked: Asked, recording: Recording) -> tuple[float, tuple[Route, ...]]:
    region = asked.region
    if recording.sample.name == "*noise":
        return 0.0, ()
    centre = region.number("pitch_keycenter")
    if centre == KEYCENTER_OF_SAMPLE:
        centre = 60.0 if recording.key is None else recording.key
    cents, routes = asked.live("pitch", "pitch_cents")
    cents += (asked.key - centre) * region.number("pitch_keytrack") + 100.0 * region.number("transpose")
    cents += region.number("pitch_veltrack") * asked.velocity / 127.0 + region.number("pitch_random") * (2.0 * asked.draw(3) - 1.0)
    return cents, routes


def _end(asked: Asked, recording: Recording) -> int | None:
    last = asked.region.number("end")
    return min(int(last) + 1, recording.sample.frames) if last > 0 else None


def _loop(asked: Asked, recording: Recording, end: int | None) -> Loop | None:
    region, frames = asked.region, end or recording.sample.frames
    is_wave = recording.sample.name.startswith("*")
    mode = region.word("loop_mode", "loop_continuous" if recording.loop else "no_loop")
    if region.is_release or region.number("count") > 0 or not (mode.startswith("loop") or (is_wave and recording.loop)):
        return None
    stored_first, stored_end = recording.loop or (0, frames)
    first = int(region.number("loop_start")) if region.gives("loop_start") else stored_first
    last = int(region.number("loop_end")) + 1 if region.number("loop_end") > 0 else stored_end
    last = min(last, frames)
    return Loop(first, last, until_release=mode == "loop_sustain") if 0 <= first < last - 1 else None


def _stage(asked: Asked, prefix: str, stage: str) -> float:
    change = asked.region.number(f"{prefix}_vel2{stage}") * asked.velocity / 127.0
    return max(0.0, asked.value(f"{prefix}_{stage}") + change)


def _envelope(asked: Asked, *, starts_inside: bool) -> AmplitudeEnvelope:
    decay_s = _stage(asked, "ampeg", "decay")
    sustain = min(_stage(asked, "ampeg", "sustain"), 100.0) / 100.0
    release_s = max(_stage(asked, "ampeg", "release"), _SOFTEST_RELEASE_S)
    return AmplitudeEnvelope(
        delay_s=_stage(asked, "ampeg", "delay"),
        attack_s=max(_stage(asked, "ampeg", "attack"), _ENTRY_S if starts_inside else 0.0),
        hold_s=_stage(asked, "ampeg", "hold"),
        decay_db_per_s=FALL_DB / decay_s if decay_s > 0 else math.inf,
        sustain_db=max(20.0 * math.log10(sustain), _SILENT_DB) if sustain > 0 else _SILENT_DB,
        release_db_per_s=FALL_DB / release_s,
        start=min(max(asked.value("ampeg_start") / 100.0, 0.0), 1.0),
    )


def _modulation_envelope(asked: Asked, prefix: str) -> ModulationEnvelope:
    return ModulationEnvelope(
        delay_s=_stage(asked, prefix, "delay"),
        attack_s=_stage(asked, prefix, "attack"),
        hold_s=_stage(asked, prefix, "hold"),
        decay_s=_stage(asked, prefix, "decay"),
        sustain=min(_stage(asked, prefix, "sustain"), 100.0) / 100.0,
        release_s=_stage(asked, prefix, "release"),
    )


def _modulators(asked: Asked) -> tuple[tuple[Modulator, ...], tuple[Route, ...]]:
    region = asked.region
    moved = {modulation.base for modulation in region.modulations}
    modulators: list[Modulator] = []
    routes: list[Route] = []

    def add(source: ModulationEnvelope | Lfo, target: Target, base: str, scale: float, extra: float = 0.0) -> None:
        depth, moving = asked.live(base, target, scale=scale, modulator=len(modulators))
        if depth + extra or moving:
            modulators.append(Modulator(source, target, depth + extra))
            routes.extend(moving)

    for prefix, target, is_oscillation in _ONE_SOURCE:
        depth = f"{prefix}_depth"
        if not (region.gives(depth) or region.gives(f"{prefix}_vel2depth") or depth in moved):
            continue
        if is_oscillation:
            add(_lfo(asked, prefix, "sine"), target, depth, 1.0)  # type: ignore[arg-type]
        else:
            by_velocity = region.number(f"{prefix}_vel2depth") * asked.velocity / 127.0
            add(_modulation_envelope(asked, prefix), target, depth, 1.0, by_velocity)  # type: ignore[arg-type]
    numbered = {base for base in (*region.numbers, *moved) if base.startswith("lfo")}
    for number in sorted({int(match[1]) for base in numbered if (match := _LFO_NUMBER.match(base))}):
        for what, target, scale in _LFO_TARGETS:
            base = f"lfo{number}_{what}"
            if region.gives(base) or base in moved:
                shape = "triangle" if region.number(f"lfo{number}_wave") == 0 else "sine"
                add(_lfo(asked, f"lfo{number}", shape), target, base, scale)
    return tuple(modulators), tuple(routes)


def _lfo(asked: Asked, prefix: str, shape: str) -> Lfo:
    return Lfo(
        delay_s=max(0.0, asked.value(f"{prefix}_delay")),
        rate_hz=max(0.0, asked.value(f"{prefix}_freq")),
        fade_s=max(0.0, asked.value(f"{prefix}_fade")),
        shape="triangle" if shape == "triangle" else "sine",
    )


def _filter(asked: Asked) -> tuple[Filter | None, tuple[Route, ...]]:
    region = asked.region
    kind = _FILTER_KINDS.get(region.word("fil_type", "lpf_2p"))
    if region.number("cutoff") <= 0.0 or kind is None:
        return None, ()
    by_control, routes = asked.live("cutoff", "cutoff_cents")
    cents = by_control - region.number("cutoff")  # live() starts from the opcode itself, here a frequency, not cents
    cents += region.number("fil_keytrack") * (asked.key - region.number("fil_keycenter"))
    cents += region.number("fil_veltrack") * asked.velocity / 127.0 + region.number("fil_random") * (2.0 * asked.draw(4) - 1.0)
    frequency = region.number("cutoff") * 2.0 ** (min(max(cents, -14_400.0), 14_400.0) / 1200.0)
    is_moved = bool(routes) or any(region.gives(f"{prefix}_depth") for prefix in ("fileg", "fillfo"))
    if frequency >= _HIGHEST_CUTOFF_HZ and kind.startswith("lowpass") and not is_moved:
        return None, ()
    return Filter(kind, min(max(frequency, 10.0), _HIGHEST_CUTOFF_HZ), resonance_db=asked.value("resonance")), routes  # type: ignore[arg-type]


def _equalizer(asked: Asked) -> tuple[Filter, ...]:
    bands = []
    said = {*asked.region.numbers, *(modulation.base for modulation in asked.region.modulations)}
    said = {base for base in said if base.startswith("eq")}
    if not said:
        return ()
    for number, usual_hz in _EQ_DEFAULT_HZ.items():
        if not any(base.startswith(f"eq{number}_") for base in said):
            continue
        gain = asked.value(f"eq{number}_gain") + asked.region.number(f"eq{number}_vel2gain") * asked.velocity / 127.0
        frequency = asked.value(f"eq{number}_freq") + (0.0 if asked.region.gives(f"eq{number}_freq") else usual_hz)
        frequency += asked.region.number(f"eq{number}_vel2freq") * asked.velocity / 127.0
        if gain and frequency > 0:
            frequency = min(frequency, _HIGHEST_CUTOFF_HZ)
            bands.append(Filter("peak", frequency, gain_db=gain, bandwidth_octaves=max(asked.value(f"eq{number}_bw"), 0.001)))
    return tuple(bands)


def _off_s(asked: Asked) -> float:
    mode = asked.region.word("off_mode", "time" if asked.region.gives("off_time") else "fast")
    if mode == "normal":
        return max(_stage(asked, "ampeg", "release"), _FAST_OFF_S)
    return max(asked.region.number("off_time"), _FAST_OFF_S) if mode == "time" else _FAST_OFF_S
