"""A SoundFont written: samples, instruments and presets with their zones, as any SoundFont player reads them (SoundFont 2.04 §4 to §7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from hexachord._version import __version__
from hexachord.arrays import Float32Array
from hexachord.files import write_bytes
from hexachord.synthesis.soundfont.file import LAYOUTS, LEFT, MONO, RIGHT, VORBIS
from hexachord.synthesis.soundfont.generators import Generator
from hexachord.synthesis.soundfont.modulators import ModulatorRecord
from hexachord.synthesis.soundfont.riff import pack

Encoding = Literal["int16", "int24", "vorbis"]

_GUARD_FRAMES = 46  # silence that has to follow every sample (§6.1), for players that read beyond its end
_NAME_BYTES = 20

Rows = list[tuple[object, ...]]
"""A table's records, as its layout orders them."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FontSample:
    """A sample to write.

    Parameters
    ----------
    signal : (frames,) float32 in -1 .. 1
    root_key, correction_cents : the key it sounds at as recorded, and what tunes it there
    loop : first frame and the frame after the last
    side, partner : for one half of a stereo pair, which half it is and the name of the other
    """

    name: str
    signal: Float32Array
    rate_hz: int
    root_key: int = 60
    correction_cents: int = 0
    loop: tuple[int, int] | None = None
    side: Literal["mono", "left", "right"] = "mono"
    partner: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class FontZone:
    """A zone to write; `plays` names its sample (in an instrument) or its instrument (in a preset), "" makes it the global zone."""

    plays: str = ""
    keys: tuple[int, int] = (0, 127)
    velocities: tuple[int, int] = (0, 127)
    generators: Mapping[Generator, int] = field(default_factory=dict)
    modulators: Sequence[ModulatorRecord] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class FontInstrument:
    """An instrument to write."""

    name: str
    zones: Sequence[FontZone]


@dataclass(frozen=True, kw_only=True, eq=False)
class FontPreset:
    """A preset to write."""

    name: str
    zones: Sequence[FontZone]
    program: int = 0
    bank: int = 0


def write_soundfont(
    path: str | Path,
    *,
    samples: Sequence[FontSample],
    instruments: Sequence[FontInstrument],
    presets: Sequence[FontPreset],
    name: str = "",
    licence: str = "",
    encoding: Encoding = "int16",
) -> Path:
    """Write a SoundFont.

    Parameters
    ----------
    name, licence : for the font's own description
    encoding : ``int16`` and ``int24`` make a SoundFont 2, ``vorbis`` (compressed, with loss) a SoundFont 3

    Raises
    ------
    ValueError : if a zone plays something that is not there, or a table grows beyond what its 16-bit numbers can count.
    """
    path = Path(path)
    sample_numbers = {sample.name: number for number, sample in enumerate(samples)}
    instrument_numbers = {instrument.name: number for number, instrument in enumerate(instruments)}
    smpl, low_bytes, headers = _sample_data(samples, sample_numbers, encoding)
    preset_tables = _zone_tables("p", [preset.zones for preset in presets], Generator.INSTRUMENT, instrument_numbers)
    instrument_tables = _zone_tables("i", [instrument.zones for instrument in instruments], Generator.SAMPLE, sample_numbers)
    ends = FontPreset(name="EOP", zones=()), FontInstrument(name="EOI", zones=())
    phdr: Rows = [
        (_name(preset.name), preset.program, preset.bank, bag, 0, 0, 0)
        for preset, bag in zip([*presets, ends[0]], _first_bags([preset.zones for preset in presets]), strict=True)
    ]
    inst: Rows = [
        (_name(instrument.name), bag)
        for instrument, bag in zip([*instruments, ends[1]], _first_bags([instrument.zones for instrument in instruments]), strict=True)
    ]
    version = {"int16": (2, 1), "int24": (2, 4), "vorbis": (3, 1)}[encoding]
    info = [pack("ifil", np.asarray(version, dtype="<u2").tobytes()), pack("isng", b"EMU8000\0"), pack("INAM", _text(name or path.stem))]
    if licence:
        info.append(pack("ICOP", _text(licence)))
    info.append(pack("ISFT", _text(f"hexachord {__version__}")))
    data = [pack("smpl", smpl)] + ([pack("sm24", low_bytes)] if encoding == "int24" else [])
    tables: dict[str, Rows] = {"phdr": phdr, **preset_tables, "inst": inst, **instrument_tables, "shdr": headers}
    body = [
        pack("LIST", b"INFO", *info),
        pack("LIST", b"sdta", *data),
        pack("LIST", b"pdta", *(pack(key, _table(key, rows)) for key, rows in tables.items())),
    ]
    return write_bytes(path, pack("RIFF", b"sfbk", *body))


def _sample_data(samples: Sequence[FontSample], numbers: Mapping[str, int], encoding: Encoding) -> tuple[bytes, bytes, Rows]:
    parts: list[bytes] = []
    low_parts: list[bytes] = []
    headers: Rows = []
    position = 0
    for sample in samples:
        loop_start, loop_end = sample.loop or (0, len(sample.signal))
        if encoding == "vorbis":
            stream = _vorbis(sample)
            parts.append(stream)
            length, origin, step = len(stream), 0, len(stream)
        else:
            high, low = _linear(np.concatenate([sample.signal, np.zeros(_GUARD_FRAMES, dtype=np.float32)]), encoding)
            parts.append(high)
            low_parts.append(low)
            length, origin, step = len(sample.signal), position, len(sample.signal) + _GUARD_FRAMES
        kind = {"mono": MONO, "left": LEFT, "right": RIGHT}[sample.side] | (VORBIS if encoding == "vorbis" else 0)
        if sample.partner and sample.partner not in numbers:
            raise ValueError(f"sample {sample.name!r} has a partner {sample.partner!r}, which is not written")
        headers.append(
            (
                _name(sample.name),
                position,
                position + length,
                origin + loop_start,
                origin + loop_end,
                sample.rate_hz,
                sample.root_key,
                sample.correction_cents,
                numbers.get(sample.partner, 0),
                kind,
            )
        )
        position += step
    headers.append((b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0))
    return b"".join(parts), b"".join(low_parts), headers


def _linear(signal: Float32Array, encoding: Encoding) -> tuple[bytes, bytes]:
    """The upper 16 bits, and the lower 8 where they are wanted."""
    limit = 1 << (23 if encoding == "int24" else 15)
    whole = np.clip(np.rint(signal.astype(np.float64) * limit), -limit, limit - 1).astype(np.int32)
    if encoding == "int16":
        return whole.astype("<i2").tobytes(), b""
    return (whole >> 8).astype("<i2").tobytes(), (whole & 255).astype(np.uint8).tobytes()


def _vorbis(sample: FontSample) -> bytes:
    import io

    import soundfile

    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", samplerate=sample.rate_hz, channels=1, format="OGG", subtype="VORBIS") as file:
        for first in range(0, len(sample.signal), 1 << 14):  # libsndfile overflows its stack on long blocks of Vorbis
            file.write(sample.signal[first : first + (1 << 14)])
    return buffer.getvalue()


def _first_bags(zones: Sequence[Sequence[FontZone]]) -> list[int]:
    return [0, *np.cumsum([len(own) for own in zones], dtype=np.int64).tolist()]


def _zone_tables(level: str, owners: Sequence[Sequence[FontZone]], terminal: Generator, numbers: Mapping[str, int]) -> dict[str, Rows]:
    bags: Rows = []
    generators: Rows = []
    modulators: Rows = []
    for zone in (zone for zones in owners for zone in zones):
        bags.append((len(generators), len(modulators)))
        if zone.keys != (0, 127):
            generators.append((int(Generator.KEY_RANGE), _span(zone.keys)))  # ranges first: §8.1.2
        if zone.velocities != (0, 127):
            generators.append((int(Generator.VELOCITY_RANGE), _span(zone.velocities)))
        generators += [(int(number), int(amount)) for number, amount in zone.generators.items()]
        if zone.plays:
            if zone.plays not in numbers:
                raise ValueError(f"a zone plays {zone.plays!r}, which is not written")
            generators.append((int(terminal), int(np.uint16(numbers[zone.plays]).astype(np.int16))))
        modulators += [
            (record.source.to_bits(), int(record.destination), int(record.amount), record.amount_source.to_bits(), 2 * record.absolute)
            for record in zone.modulators
        ]
    bags.append((len(generators), len(modulators)))
    generators.append((0, 0))
    modulators.append((0, 0, 0, 0, 0))
    return {f"{level}bag": bags, f"{level}mod": modulators, f"{level}gen": generators}


def _table(name: str, rows: Rows) -> bytes:
    if len(rows) > 1 << 16:
        raise ValueError(f"{len(rows)} rows in {name}: a SoundFont counts to {1 << 16}")
    return np.array(rows, dtype=LAYOUTS[name]).tobytes()


def _span(bounds: tuple[int, int]) -> int:
    return bounds[0] | bounds[1] << 8


def _name(name: str) -> bytes:
    return name.encode("latin-1", "replace")[: _NAME_BYTES - 1]


def _text(value: str) -> bytes:
    return value.encode("utf-8")[:255] + b"\0"
