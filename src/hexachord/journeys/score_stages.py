"""The stages of the main job for a score: read it, play it, engrave it, write it in the other formats."""

from functools import partial
from pathlib import Path

from hexachord.journeys.correcting import correction_stage
from hexachord.journeys.page_corrections import keep_page, with_page_edits
from hexachord.journeys.pipeline import CannotDo, Stage, Work
from hexachord.journeys.score_files import engrave_kept, kept_score
from hexachord.score.model import Score
from hexachord.song import Scalar, StepResult
from hexachord.song.corrections import Corrections

_STEM = "score"
_READ = ("tempo", "beats", "metre", "rhythm_readings", "key", "local_keys", "chords", "harmony", "sections", "notes")


_LONGEST_S = 7200.0
_LONGEST_STEMS_S = 1200.0
_MOST_STEMS = 8  # what a desk on a page has room for; beyond it, families of instruments share one


def score_stages(
    *,
    pdf: bool = True,
    sound: bool = True,
    stems: bool = True,
    soundfont: str | Path | None = None,
    corrections: Corrections = Corrections(),
) -> list[Stage]:
    """List the stages; `corrections` are of the beats of a performance, and of the page.

    Raises
    ------
    InputError : if there is no such font.
    """
    stages = [
        Stage(name="load", title="Loading", function=_load, engine="score/formats"),
        Stage(name="read", title="Reading", function=_read, engine="read/score", needs=("load",), provides=_READ),
    ]
    if corrections.rhythm:
        stages.append(correction_stage(corrections, after="read"))
    if sound:
        stages.append(_performing(stems=stems, soundfont=soundfont))
    if pdf:
        stages.append(Stage(name="pdf", title="Engraving", function=_pdf, engine="engrave/verovio", needs=("load",)))
    return with_page_edits(stages, corrections)


def _performing(*, stems: bool, soundfont: str | Path | None) -> Stage:
    from hexachord.synthesis.banks import choose_bank
    from hexachord.synthesis.engines import ENGINES

    bank = choose_bank(soundfont)
    return Stage(
        name="perform",
        title="Performing",
        function=partial(_perform, soundfont=bank.path or bank.name),
        engine=ENGINES[0].name,
        engine_version=ENGINES[0].version,
        needs=("load", "read"),
        parameters={"soundfont": bank.identity, "stems": stems},
        longest_s=_LONGEST_S,
        why_limited="hexachord perform plays any length",
    )


def _load(work: Work) -> StepResult:
    return keep_page(work, lambda: _loaded(work), stem=_STEM)


def _loaded(work: Work) -> Score:
    from hexachord.score.formats import load_score, with_notes

    return with_notes(load_score(work.song.source), work.song.source)


def _read(work: Work) -> StepResult:
    from hexachord.score_analysis.facts import read_score

    known = read_score(kept_score(work.song, stem=_STEM))
    found = {name: getattr(known, name) for name in known.known() if name != "sentences"}
    return StepResult(observations={"duration_s": known.duration_s, **found})


def _perform(work: Work, *, soundfont: str | Path) -> StepResult:
    from hexachord.journeys.perform import perform_file
    from hexachord.journeys.performance_results import NothingSounds

    with work.song.scratch() as folder:
        try:
            made = perform_file(
                kept_score(work.song, stem=_STEM),
                folder / "performance.flac",
                soundfont=soundfont,
                stems=bool(work.stage.parameters["stems"]) and work.knowledge.duration_s <= _LONGEST_STEMS_S,
                stems_folder=folder / "stems",
                most_stems=_MOST_STEMS,
                progress=work.progress,
            )
        except NothingSounds as silence:
            raise CannotDo(silence.found) from silence
        names = [work.song.adopt(made.path, made.path.name)]
        if len(made.stems) > 1:
            names += [work.song.adopt(path, f"stems/{path.name}") for path in made.stems]
    told: dict[str, Scalar] = {name: getattr(made.facts, name) for name in ("soundfont", "licence", "stem_gain_db")}
    return StepResult(files=tuple(names), facts={**told, "warnings": "; ".join(made.facts.warnings)})


def _pdf(work: Work) -> StepResult:
    score = kept_score(work.song, stem=_STEM)
    if not score.bars and not score.metres:
        raise CannotDo("it is a performance without bars; hexachord transcribe writes it down")
    return engrave_kept(work, stem=_STEM)
