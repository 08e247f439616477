"""Finding and opening banks of instruments: SoundFonts, SFZ files, Hydrogen's drum kits, and the plain synthesizer when there is none."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hexachord.assets_folder import SOUNDFONT
from hexachord.errors import InputError
from hexachord.synthesis.model import SoundBank

PLAIN = "plain"
SYNTHESIZERS = "synth"
VARIABLE = "HEXACHORD_SOUNDFONT"
_SUFFIXES = (".sf2", ".sf3", ".sfz")
_KIT_FILE = "drumkit.xml"
_EXPECTED = "a SoundFont (.sf2, .sf3), an SFZ file, the folder of a Hydrogen drum kit, 'plain' or 'synth'"
_SNIFFED_BYTES = 1 << 16


@dataclass(frozen=True, kw_only=True)
class FoundBank:
    """A bank that is at hand; `origin` says why it was found, `licence` what is known of it, `path` is None for those without a file."""

    name: str
    path: Path | None
    origin: Literal["setting", "own", "system", "built in"]
    licence: str = ""

    @property
    def identity(self) -> str:
        """What tells it from another one, for caches: name and size, without the folder it lies in."""
        if self.path is None:
            return self.name
        name = f"{self.path.parent.name}/{self.path.name}" if self.path.name == _KIT_FILE else self.path.name
        return f"{name} {self.path.stat().st_size}"


def find_banks() -> tuple[FoundBank, ...]:
    """List the banks at hand, the default first.

    In order: what ``HEXACHORD_SOUNDFONT`` names, the font this installation came with, fonts in the system's and the user's sound folders,
    the plain synthesizer.

    Examples
    --------
    >>> find_banks()[-1].name
    'plain'
    """
    found: list[FoundBank] = []
    if setting := os.environ.get(VARIABLE, ""):
        path = None if setting in (PLAIN, SYNTHESIZERS) else Path(setting).expanduser()
        found.append(FoundBank(name=setting if path is None else path.stem, path=path, origin="setting"))
    if SOUNDFONT.path.is_file():
        found.append(FoundBank(name=SOUNDFONT.path.stem, path=SOUNDFONT.path, origin="own", licence="MIT"))
    seen = {bank.path.resolve() for bank in found if bank.path is not None}
    for folder in _sound_folders():
        for path in _fonts_in(folder):
            if (file := path.resolve()) not in seen:
                seen.add(file)
                found.append(FoundBank(name=file.stem, path=file, origin="system"))
    if all(bank.name != PLAIN for bank in found):
        found.append(FoundBank(name=PLAIN, path=None, origin="built in", licence="MIT"))
    return tuple(found)


def choose_bank(wanted: str | Path | None = None) -> FoundBank:
    """Choose a bank by path or by name, without opening it; None is the default.

    A name is a file's without its suffix, in any case of letters; the beginning of one will do when only one begins so.

    Raises
    ------
    InputError : if there is no such file and no such bank, or a folder does not hold exactly one.

    Examples
    --------
    >>> choose_bank("plain").path is None
    True
    """
    if wanted is None:
        chosen = find_banks()[0]
        return chosen if chosen.path is None or chosen.origin != "setting" else _at(chosen.path, f"{VARIABLE}={chosen.path}")
    if str(wanted) in (PLAIN, SYNTHESIZERS):
        return FoundBank(name=str(wanted), path=None, origin="built in", licence="MIT")
    path = Path(wanted).expanduser()
    if path.exists():
        return _at(path, str(path))
    banks = find_banks()
    name = str(wanted).lower()
    matches = [bank for bank in banks if bank.name.lower() == name] or [bank for bank in banks if bank.name.lower().startswith(name)]
    if len(matches) == 1:
        return matches[0]
    names = ", ".join(bank.name for bank in (matches or banks))
    looks_like_path = path.suffix.lower() in _SUFFIXES or len(path.parts) > 1
    found = "no such file" if looks_like_path else f"{len(matches)} banks of that name" if matches else "no bank of that name"
    raise InputError(wanted, found=found, expected=_EXPECTED, next_step=f"at hand are: {names}")


def open_bank(wanted: str | Path | None = None) -> SoundBank:
    """Open a bank by path or by name (see `choose_bank`); None is the default.

    What a file is, its first bytes say; its suffix is asked when they do not.

    Raises
    ------
    InputError : if there is no such bank, or the file is none.
    """
    return open_found(choose_bank(wanted))


def open_found(bank: FoundBank) -> SoundBank:
    """Open a bank that was found; raises InputError if it is none."""
    if bank.path is None and bank.name == SYNTHESIZERS:
        from hexachord.synthesis.synthesizers import synthesizer_bank

        return synthesizer_bank()
    if bank.path is None:
        from hexachord.synthesis.plain import PlainBank

        return PlainBank()
    if bank.path.is_dir():
        from hexachord.synthesis.grand_piano import load_grand_piano

        return load_grand_piano(bank.path)
    kind = _kind(bank.path)
    if kind == "sfz":
        from hexachord.synthesis.sfz import load_sfz

        return load_sfz(bank.path)
    if kind == "kit":
        from hexachord.synthesis.hydrogen import load_kit

        return load_kit(bank.path)
    from hexachord.synthesis.soundfont import load_soundfont

    return load_soundfont(bank.path)


def _at(path: Path, subject: str) -> FoundBank:
    if not path.exists():
        raise InputError(subject, found="no such file", expected=_EXPECTED, next_step="check the path")
    if (path / _KIT_FILE).is_file():
        return FoundBank(name=path.resolve().name, path=path / _KIT_FILE, origin="setting")
    if path.is_dir():
        fonts = list(_fonts_in(path))
        if not fonts and _is_piano(path):
            return FoundBank(name=path.resolve().name, path=path, origin="setting", licence="CC BY 3.0")
        if len(fonts) != 1:
            names = f": {', '.join(sorted(font.name for font in fonts)[:8])}" if fonts else ""
            raise InputError(subject, found=f"a folder with {len(fonts)} banks{names}", expected=_EXPECTED, next_step="name the file")
        path = fonts[0]
    name = path.resolve().parent.name if path.name == _KIT_FILE else path.stem
    return FoundBank(name=name, path=path, origin="setting")


def _kind(path: Path) -> Literal["soundfont", "sfz", "kit"]:
    try:
        with open(path, "rb") as file:
            head = file.read(_SNIFFED_BYTES)
    except OSError as error:
        raise InputError(path, found=f"an unreadable file ({error.strerror})", expected=_EXPECTED, next_step="check the path") from error
    if head[:4] == b"RIFF" and head[8:12] == b"sfbk":
        return "soundfont"
    if path.suffix.lower() == ".sfz":
        return "sfz"
    if path.suffix.lower() in (".sf2", ".sf3"):
        return "soundfont"  # the reader says what is wrong with it
    if path.name == _KIT_FILE or b"<drumkit_info" in head:
        return "kit"
    if b"\0" not in head and (b"<region>" in head or b"<group>" in head):
        return "sfz"
    raise InputError(
        path, found="neither a SoundFont nor SFZ text nor a drum kit", expected=_EXPECTED, next_step="name another with --soundfont"
    )


def _is_piano(folder: Path) -> bool:
    from hexachord.synthesis.grand_piano import is_grand_piano

    return is_grand_piano(folder)


def _fonts_in(folder: Path) -> Iterator[Path]:
    """The fonts of a folder and of those right in it, what the system calls its default first."""
    try:
        files = [path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.suffix.lower() in _SUFFIXES and path.is_file()]
    except OSError:
        return
    yield from sorted(files, key=lambda path: (not path.stem.lower().startswith("default"), path.name.lower()))


def _sound_folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        yield from (home / "Library/Audio/Sounds/Banks", Path("/Library/Audio/Sounds/Banks"))
    elif sys.platform == "win32":
        yield from (home / "Documents/SoundFonts", Path("C:/soundfonts"))
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
        yield from (data / "sounds", data / "soundfonts", home / ".sounds")
        yield from (
            Path(name)
            for name in ("/usr/share/sounds/sf3", "/usr/share/sounds/sf2", "/usr/share/soundfonts", "/usr/local/share/soundfonts")
        )
    for version in (4, 3):
        yield home / f"Documents/MuseScore{version}/SoundFonts"
