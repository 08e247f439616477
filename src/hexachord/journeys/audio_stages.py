"""The stages of the main job for a recording: what each needs, who does it.

They stand in order of what a listener wants to know first. Wherever a stage can work on any length it does; one that keeps something
large in memory names the longest recording it can do and why.
"""

from collections.abc import Mapping
from dataclasses import replace

from hexachord.errors import InputError
from hexachord.journeys import audio_steps as steps
from hexachord.journeys.pipeline import Function, Stage
from hexachord.journeys.working_copy import RATE_HZ, make_working_copy
from hexachord.models.engine import Engine, pick_engine
from hexachord.song import Scalar

_PAGES_S = 1200.0
_PAGES_WHY = "a longer score would not be read on paper; its MusicXML is there"


def audio_stages(*, engines: Mapping[str, str], stems: bool = True, pdf: bool = True, salvage: bool = False) -> list[Stage]:
    """List the stages; `engines` maps a task to the engine that should do it.

    Raises
    ------
    InputError : if there is no such engine or task.
    """
    choose = _Chooser(engines)
    given: dict[str, Scalar] = {"salvage": True} if salvage else {}
    decode = Stage(
        name="decode", title="Decoding", function=make_working_copy, engine="decode/mono", parameters={"rate_hz": RATE_HZ, **given}
    )
    stages = [
        Stage(name="tuning", title="Tuning", function=steps.tuning, engine="tuning/circular-mean", provides=("tuning",)),
        choose.stage("key", title="Key", function=steps.key, provides=("key",)),
        choose.stage("chords", title="Chords", function=steps.chords, needs=("key",), provides=("chords",)),
        choose.stage("local-keys", title="Keys over time", function=steps.local_keys, needs=("key",), provides=("local_keys",)),
        Stage(
            name="loudness", title="Loudness", function=steps.loudness, engine="loudness/bs1770-4", provides=("loudness",), parameters=given
        ),
    ]
    choose.check_all_used()
    return [decode, *(replace(stage, needs=(decode.name, *stage.needs)) for stage in stages)]


class _Chooser:
    """Picks engines from the packages' lists, and notices choices that nothing asked for."""

    def __init__(self, engines: Mapping[str, str]) -> None:
        from hexachord.audio_analysis.engines import ENGINES

        self._listed: tuple[Engine, ...] = ENGINES
        self._wanted = engines
        self._used: set[str] = set()

    def stage(
        self,
        task: str,
        *,
        title: str,
        function: Function,
        needs: tuple[str, ...] = (),
        uses: tuple[str, ...] = (),
        provides: tuple[str, ...] = (),
    ) -> Stage:
        engine = pick_engine(self._listed, task=task, name=self._wanted.get(task))
        self._used.add(task)
        return Stage(
            name=task,
            title=title,
            function=function,
            engine=engine.name,
            engine_version=engine.version,
            needs=needs,
            uses=uses,
            provides=provides,
        )

    def check_all_used(self) -> None:
        for task, name in self._wanted.items():
            if task not in self._used:
                known = ", ".join(sorted(self._used))
                raise InputError(f"--engine {task}={name}", found="no such task", expected=f"one of {known}")
