"""The opcodes of SFZ as one table: names, aliases, units, ranges and defaults.

Version 1 of the format (https://sfzformat.com/legacy), what version 2 and ARIA added and free libraries use. A name is reduced to a
pattern and its numbers: ``ampeg_attackcc72``, ``ampeg_attack_cc72`` and ``ampeg_attack_oncc72`` are all ``ampeg_attack`` moved by
control 72; ``eq2_gain`` is ``eqN_gain`` with N = 2.
"""

import functools
import math
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal, NamedTuple

from hexachord.synthesis.sfz.curves import CONTROL_FULL

Kind = Literal["number", "frames", "key", "word", "text"]

_FRAMES_MOST = 2.0**32
_BEYOND_REASON = 1e12  # no unit of the format reaches it: the file is broken or hostile


class Opcode(NamedTuple):
    """One opcode: what its value is, the value nobody wrote, and what may be written."""

    kind: Kind = "number"
    default: float = 0.0
    low: float = -1e6
    high: float = 1e6
    unit: str = ""
    choices: tuple[str, ...] = ()


def _numbers(low: float, high: float, unit: str, **defaults: float) -> dict[str, Opcode]:
    return {name: Opcode("number", default, low, high, unit) for name, default in defaults.items()}


def _frames(*names: str) -> dict[str, Opcode]:
    return {name: Opcode("frames", 0.0, -1.0, _FRAMES_MOST, "frames") for name in names}


def _keys(**defaults: float) -> dict[str, Opcode]:
    return {name: Opcode("key", default, -1.0, 127.0, "key") for name, default in defaults.items()}


def _envelope(prefix: str, *, sustain: float) -> dict[str, Opcode]:
    times = {f"{prefix}_{stage}": 0.0 for stage in ("delay", "attack", "hold", "decay", "release")}
    changes = {f"{prefix}_vel2{stage}": 0.0 for stage in ("delay", "attack", "hold", "decay", "release")}
    levels = {f"{prefix}_sustain": sustain, f"{prefix}_start": 0.0}
    return {
        **_numbers(0.0, 100.0, "s", **times),
        **_numbers(-100.0, 100.0, "s", **changes),
        **_numbers(0.0, 100.0, "%", **levels),
        **_numbers(-100.0, 100.0, "%", **{f"{prefix}_vel2sustain": 0.0}),
    }


def _lfo(prefix: str) -> dict[str, Opcode]:
    return {
        **_numbers(0.0, 100.0, "s", **{f"{prefix}_delay": 0.0, f"{prefix}_fade": 0.0}),
        **_numbers(0.0, 200.0, "Hz", **{f"{prefix}_freq": 0.0}),
    }


_FILTERS = ("lpf_1p", "hpf_1p", "lpf_2p", "hpf_2p", "bpf_2p", "brf_2p", "bpf_1p", "brf_1p")
NEAREST_FILTER: Mapping[str, str] = {
    "lpf_4p": "lpf_2p",
    "lpf_6p": "lpf_2p",
    "lpf_2p_sv": "lpf_2p",
    "hpf_4p": "hpf_2p",
    "hpf_6p": "hpf_2p",
    "hpf_2p_sv": "hpf_2p",
    "bpf_2p_sv": "bpf_2p",
    "bpf_4p": "bpf_2p",
    "bpf_6p": "bpf_2p",
    "brf_2p_sv": "brf_2p",
}
"""Filters of later players and the one that plays in their place (said in the warnings)."""

OPCODES: Mapping[str, Opcode] = {
    # what sounds
    "sample": Opcode("text"),
    **_frames("offset", "offset_random", "end", "loop_start", "loop_end", "count"),
    "loop_mode": Opcode("word", choices=("no_loop", "one_shot", "loop_continuous", "loop_sustain")),
    "direction": Opcode("word", choices=("forward", "reverse")),
    **_numbers(0.0, 100.0, "s", delay=0.0, delay_random=0.0, loop_crossfade=0.0),
    # when it sounds
    **_keys(key=-1, lokey=0, hikey=127, sw_lokey=0, sw_hikey=127, sw_last=-1, sw_lolast=-1, sw_hilast=-1, sw_default=-1),
    **_keys(sw_down=-1, sw_up=-1, sw_previous=-1, pitch_keycenter=60, amp_keycenter=60, fil_keycenter=60, pan_keycenter=60),
    **_keys(xfin_lokey=0, xfin_hikey=0, xfout_lokey=127, xfout_hikey=127),
    **_numbers(0.0, 127.0, "", lovel=0, hivel=127, xfin_lovel=0, xfin_hivel=0, xfout_lovel=127, xfout_hivel=127),
    **_numbers(0.0, 1.0, "", lorand=0.0, hirand=1.0),
    **_numbers(0.0, 127.0, "", loprog=0, hiprog=127),
    **_numbers(1.0, 16.0, "", lochan=1, hichan=16),
    **_numbers(1.0, 1000.0, "", seq_length=1, seq_position=1),
    "trigger": Opcode("word", choices=("attack", "release", "release_key", "first", "legato")),
    **_numbers(-1e9, 1e9, "", group=0, off_by=0),
    "off_mode": Opcode("word", choices=("fast", "normal", "time")),
    **_numbers(0.0, 100.0, "s", off_time=0.006),
    **_numbers(0.0, 1000.0, "", polyphony=0, note_polyphony=0),
    # how loud and where
    **_numbers(-144.0, 48.0, "dB", volume=0, global_volume=0, master_volume=0, group_volume=0, amp_keytrack=0, amp_random=0),
    **_numbers(0.0, 1000.0, "%", amplitude=100, global_amplitude=100, master_amplitude=100, group_amplitude=100),
    **_numbers(-100.0, 100.0, "%", amp_veltrack=100, pan=0, pan_keytrack=0, pan_veltrack=0, position=0),
    **_numbers(-200.0, 200.0, "%", width=100),
    **_numbers(0.0, 1.0, "", amp_velcurve_N=0),
    **_numbers(0.0, 200.0, "dB/s", rt_decay=0),
    **{f"xf_{by}curve": Opcode("word", choices=("gain", "power")) for by in ("key", "vel", "cc")},
    # how high
    **_numbers(-1200.0, 1200.0, "cents/key", pitch_keytrack=100),
    **_numbers(-127.0, 127.0, "keys", transpose=0),
    **_numbers(-12000.0, 12000.0, "cents", pitch=0, pitch_veltrack=0, pitch_random=0, bend_up=200, bend_down=-200),
    # filter and equalizer
    "fil_type": Opcode("word", choices=(*_FILTERS, *NEAREST_FILTER)),
    **_numbers(0.0, 200_000.0, "Hz", cutoff=0),
    **_numbers(-20.0, 60.0, "dB", resonance=0),
    **_numbers(-12000.0, 12000.0, "cents", fil_keytrack=0, fil_veltrack=0, fil_random=0),
    **_numbers(0.0, 30_000.0, "Hz", eqN_freq=0),
    **_numbers(-30_000.0, 30_000.0, "Hz", eqN_vel2freq=0),
    **_numbers(-96.0, 36.0, "dB", eqN_gain=0, eqN_vel2gain=0),
    **_numbers(0.001, 8.0, "octaves", eqN_bw=1),
    # envelopes and slow oscillations
    **_envelope("ampeg", sustain=100.0),
    **_envelope("fileg", sustain=100.0),
    **_envelope("pitcheg", sustain=100.0),
    **_numbers(-12000.0, 12000.0, "cents", fileg_depth=0, fileg_vel2depth=0, pitcheg_depth=0, pitcheg_vel2depth=0),
    **_lfo("amplfo"),
    **_lfo("fillfo"),
    **_lfo("pitchlfo"),
    **_lfo("lfoN"),
    **_numbers(-96.0, 96.0, "dB", amplfo_depth=0, lfoN_volume=0),
    **_numbers(-12000.0, 12000.0, "cents", fillfo_depth=0, pitchlfo_depth=0, lfoN_pitch=0, lfoN_cutoff=0),
    **_numbers(-1000.0, 1000.0, "%", lfoN_amplitude=0, lfoN_pan=0),
    **_numbers(0.0, 100.0, "", lfoN_wave=1),
    # the whole file
    "default_path": Opcode("text"),
    **_numbers(-127.0, 127.0, "keys", note_offset=0),
    **_numbers(-10.0, 10.0, "octaves", octave_offset=0),
    **_numbers(0.0, 254.0, "", curve_index=-1),
}
"""Every opcode that is played."""

ALIASES: Mapping[str, str] = {
    "loopmode": "loop_mode",
    "loopstart": "loop_start",
    "loopend": "loop_end",
    "loopcrossfade": "loop_crossfade",
    "offby": "off_by",
    "gain": "volume",
    "tune": "pitch",
    "bendup": "bend_up",
    "benddown": "bend_down",
    "filtype": "fil_type",
    "polyphony_group": "group",
    "ampeg_velattack": "ampeg_vel2attack",
}

_SILENT = re.compile(
    r"(?:label_(?:cc|key|hdcc)\d+|(?:global|master|group|region|sw|bank|control)_label|hint_\w*|image(?:_\w+)?|md5|comment|author|copyright|name"
    r"|cc_label|ampeg_dynamic|(?:fileg|pitcheg)_dynamic|rt_dead|note_selfmask|bend_smooth|pan_law|\w*_smoothcc\d+|output)"
)
"""Labels, and hints to players that work in real time: nothing of them is missing when a score is rendered."""

_KNOWN_BUT_NOT_PLAYED = re.compile(
    r"(?:eg\d+_\w+|lfo\d+_\w+|var\d+_\w+|(?:on|start|stop|reverse)_(?:lo|hi)(?:hd)?cc\d+|(?:cutoff2|resonance2|fil2_\w+|fil_gain|fil2_gain)(?:_?\w*cc\d+)?"
    r"|(?:lo|hi)(?:bend|bpm|chanaft|polyaft|timer)|sw_vel|sw_trigger|sw_(?:note|octave)_offset|sync_(?:beats|offset)|delay_(?:beats|samples)\w*"
    r"|stop_beats|loop_(?:count|type|tune)|waveguide|phase|(?:amp|fil|pitch)eg_\w+|(?:amp|fil|pitch)lfo_\w+|eq\d+_\w+|\w+_(?:chan|poly)aft"
    r"|bend_step(?:up|down)?|polyphony_stealing|off_(?:curve|shape)|(?:sustain|sostenuto)_(?:cc|lo|sw)|effect\d+\w*|param_offset|vendor_specific|script"
    r"|(?:\w+_)?oscillator\w*|count|apan_\w+|comp_\w+|delay_\w+|reverb_\w+|chorus_\w+|phaser_\w+|decim_\w+|bitred_\w+|gate_\w+|disto_\w+|bypass_\w+"
    r"|static_\w+|strings_\w+|tdfir_\w+|ring\w*|eq_\w+|filter_\w+|fx\w+|directtomain|set_realcc\d+|set_velcc\w*|\w+_(?:curve|step)cc\d+)"
)

EQ_BANDS = (1, 2, 3)

_NUMBERED = re.compile(r"(eq|lfo)0*(\d+)(_\w+)")
_VELOCITY_POINT = re.compile(r"amp_velcurve_(\d+)")
_CONTROLLED = re.compile(r"(?P<stem>\w*?)_?(?P<how>on|curve|smooth|step|lo|hi)?(?P<unit>cc|hdcc)(?P<number>\d+)")
_LEADING_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?")
_KEY_NAME = re.compile(r"([a-g])(#|♯|b|♭|s)?(-?\d+)")
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}

CONTROL_OPCODES = frozenset({"set", "lo", "hi", "xfin_lo", "xfin_hi", "xfout_lo", "xfout_hi"})
"""Opcodes that end in a control's number and are no modulation."""


class Name(NamedTuple):
    """An opcode's name, taken apart.

    `base` is what is set (numbered oscillators and bands keep their number: ``eq2_gain``), `row` its line in the table; `control` the
    number of a control and `how` what it does: "on" moves `base`, "curve" names the curve it moves along, "" is for `CONTROL_OPCODES`.
    `is_fraction` says that the value is 0 .. 1 instead of 0 .. 127.
    """

    base: str
    row: Opcode
    control: int | None = None
    how: str = ""
    is_fraction: bool = False


def understood(name: str) -> Name | None:
    """Look an opcode up; None when it is not one that is played.

    Examples
    --------
    >>> understood("ampeg_releasecc72")[0], understood("ampeg_releasecc72").control
    ('ampeg_release', 72)
    >>> understood("eq02_gain").base
    'eq2_gain'
    """
    if found := _row(name):
        return Name(*found)
    match = _CONTROLLED.fullmatch(name)
    if match is None:
        return None
    stem, how, control = match["stem"], match["how"] or "", int(match["number"])
    if control > 511:
        return None
    is_fraction = match["unit"] == "hdcc"
    bound = f"{stem}_{how}" if stem and how else stem or how
    if bound in CONTROL_OPCODES:
        return Name(bound, Opcode("number", 0.0, 0.0, 1.0 if is_fraction else CONTROL_FULL), control, "", is_fraction)
    if how in ("", "on") and (found := _row(stem)) and found[1].kind in ("number", "frames"):
        row = found[1]
        most = max(abs(row.low), abs(row.high))
        return Name(found[0], Opcode(row.kind, 0.0, -most, most, row.unit), control, "on")
    if how == "curve" and (found := _row(stem)):
        return Name(found[0], Opcode("number", 0.0, 0.0, 254.0), control, "curve")
    return None


@functools.cache
def default_of(base: str) -> float:
    """What an opcode is worth when the file does not say; numbered names share their pattern's default."""
    found = _row(base)
    if found is None:
        raise ValueError(f"{base} is no opcode that is played")
    return found[1].default


def _row(name: str) -> tuple[str, Opcode] | None:
    name = ALIASES.get(name, name)
    if row := OPCODES.get(name):
        return name, row
    if (match := _NUMBERED.fullmatch(name)) and not (match[1] == "eq" and int(match[2]) not in EQ_BANDS):
        row = OPCODES.get(f"{match[1]}N{match[3]}")
        return (f"{match[1]}{match[2]}{match[3]}", row) if row else None
    if match := _VELOCITY_POINT.fullmatch(name):
        return (f"amp_velcurve_{int(match[1])}", OPCODES["amp_velcurve_N"]) if int(match[1]) <= 127 else None
    return None


def is_silent(name: str) -> bool:
    """Whether nothing is lost by not playing it: labels, comments, hints."""
    return _SILENT.fullmatch(name) is not None


def verdict(name: str) -> str:
    """Say of an opcode that is not played whether it is known, and what it may have been meant to be."""
    if _KNOWN_BUT_NOT_PLAYED.fullmatch(name):
        return "not played"
    near = get_close_matches(name, [*OPCODES, *ALIASES], n=1, cutoff=0.8)
    return f"unknown, like {near[0]}" if near else "unknown"


def number(text: str, row: Opcode) -> tuple[float, bool] | None:
    """Read a value; the flag says that something of it was not taken: beyond the opcode's range, or words after the number.

    None when it is no number, or absurd.

    Examples
    --------
    >>> number("c#4", OPCODES["key"]), number("150", OPCODES["hivel"]), number("nan", OPCODES["volume"])
    ((61.0, False), (127.0, True), None)
    """
    partial = False
    try:
        value = float(text)
    except ValueError:
        named = _key(text) if row.kind == "key" else None
        leading = _LEADING_NUMBER.match(text)
        if named is None and leading is None:
            return None
        partial = named is None
        value = float(leading[0]) if named is None and leading else named or 0.0
    if not math.isfinite(value) or abs(value) > _BEYOND_REASON:
        return None
    if row.kind in ("frames", "key"):
        value = float(math.trunc(value))
    limited = min(max(value, row.low), row.high)
    return limited, partial or limited != value


def _key(text: str) -> float | None:
    match = _KEY_NAME.fullmatch(text.strip().lower())
    if match is None:
        return None
    accidental = {"#": 1, "♯": 1, "s": 1, "b": -1, "♭": -1}.get(match[2] or "", 0)
    return float(_STEPS[match[1]] + accidental + 12 * (int(match[3]) + 1))
