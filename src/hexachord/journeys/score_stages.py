"""The stages of the main job for a score: read it, engrave it, write it in the other formats."""

from hexachord.journeys.pipeline import CannotDo, Stage, Work
from hexachord.journeys.score_files import engrave_kept, keep_score, kept_score
from hexachord.song import StepResult

_STEM = "score"
_READ = ("tempo", "beats", "metre", "key", "local_keys", "chords", "sections", "notes")


def score_stages(*, pdf: bool = True) -> list[Stage]:
    """List the stages."""
    stages = [
        Stage(name="load", title="Loading", function=_load, engine="score/formats"),
        Stage(name="read", title="Reading", function=_read, engine="read/score", needs=("load",), provides=_READ),
    ]
    if pdf:
        stages.append(Stage(name="pdf", title="Engraving", function=_pdf, engine="engrave/verovio", needs=("load",)))
    return stages


def _load(work: Work) -> StepResult:
    from hexachord.errors import InputError
    from hexachord.score.formats import load_score

    score = load_score(work.song.source)
    if score.note_count == 0:
        raise InputError(work.song.source, found="a score without notes", expected="music", next_step="check that it was saved completely")
    return keep_score(work, score, stem=_STEM)


def _read(work: Work) -> StepResult:
    from hexachord.score_analysis.facts import read_score

    known = read_score(kept_score(work.song, stem=_STEM))
    found = {name: getattr(known, name) for name in known.known() if name != "sentences"}
    return StepResult(observations={"duration_s": known.duration_s, **found})


def _pdf(work: Work) -> StepResult:
    score = kept_score(work.song, stem=_STEM)
    if not score.bars and not score.metres:
        raise CannotDo("it is a performance without bars; hexachord transcribe writes it down")
    return engrave_kept(work, stem=_STEM)
