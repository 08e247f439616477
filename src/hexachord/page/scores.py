"""Engraved scores that follow the sound."""

from hexachord.errors import InputError
from hexachord.page.blobs import BlobBox, gzipped
from hexachord.page.contract import Moments, ScorePages
from hexachord.score.engraving import Engraving, engrave
from hexachord.score.model import Score

PAGE_BREAK = "\f"  # between the SVG pages of one element
_MOST_PAGES = 60


def score_pages(score: Score, *, name: str, title: str, command: str, box: BlobBox) -> tuple[ScorePages, str]:
    """Engrave a score into the box.

    Returns
    -------
    The pages with what lights up when, and why some are missing ("" when all are there).

    Raises
    ------
    InputError : if it has no notes or the engraver cannot lay it out.
    """
    engraving = engrave(score)
    shown = engraving.svg_pages[:_MOST_PAGES]
    why = "" if len(shown) == len(engraving.svg_pages) else f"the page shows the first {_MOST_PAGES} of {len(engraving.svg_pages)} pages"
    element = box.add(f"score-{name}", gzipped(PAGE_BREAK.join(shown).encode("utf-8")))
    pages: ScorePages = {
        "id": name,
        "title": title,
        "svg_element": element,
        "pages": len(shown),
        "width_mm": round(engraving.width_mm, 2),
        "height_mm": round(engraving.height_mm, 2),
        "moments": _moments(engraving, last_page=len(shown)),
        "command": command,
    }
    return pages, why


def _moments(engraving: Engraving, *, last_page: int) -> Moments:
    kept = [moment for moment in engraving.time_map if moment.page <= last_page]
    return {
        "time_s": [round(moment.time_s, 4) for moment in kept],
        "page": [moment.page for moment in kept],
        "bar": [moment.bar_id for moment in kept],
        "on": [list(moment.note_ids) for moment in kept],
        "off": [list(moment.ended_ids) for moment in kept],
    }


__all__ = ["PAGE_BREAK", "InputError", "score_pages"]
