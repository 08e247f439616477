"""A tiny journey with slow steps, run as a process that the tests kill: python fake_journey.py SOURCE FOLDER [SECONDS_PER_STEP]."""

import sys
import time
from pathlib import Path

import numpy as np

from hexachord.journeys.pipeline import CannotDo, Stage, Work, run_stages
from hexachord.knowledge import Beats, Key, Knowledge, Segments, save_knowledge
from hexachord.song import Song, StepResult

STEP_S = 0.02


def beats(work: Work) -> StepResult:
    time.sleep(STEP_S)
    seed = int(work.song.source_sha256[:8], 16)
    times = np.cumsum(np.random.default_rng(seed).uniform(0.4, 0.6, 50))
    return StepResult(observations={"beats": Beats(time_s=times, position=np.arange(50) % 4 + 1)}, facts={"seed": seed})


def key(work: Work) -> StepResult:
    time.sleep(STEP_S)
    return StepResult(observations={"key": Key(tonic="C", mode="major")})


def chords(work: Work) -> StepResult:
    time.sleep(STEP_S)
    start_s = work.knowledge.beats.time_s[::4]
    end_s = np.append(start_s[1:], 30.0)
    return StepResult(observations={"chords": Segments(start_s=start_s, end_s=end_s, label=(work.knowledge.key.tonic,) * len(start_s))})


def stems(work: Work) -> StepResult:
    names = []
    with work.song.scratch() as folder:
        for name in ("a", "b", "c"):
            path = folder / f"{name}.bin"
            with open(path, "wb") as file:
                for block in range(4):
                    file.write(bytes([block]) * 50_000)
                    time.sleep(STEP_S / 10)
            names.append(work.song.adopt(path, f"stems/{name}.bin"))
    return StepResult(files=tuple(names))


def sheet(work: Work) -> StepResult:
    with work.song.writing("sheet.txt") as path:
        path.write_text("\n".join(work.knowledge.chords.label))
        time.sleep(STEP_S)
    return StepResult(files=("sheet.txt",))


def impossible(work: Work) -> StepResult:
    raise CannotDo("there is no moon in it")


def stages(**parameters: int) -> list[Stage]:
    return [
        Stage(name="beats", title="Beats", function=beats, engine="beats/fake", parameters=parameters),
        Stage(name="key", title="Key", function=key, engine="key/fake"),
        Stage(name="chords", title="Chords", function=chords, engine="chords/fake", needs=("beats", "key")),
        Stage(name="stems", title="Stems", function=stems, engine="stems/fake"),
        Stage(name="moon", title="Moon", function=impossible, engine="moon/fake", provides=("sections",)),
        Stage(name="sheet", title="Sheet", function=sheet, engine="sheet/fake", needs=("chords",), uses=("moon",)),
    ]


def run(source: Path, folder: Path, **options) -> tuple[Song, object]:
    song = Song.create(folder, source=source)
    with song.locked():
        outcome = run_stages(stages(), song, knowledge=Knowledge(duration_s=30.0), **options)
        with song.writing("knowledge.json") as path:
            save_knowledge(outcome.knowledge, path)
        song.note_files(["knowledge.json"])
    return song, outcome


if __name__ == "__main__":
    STEP_S = float(sys.argv[3]) if len(sys.argv) > 3 else STEP_S
    run(Path(sys.argv[1]), Path(sys.argv[2]))
    print("finished")
