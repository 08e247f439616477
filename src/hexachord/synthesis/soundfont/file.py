"""The tables of a SoundFont file as numpy arrays, and nothing interpreted (SoundFont 2.04 §4 to §7).

The file is mapped, not read: a table is a view, sample data stay on disk until they sound.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hexachord.arrays import StructuredArray
from hexachord.errors import InputError
from hexachord.synthesis.soundfont.riff import Bytes, chunks, four_letters

_BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
_MODULATOR = np.dtype([("source", "<u2"), ("destination", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"), ("transform", "<u2")])
_GENERATOR = np.dtype([("number", "<u2"), ("amount", "<i2")])
LAYOUTS: Mapping[str, np.dtype[np.void]] = {
    "phdr": np.dtype(
        [("name", "S20"), ("program", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("library", "<u4"), ("genre", "<u4"), ("morphology", "<u4")]
    ),
    "pbag": _BAG,
    "pmod": _MODULATOR,
    "pgen": _GENERATOR,
    "inst": np.dtype([("name", "S20"), ("bag", "<u2")]),
    "ibag": _BAG,
    "imod": _MODULATOR,
    "igen": _GENERATOR,
    "shdr": np.dtype(
        [
            ("name", "S20"),
            ("start", "<u4"),
            ("end", "<u4"),
            ("loop_start", "<u4"),
            ("loop_end", "<u4"),
            ("rate_hz", "<u4"),
            ("root_key", "u1"),
            ("correction_cents", "i1"),
            ("link", "<u2"),
            ("kind", "<u2"),
        ]
    ),
}
"""The nine tables of the pdta list; each ends with one record that only marks the end."""

RIGHT, LEFT, MONO, VORBIS, ROM = 2, 4, 1, 0x10, 0x8000
"""Bits of a sample's kind; `VORBIS` is the extension that makes a SoundFont 3."""

_WANTED = "a SoundFont bank (.sf2 or .sf3)"
_NEXT = "choose another font with --soundfont"


@dataclass(frozen=True, kw_only=True, eq=False)
class FontTables:
    """A font's file, taken apart.

    Parameters
    ----------
    info : the texts of the INFO list, by their four letters
    phdr, pbag, pmod, pgen, inst, ibag, imod, igen, shdr : the tables, end markers included
    data : (bytes,) the smpl chunk as it lies in the file
    low_bytes : (frames,) the lowest byte of each 24-bit frame, empty in a 16-bit font
    warnings : what was found damaged
    """

    path: Path
    info: Mapping[str, str]
    phdr: StructuredArray
    pbag: StructuredArray
    pmod: StructuredArray
    pgen: StructuredArray
    inst: StructuredArray
    ibag: StructuredArray
    imod: StructuredArray
    igen: StructuredArray
    shdr: StructuredArray
    data: Bytes
    low_bytes: Bytes
    warnings: tuple[str, ...] = ()

    @property
    def frames(self) -> NDArray[np.int16]:
        """The smpl chunk as 16-bit frames."""
        return self.data[: len(self.data) // 2 * 2].view("<i2")


def read_tables(path: Path) -> FontTables:
    """Take a SoundFont file apart.

    Raises
    ------
    InputError : if the file is missing, no SoundFont, or lacks what nothing can play without.
    """
    data = _mapped(path)
    if four_letters(data) != "RIFF" or four_letters(data[8:12]) != "sfbk":
        raise InputError(path, found=_looks_like(data), expected=_WANTED, next_step=_NEXT)
    warnings: list[str] = []
    info: dict[str, str] = {}
    samples: dict[str, Bytes] = {}
    tables: dict[str, Bytes] = {}
    declared = 8 + int.from_bytes(data[4:8].tobytes(), "little")
    if declared > len(data) + 1:
        warnings.append(f"the file ends after {len(data):,} of {declared:,} bytes")
    for outer in chunks(data[12:]):
        if outer.name != "LIST":
            continue
        kind = four_letters(outer.data)
        for chunk in chunks(outer.data[4:]):
            if kind == "INFO":
                info[chunk.name] = text(chunk.data[:65_536].tobytes())
            elif kind == "sdta":
                samples[chunk.name] = chunk.data
            elif kind == "pdta":
                tables[chunk.name] = chunk.data
                if not chunk.is_whole:
                    warnings.append(f"the table {chunk.name} is cut off")
    missing = [name for name in LAYOUTS if name not in tables]
    if missing:
        found = f"no table {missing[0]}" + (f" (the file ends after {len(data):,} of {declared:,} bytes)" if warnings else "")
        raise InputError(path, found=found, expected=_WANTED, next_step="copy the file again, or " + _NEXT)
    arrays: dict[str, StructuredArray] = {}
    for name, layout in LAYOUTS.items():
        table = tables[name]
        whole = len(table) // layout.itemsize
        if whole * layout.itemsize != len(table):
            warnings.append(f"the table {name} has {len(table) - whole * layout.itemsize} bytes too many")
        arrays[name] = table[: whole * layout.itemsize].view(layout)
    for name, what in (("phdr", "presets"), ("inst", "instruments"), ("shdr", "samples")):
        if len(arrays[name]) < 2:  # the last record only marks the end
            raise InputError(path, found=f"a SoundFont without {what}", expected=_WANTED, next_step=_NEXT)
    smpl = samples.get("smpl", data[:0])
    if not len(smpl):
        raise InputError(path, found="a SoundFont without sample data", expected=_WANTED, next_step=_NEXT)
    low_bytes = samples.get("sm24", data[:0])
    if len(low_bytes) < len(smpl) // 2:  # §6.1: a length that does not fit means the 16 bits alone count
        low_bytes = data[:0]
    return FontTables(path=path, info=info, data=smpl, low_bytes=low_bytes, warnings=tuple(warnings), **arrays)


def text(raw: bytes) -> str:
    """A name or comment: up to the first zero byte, in UTF-8 where it is that, else in Latin-1."""
    raw = raw.split(b"\0", 1)[0].strip()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _mapped(path: Path) -> Bytes:
    try:
        if path.is_file() and path.stat().st_size == 0:
            raise InputError(path, found="an empty file", expected=_WANTED, next_step=_NEXT)
        return np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
    except FileNotFoundError as error:
        raise InputError(path, found="no such file", expected=_WANTED, next_step="check the path") from error
    except IsADirectoryError as error:
        raise InputError(path, found="a folder", expected=_WANTED, next_step="name a file inside it") from error
    except (OSError, ValueError) as error:
        raise InputError(path, found=f"an unreadable file ({error})", expected=_WANTED, next_step="check its permissions") from error


def _looks_like(data: Bytes) -> str:
    start = data[:12].tobytes()
    known = {
        b"RIFF": f"a RIFF file of kind {start[8:12].decode('latin-1').strip()!r}",
        b"OggS": "Ogg sound",
        b"fLaC": "FLAC sound",
        b"MThd": "a MIDI file",
        b"PK\x03\x04": "a zip archive",
        b"<?xm": "XML",
    }
    if start[:4] in known:
        return known[start[:4]]
    printable = all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in data[:256].tobytes())
    return "plain text" if printable else "something else"
