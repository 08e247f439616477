"""The stages of the main job for a recording: what each needs, who does it.

They stand in order of what a listener wants to know first. Wherever a stage can work on any length it does; one that keeps something
large in memory names the longest recording it can do and why.
"""

from collections.abc import Mapping
from dataclasses import replace

from hexachord.journeys import audio_steps as steps
from hexachord.journeys.correcting import correction_stage
from hexachord.journeys.engines import EngineChoice
from hexachord.journeys.page_corrections import with_page_edits
from hexachord.journeys.pipeline import Stage
from hexachord.journeys.working_copy import RATE_HZ, make_working_copy
from hexachord.song import Scalar
from hexachord.song.corrections import Corrections

_PAGES_S = 1200.0
_PAGES_WHY = "a longer score is not for paper; its MusicXML is there"
_PIANO = "notes/piano"  # the engine whose choice says that a piano is heard
_UNMOVED = ("descriptors",)  # they use the attacks that come with the beats, which no correction moves


def audio_stages(
    *,
    engines: Mapping[str, str],
    stems: bool = True,
    pdf: bool = True,
    salvage: bool = False,
    threshold: float | None = None,
    corrections: Corrections = Corrections(),
) -> list[Stage]:
    """List the stages.

    Parameters
    ----------
    engines : task → the engine that should do it. The pedal is listened for where its engine is named, or the piano's own for notes
    stems, pdf : whether to split the recording, and to engrave
    salvage : work with what a damaged file still holds
    threshold : least probability of a note; None is what the engine finds best
    corrections : what the user said: hints are parameters of the beats; corrections are a stage after it, which everything that needs the
        beats waits for, so that the analysis itself is kept and comes back when they are taken back

    Raises
    ------
    InputError : if there is no such engine or task.
    """
    choice = EngineChoice(engines)
    salvaged: dict[str, Scalar] = {"salvage": True} if salvage else {}
    eager: dict[str, Scalar] = {} if threshold is None else {"threshold": threshold}
    stages = [
        Stage(
            name="decode",
            title="Decoding",
            function=make_working_copy,
            engine="decode/mono",
            parameters={"rate_hz": RATE_HZ, **salvaged},
            provides=("duration_s",),
        ),
        _by_engine(
            choice,
            Stage(
                name="beats",
                title="Tempo, beats and metre",
                function=steps.rhythm,
                engine="",
                parameters=corrections.hint_parameters(),
                provides=("tempo", "beats", "metre", "onsets", "rhythm_readings", "groove"),
            ),
        ),
        Stage(name="tuning", title="Tuning", function=steps.tuning, engine="tuning/circular-mean", provides=("tuning",)),
        _by_engine(choice, Stage(name="key", title="Key", function=steps.key, engine="", provides=("key",))),
        _by_engine(
            choice,
            Stage(name="chords", title="Chords", function=steps.chords, engine="", needs=("key",), uses=("beats",), provides=("chords",)),
        ),
        _by_engine(
            choice,
            Stage(
                name="local-keys", title="Keys over time", function=steps.local_keys, engine="", needs=("key",), provides=("local_keys",)
            ),
        ),
        Stage(
            name="harmony",
            title="Functions",
            function=steps.harmony,
            engine="harmony/functions",
            needs=("chords",),
            uses=("key", "local-keys"),
            provides=("harmony",),
        ),
        _by_engine(
            choice, Stage(name="sections", title="Sections", function=steps.sections, engine="", uses=("beats",), provides=("sections",))
        ),
        _by_engine(choice, Stage(name="melody", title="Leading voice", function=steps.melody, engine="", provides=("melody",))),
        _by_engine(choice, Stage(name="notes", title="Notes", function=steps.notes, engine="", parameters=eager, provides=("notes",))),
        _by_engine(
            choice,
            Stage(
                name="melody-notes",
                title="Notes of the melody",
                function=steps.melody_notes,
                engine="",
                needs=("melody",),
                uses=("notes",),
                provides=("melody_notes",),
            ),
        ),
        Stage(
            name="lead-sheet",
            title="Lead sheet",
            function=steps.lead_sheet,
            engine="notation/lead-sheet",
            needs=("melody-notes", "beats"),
            uses=("key", "chords", "sections"),
        ),
        _by_engine(choice, Stage(name="drums", title="Drums", function=steps.drums, engine="", provides=("drums",))),
        Stage(name="drum-staff", title="Drum staff", function=steps.drum_staff, engine="notation/drum-staff", needs=("drums", "beats")),
        Stage(name="performance", title="MIDI", function=steps.performance, engine="performance/midi", needs=("notes",)),
        Stage(
            name="piano",
            title="Piano score",
            function=steps.piano,
            engine="notation/piano",
            needs=("notes", "beats"),
            uses=("key", "chords", "sections"),
        ),
        Stage(
            name="descriptors",
            title="Sound",
            function=steps.descriptors,
            engine="descriptors/first-set",
            uses=("beats",),
            parameters=salvaged,
            provides=("descriptors",),
        ),
        Stage(
            name="loudness",
            title="Loudness",
            function=steps.loudness,
            engine="loudness/bs1770-4",
            parameters=salvaged,
            provides=("loudness",),
        ),
    ]
    if "pedal" in engines or choice.pick("notes").name == _PIANO:
        stages = _with_pedal(stages, choice)
    if pdf:
        stages += [
            Stage(
                name=f"{name}-pdf",
                title=f"Engraving the {title}",
                function=function,
                engine="engrave/verovio",
                needs=(name,),
                longest_s=_PAGES_S,
                why_limited=_PAGES_WHY,
            )
            for name, title, function in (
                ("lead-sheet", "lead sheet", steps.lead_sheet_pdf),
                ("piano", "piano score", steps.piano_pdf),
                ("drum-staff", "drum staff", steps.drum_staff_pdf),
            )
        ]
    if stems:
        stages.append(_by_engine(choice, Stage(name="stems", title="Stems", function=steps.stems, engine="", parameters=salvaged)))
    choice.check_all_used()
    if corrections.rhythm:
        stages = _corrected(stages, corrections)
    stages = with_page_edits(stages, corrections)
    return [stage if stage.name == "decode" else replace(stage, needs=("decode", *stage.needs)) for stage in stages]


def _with_pedal(stages: list[Stage], choice: EngineChoice) -> list[Stage]:
    """Listen for the pedal of a piano, before whatever writes it down."""
    heard = _by_engine(choice, Stage(name="pedal", title="Pedal", function=steps.pedal, engine="", needs=("notes",), provides=("pedal",)))
    stages = [replace(stage, uses=(*stage.uses, "pedal")) if stage.name in ("performance", "piano") else stage for stage in stages]
    after = 1 + next(row for row, stage in enumerate(stages) if stage.name == "notes")
    return [*stages[:after], heard, *stages[after:]]


def _corrected(stages: list[Stage], corrections: Corrections) -> list[Stage]:
    """Put the user's corrections after the beats; whoever builds on those builds on these too."""
    correction = correction_stage(corrections, after="beats")
    builds = [stage.name for stage in stages if "beats" in (*stage.needs, *stage.uses) and stage.name not in _UNMOVED]
    stages = [replace(stage, uses=(*stage.uses, correction.name)) if stage.name in builds else stage for stage in stages]
    after = 1 + next(row for row, stage in enumerate(stages) if stage.name == "beats")
    return [*stages[:after], correction, *stages[after:]]


def _by_engine(choice: EngineChoice, stage: Stage) -> Stage:
    engine = choice.pick(stage.name)
    return replace(stage, engine=engine.name, engine_version=engine.version)
