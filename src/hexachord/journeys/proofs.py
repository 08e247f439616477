"""A proof: the one page on which something was corrected, engraved before everything else follows.

Whoever corrects a page wants to see the place. The page is cut out of the same layout that the whole score has, so it is the page of the
book that will be printed; the rest is left for `hexachord.journeys.following.follow`.
"""

from dataclasses import dataclass
from pathlib import Path

from hexachord.errors import InputError
from hexachord.journeys.page_corrections import cut_as_written, written_pages
from hexachord.journeys.score_files import ENGRAVER
from hexachord.score.engraving import Engraving, engrave_page
from hexachord.score.model import Score
from hexachord.score.timing import bars_of
from hexachord.song import Song
from hexachord.song.corrections import load_corrections
from hexachord.theory.editing import apply_edits
from hexachord.theory.page_edits import PageEdit, Place
from hexachord.theory.page_places import NotThere, tick_of

_FORMATS = (".svg", ".pdf", ".png")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """An engraved page: of which sheet, its number from 1, and the corrected sheet itself."""

    sheet: str
    number: int
    engraving: Engraving
    score: Score


def proof_of(song: Song, *, sheet: str = "") -> Proof:
    """Engrave the page with the last correction of a song's pages.

    Parameters
    ----------
    song : its folder; the files in it stay as they are
    sheet : which of the pages that the correction concerns; by default the main one

    Raises
    ------
    InputError : if nothing was corrected, or there is no such page.
    """
    said = load_corrections(song.folder)
    if not said.pages:
        raise InputError(song.folder, found="no corrections of pages", expected="one to see", next_step="make one with --note, --key ...")
    pages, last = written_pages(song), said.pages[-1]
    concerned = [name for name in pages if (not last.sheets or name in last.sheets) and sheet in ("", name)]
    if not concerned:
        raise InputError(
            f"--sheet {sheet}" if sheet else song.folder, found="no such page", expected=", ".join(pages) or "a song with pages"
        )
    name = concerned[0]
    score, _ = apply_edits(pages[name], said.of_sheet(name), sheet=name, cut=cut_as_written)
    with ENGRAVER:
        engraving, number = engrave_page(score, bar=_bar_of(score, last))
    return Proof(sheet=name, number=number, engraving=engraving, score=score)


def save_proof(proof: Proof, path: Path) -> Path:
    """Write a proof as .svg, .pdf or .png.

    Raises
    ------
    InputError : if the suffix is another.
    """
    check_proof(path)
    match path.suffix.lower():
        case ".svg":
            return proof.engraving.save_svg(path)[0]
        case ".pdf":
            return proof.engraving.save_pdf(path)
        case _:
            return proof.engraving.save_png(path)[0]


def check_proof(path: Path) -> None:
    """Refuse a file that a proof cannot be written to; raises InputError."""
    if path.suffix.lower() not in _FORMATS:
        raise InputError(path, found=f"the suffix '{path.suffix}'", expected=", ".join(_FORMATS))


def _bar_of(score: Score, edit: PageEdit) -> int:
    """The place among the bars where a correction shows: the first bar for one of all of them, or of a title."""
    place = _place_of(edit)
    if place is None:
        return 0
    try:
        tick = tick_of(score, place)
    except NotThere:
        return 0
    return max(index for index, bar in enumerate(bars_of(score)) if bar.tick <= tick)


def _place_of(edit: PageEdit) -> Place | None:
    if edit.note is not None:
        return edit.note.to or edit.note.note.at
    holder = edit.added or edit.chord or edit.key or edit.metre
    return None if holder is None else holder.at
