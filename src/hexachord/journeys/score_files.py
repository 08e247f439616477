"""A score in the song's folder: exact in the cache, MusicXML and MIDI for other programs, PDF for people."""

import threading

from hexachord.errors import InputError
from hexachord.journeys.pipeline import CannotDo, Work
from hexachord.score.model import Score
from hexachord.song import CACHE, Song, StepResult

ENGRAVER = threading.Lock()  # verovio keeps its fonts in globals: one page layout at a time


def keep_score(work: Work, score: Score, *, stem: str, formats: tuple[str, ...] = (".musicxml", ".mid")) -> StepResult:
    """Write ``STEM.musicxml`` and ``STEM.mid``, and the exact score into the cache; what it could not hold is a warning in the facts."""
    from hexachord.score.formats import save_score

    names = (_exact(stem), *(stem + suffix for suffix in formats))
    warnings: dict[str, None] = dict.fromkeys(score.warnings)
    for name in names:
        with work.song.writing(name) as path:
            warnings |= dict.fromkeys(save_score(score, path).warnings)
    return StepResult(files=names, facts={"notes": score.note_count, "warnings": "; ".join(warnings)})


def kept_score(song: Song, *, stem: str) -> Score:
    """Read the exact score back."""
    from hexachord.score.formats import load_score

    return load_score(song.folder / _exact(stem))


def engrave_kept(work: Work, *, stem: str) -> StepResult:
    """Engrave a kept score as ``STEM.pdf``."""
    from hexachord.score.engraving import engrave

    name = f"{stem}.pdf"
    score = kept_score(work.song, stem=stem)
    if score.note_count == 0 and not score.chords:
        raise CannotDo("there are no notes to engrave")
    with ENGRAVER:
        try:
            engraving = engrave(score)
        except InputError as error:  # what we wrote ourselves is no bad input; the rest of the journey goes on
            raise CannotDo(f"the engraver could not lay it out ({error.found})") from error
        with work.song.writing(name) as path:
            engraving.save_pdf(path)
    return StepResult(files=(name,), facts={"pages": len(engraving.svg_pages)})


def _exact(stem: str) -> str:
    return f"{CACHE}/{stem}.json"
