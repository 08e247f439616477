"""The stages of the main job for a recording: what each needs, who does it.

They stand in order of what a listener wants to know first. Wherever a stage could work on any length it does; one that keeps something
large in memory names the longest recording it can do and why.
"""

from collections.abc import Mapping
from dataclasses import replace

from hexachord.dsp.frontend import FrontEnd
from hexachord.journeys.pipeline import Stage, Work
from hexachord.journeys.working_copy import RATE_HZ, make_working_copy, open_working_copy
from hexachord.models.engine import Engine, pick_engine
from hexachord.song import Scalar, StepResult

_HOUR_S = 3600.0


def audio_stages(*, engines: Mapping[str, str], stems: bool = True, pdf: bool = True, salvage: bool = False) -> list[Stage]:
    """List the stages; `engines` maps a task to the engine that should do it.

    Raises
    ------
    InputError : if there is no such engine or task.
    """
    choose = _Chooser(engines)
    parameters: dict[str, Scalar] = {"rate_hz": RATE_HZ, **({"salvage": True} if salvage else {})}
    decode = Stage(name="decode", title="Decoding", function=make_working_copy, engine="decode/mono", parameters=parameters)
    stages = [
        Stage(name="tuning", title="Tuning", function=_tuning, engine="tuning/circular-mean", provides=("tuning",)),
        choose.stage("key", title="Key", function=_key, provides=("key",)),
        choose.stage("chords", title="Chords", function=_chords, needs=("key",), provides=("chords",)),
        choose.stage("local-keys", title="Keys over time", function=_local_keys, needs=("key",), provides=("local_keys",)),
    ]
    choose.check_all_used()
    return [decode, *(replace(stage, needs=(decode.name, *stage.needs)) for stage in stages)]


def frontend_of(work: Work) -> FrontEnd:
    """Return the front end that all stages of a run share."""
    frontend: FrontEnd = work.share("frontend", lambda: FrontEnd(open_working_copy(work.song.folder), rate_hz=RATE_HZ))
    return frontend


class _Chooser:
    """Picks engines from the packages' lists, and notices choices that nothing asked for."""

    def __init__(self, engines: Mapping[str, str]) -> None:
        from hexachord.audio_analysis.engines import ENGINES

        self._listed: tuple[Engine, ...] = ENGINES
        self._wanted = engines
        self._used: set[str] = set()

    def stage(self, task: str, **more: object) -> Stage:
        engine = pick_engine(self._listed, task=task, name=self._wanted.get(task))
        self._used.add(task)
        return Stage(name=task, engine=engine.name, engine_version=engine.version, **more)  # type: ignore[arg-type]

    def check_all_used(self) -> None:
        from hexachord.errors import InputError

        for task in self._wanted:
            if task not in self._used:
                raise InputError(
                    f"--engine {task}={self._wanted[task]}", found="no such task", expected=f"one of {', '.join(sorted(self._used))}"
                )


def _tuning(work: Work) -> StepResult:
    from hexachord.audio_analysis.harmony import estimate_tuning

    return StepResult(observations={"tuning": estimate_tuning(frontend_of(work))})


def _key(work: Work) -> StepResult:
    from hexachord.audio_analysis.harmony import estimate_key

    frontend = frontend_of(work)
    chroma = frontend.raw_chroma
    return StepResult(observations={"key": estimate_key(chroma.treble, bass=chroma.bass, hop_s=frontend.hop_s, engine=work.stage.engine)})


def _chords(work: Work) -> StepResult:
    from hexachord.audio_analysis.harmony import estimate_chords

    frontend = frontend_of(work)
    chroma = frontend.raw_chroma
    known = work.knowledge
    chords = estimate_chords(chroma.treble, chroma.bass, hop_s=frontend.hop_s, beats=known.beats, key=known.key, engine=work.stage.engine)
    return StepResult(observations={"chords": chords})


def _local_keys(work: Work) -> StepResult:
    from hexachord.audio_analysis.harmony import estimate_local_keys

    frontend = frontend_of(work)
    chroma = frontend.raw_chroma
    keys = estimate_local_keys(chroma.treble, chroma.bass, hop_s=frontend.hop_s, key=work.knowledge.key, engine=work.stage.engine)
    return StepResult(observations={"local_keys": keys})
