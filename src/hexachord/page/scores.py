"""Engraved scores that follow the sound, repeats and all."""

from hexachord.page.blobs import BlobBox, gzipped
from hexachord.page.contract import Moments, ScorePages
from hexachord.score.engraving import Engraving, engrave
from hexachord.score.model import Score
from hexachord.score.unfold import unfold

PAGE_BREAK = "\f"  # between the SVG pages of one element
_MOST_PAGES = 60
_MOST_NOTES = 60_000  # the engraver takes minutes for more


def score_pages(score: Score, *, name: str, title: str, command: str, box: BlobBox) -> tuple[ScorePages | None, str]:
    """Engrave a score into the box.

    Parameters
    ----------
    score : its clock is that of the sound, but for repeats, which are written out here
    name, title, command : see `ScorePages`
    box : takes the pictures

    Returns
    -------
    The pages with what lights up when (None when there are none), and why some are missing ("" when all are there).

    Raises
    ------
    InputError : if it has no notes or the engraver cannot lay it out.
    """
    if score.note_count > _MOST_NOTES:
        return None, f"{score.note_count} notes are too many for a page to show; its files are beside the page"
    if not score.bars and not score.metres:
        return None, "it is a performance without bars; hexachord transcribe writes it down"
    engraving = engrave(score)
    shown = engraving.svg_pages[:_MOST_PAGES]
    why = "" if len(shown) == len(engraving.svg_pages) else f"only the first {_MOST_PAGES} of {len(engraving.svg_pages)} pages are shown"
    pages: ScorePages = {
        "id": name,
        "title": title,
        "svg_element": box.add(f"score-{name}", gzipped(PAGE_BREAK.join(shown).encode("utf-8"))),
        "pages": len(shown),
        "width_mm": round(engraving.width_mm, 2),
        "height_mm": round(engraving.height_mm, 2),
        "moments": played_moments(engraving, score, last_page=len(shown)),
        "command": command,
    }
    return pages, why


def played_moments(engraving: Engraving, score: Score, *, last_page: int) -> Moments:
    """Put the engraving's time map in the order of the sound: a bar that is played twice lights up twice.

    At a jump whatever still shines goes out, because the place where it would have ended is not passed.
    """
    written = engraving.time_map
    played = unfold(score).played_moments([moment.quarter for moment in written])
    moments: Moments = {"time_s": [], "page": [], "bar": [], "on": [], "off": []}
    lit: dict[str, None] = {}
    before = -1
    for time_s, place in zip(played.time_s.tolist(), played.place.tolist(), strict=True):
        moment = written[place]
        off = list(lit) if place != before + 1 else [note for note in moment.ended_ids if note in lit]
        before = place
        for note in off:
            del lit[note]
        lit |= dict.fromkeys(moment.note_ids)
        if moment.page > last_page:
            continue
        moments["time_s"].append(round(time_s, 4))
        moments["page"].append(moment.page)
        moments["bar"].append(moment.bar_id)
        moments["on"].append(list(moment.note_ids))
        moments["off"].append(off)
    return moments
