"""What the user said about a song, kept in its folder: hints given before the analysis, and corrections made after it.

Corrections are one list, in the order in which they were said: of the rhythm, on which much rests, and of the written pages, on which
nothing does but their own files. ``corrections.json`` is small, versioned and written atomically. It is the user's, not ours: nothing but
`hexachord correct` (or hints on the command line) changes it, clearing the cache leaves it alone, and a file of a newer version is refused
rather than lost. The steps of the main job take it as a parameter, so whatever rests on a correction is done again and whatever does not
is recalled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hexachord.audio_analysis.rhythm.hints import RhythmHints
from hexachord.audio_analysis.rhythm.rereading import RhythmEdit
from hexachord.errors import InputError
from hexachord.files import read_text, write_text
from hexachord.knowledge.json_format import from_plain, to_plain
from hexachord.theory.page_edits import PageEdit

CORRECTIONS = "corrections.json"
FORMAT = "hexachord-corrections"
SCHEMA_VERSION = 2
"""Version 1 had a list of rhythm corrections alone, under "rhythm"; it is read as well."""

_WHAT = "corrections (written by hexachord)"


@dataclass(frozen=True, kw_only=True, eq=False)
class Correction:
    """One of them: of the rhythm, or of written pages."""

    rhythm: RhythmEdit | None = None
    page: PageEdit | None = None

    def __post_init__(self) -> None:
        if (self.rhythm is None) == (self.page is None):
            raise ValueError("a correction is of the rhythm or of a page")

    def words(self) -> str:
        """Say it."""
        edit = self.page if self.rhythm is None else self.rhythm
        assert edit is not None
        return edit.words()


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrections:
    """What the user said.

    Attributes
    ----------
    hints : what the analysis is told before it begins
    edits : corrections of its result, in the order in which they were made
    """

    hints: RhythmHints = field(default_factory=RhythmHints)
    edits: tuple[Correction, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.hints) or bool(self.edits)

    @property
    def rhythm(self) -> tuple[RhythmEdit, ...]:
        """Those of the rhythm, in their order."""
        return tuple(edit.rhythm for edit in self.edits if edit.rhythm is not None)

    @property
    def pages(self) -> tuple[PageEdit, ...]:
        """Those of written pages, in their order."""
        return tuple(edit.page for edit in self.edits if edit.page is not None)

    @property
    def key(self) -> str:
        """The key that was said of the whole piece, last; "" where none was."""
        keys = [edit.key.name for edit in self.pages if edit.key is not None and edit.key.at is None and not edit.sheets]
        return keys[-1] if keys else ""

    def of_sheet(self, sheet: str) -> tuple[PageEdit, ...]:
        """Those that concern one page."""
        return tuple(edit for edit in self.pages if not edit.sheets or sheet in edit.sheets)

    def with_edits(self, *edits: RhythmEdit | PageEdit) -> "Corrections":
        """Add corrections; one that replaces the whole rhythm makes those of the rhythm before it needless.

        Examples
        --------
        >>> said = Corrections().with_edits(RhythmEdit(tempo="half"), PageEdit(title="Waltz"), RhythmEdit(beats_per_bar=3))
        >>> said.words()
        ('half the tempo', "the title is 'Waltz'", 'bars of 3 beats')
        """
        kept = self.edits
        for edit in edits:
            if isinstance(edit, PageEdit):
                kept = (*kept, Correction(page=edit))
                continue
            if edit.replaces_all:
                kept = tuple(one for one in kept if one.rhythm is None)
            kept = (*kept, Correction(rhythm=edit))
        return replace(self, edits=kept)

    def with_hints(self, hints: RhythmHints) -> "Corrections":
        """Add hints: what they do not say stays as it was said before."""
        new = {name: value for name in RhythmHints.__dataclass_fields__ if (value := getattr(hints, name)) not in (None, ())}
        return replace(self, hints=replace(self.hints, **new))

    def without_last(self) -> "Corrections":
        """Take back the last correction, or the hints when there is none."""
        return replace(self, edits=self.edits[:-1]) if self.edits else Corrections()

    def hint_parameters(self) -> dict[str, str]:
        """Name the hints for a step's key; empty without any, so that a song about which nothing was said keeps its results."""
        return {"hints": json.dumps(to_plain(self.hints), sort_keys=True)} if self.hints else {}

    def rhythm_parameters(self) -> dict[str, str]:
        """Name the corrections of the rhythm for a step's key."""
        said = json.dumps([to_plain(edit) for edit in self.rhythm], sort_keys=True)
        return {"corrections": hashlib.sha256(said.encode()).hexdigest()} if self.rhythm else {}

    def page_parameters(self, sheet: str) -> dict[str, str]:
        """Tell the corrections of one page to the step that writes it; empty without any."""
        edits = self.of_sheet(sheet)
        return {"edits": json.dumps([to_plain(edit) for edit in edits], sort_keys=True, ensure_ascii=False)} if edits else {}

    def digest(self) -> str:
        """Name all of it in a few letters, so that a folder can note what it follows; empty when nothing was said."""
        return hashlib.sha256(corrections_json(self).encode()).hexdigest()[:16] if self else ""

    def words(self) -> tuple[str, ...]:
        """Say all of it, a line each."""
        return (*hint_words(self.hints), *(edit.words() for edit in self.edits))


def hints_from_parameters(parameters: Mapping[str, Any]) -> RhythmHints:
    """Read the hints back from a step's parameters."""
    if "hints" not in parameters:
        return RhythmHints()
    hints = from_plain(RhythmHints, json.loads(str(parameters["hints"])), source="hints")
    assert isinstance(hints, RhythmHints)
    return hints


def page_edits_from_parameters(parameters: Mapping[str, Any]) -> tuple[PageEdit, ...]:
    """Read the corrections of a page back from a step's parameters."""
    plain = json.loads(str(parameters.get("edits", "[]")))
    return tuple(from_plain(PageEdit, edit, source="edits", path=f"[{place}]") for place, edit in enumerate(plain))


def hint_words(hints: RhythmHints) -> tuple[str, ...]:
    """Say what the user knows.

    Examples
    --------
    >>> hint_words(RhythmHints(tempo_bpm=(80.0, 120.0), beats_per_bar=3))
    ('hint: the tempo is between 80 and 120 beats a minute', 'hint: bars have 3 beats')
    """
    words = []
    if hints.tempo_bpm is not None:
        words.append(f"the tempo is between {hints.tempo_bpm[0]:g} and {hints.tempo_bpm[1]:g} beats a minute")
    if hints.beats_per_bar is not None:
        words.append(f"bars have {hints.beats_per_bar} beats" + ", each in three parts" * (hints.beat_division == 3))
    if hints.tapped_s:
        words.append(f"{len(hints.tapped_s)} tapped beat{'s' if len(hints.tapped_s) > 1 else ''}, the first at {hints.tapped_s[0]:.2f} s")
    if hints.downbeat_s is not None:
        words.append(f"a bar starts at {hints.downbeat_s:.2f} s")
    return tuple(f"hint: {text}" for text in words)


def load_corrections(folder: str | Path) -> Corrections:
    """Read what was said about the song in `folder`; nothing, when there is no file.

    Raises
    ------
    InputError : if the file is damaged or of a newer version; the message says what to do.
    """
    path = Path(folder) / CORRECTIONS
    if not path.exists():
        return Corrections()
    next_step = f"mend it, or take everything back: hexachord correct {folder} --reset"
    try:
        document = json.loads(read_text(path, what=_WHAT))
    except ValueError as error:
        raise InputError(path, found=f"no valid JSON ({error})", expected=_WHAT, next_step=next_step) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(path, found="JSON of another kind", expected=f'"format": "{FORMAT}"', next_step=next_step)
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError(path, found=f"schema_version {json.dumps(version)}", expected="a whole number from 1 on", next_step=next_step)
    if version > SCHEMA_VERSION:
        raise InputError(
            path, found=f"schema version {version}", expected=f"at most {SCHEMA_VERSION}", next_step="install a newer hexachord"
        )
    body = {name: value for name, value in document.items() if name not in ("format", "schema_version")}
    if version == 1 and isinstance(body.get("rhythm"), list):
        body["edits"] = [{"rhythm": edit} for edit in body.pop("rhythm")]
    corrections = from_plain(Corrections, body, source=str(path))
    assert isinstance(corrections, Corrections)
    _check_hints(corrections.hints, path)
    return corrections


def save_corrections(corrections: Corrections, folder: str | Path) -> Path | None:
    """Write what was said, atomically; nothing said is no file. Returns its path, None without one.

    Raises
    ------
    OutputError : if it cannot be written.
    """
    path = Path(folder) / CORRECTIONS
    if not corrections:
        path.unlink(missing_ok=True)
        return None
    return write_text(path, corrections_json(corrections))


def corrections_document(corrections: Corrections) -> dict[str, Any]:
    """Return them as plain data."""
    return {"format": FORMAT, "schema_version": SCHEMA_VERSION, **_without_blank(to_plain(corrections))}


def corrections_json(corrections: Corrections) -> str:
    """Return the text of the file."""
    return json.dumps(corrections_document(corrections), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _without_blank(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if value}


def _check_hints(hints: RhythmHints, path: Path) -> None:
    if hints.tempo_bpm is not None and not 0 < hints.tempo_bpm[0] <= hints.tempo_bpm[1]:
        raise InputError(f"{path} at hints.tempo_bpm", found=str(list(hints.tempo_bpm)), expected="the slowest and the fastest tempo")
