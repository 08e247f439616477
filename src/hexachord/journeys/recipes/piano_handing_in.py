"""What is handed in: the pieces of one sampling and the continued prompts, MIDI and sound, under plain names."""

import shutil
from collections.abc import Sequence

from hexachord.journeys.recipes.run_folder import RunFolder


def hand_in(best: str, pieces: int, prompts: Sequence[str], run: RunFolder) -> list[str]:
    """Copy the chosen sampling into ``submission/task1`` and ``submission/task2``; what an earlier choice left there goes.

    Returns
    -------
    Paths below the run.
    """
    shutil.rmtree(run.folder / "submission", ignore_errors=True)
    wanted = [(f"{best}/{number:02d}", f"task1/{number:02d}") for number in range(1, pieces + 1)]
    made = []
    for source, target in wanted:
        made += _copied(run, f"midi/{source}.mid", f"wav/{source}.wav", target)
    for number, name in enumerate(prompts, start=1):
        source = f"continued/{best}/{name}"
        made += _copied(run, f"{source}.mid", f"wav/{source}.wav", f"task2/song_{number}")
    return made


def _copied(run: RunFolder, midi: str, sound: str, target: str) -> list[str]:
    found = []
    for source in (midi, sound):
        path = run.folder / source
        if path.is_file():
            name = f"submission/{target}{path.suffix}"
            shutil.copyfile(path, run.path(name))
            found.append(name)
    return found
