"""The exact command behind each panel."""

import shlex
from pathlib import Path

from hexachord.journeys.tour import SONG

_TASKS = {
    "tempo": ("tempo", "beats", "metre"),
    "rhythm": ("rhythm_readings", "groove"),
    "drums": ("drums",),
    "chords": ("chords",),
    "sections": ("sections",),
    "keys": ("key", "local_keys", "tuning"),
    "melody": ("melody", "melody_notes"),
    "notes": ("notes",),
    "loudness": ("loudness",),
    "sound": ("descriptors",),
}


def panel_commands(source: str | Path, *, folder: str, is_score: bool) -> dict[str, str]:
    """Write the command line that makes what each panel shows.

    Parameters
    ----------
    source : the song's file, as it would be typed
    folder : of the song
    is_score : whether it came as a score

    Examples
    --------
    >>> panel_commands("my song.mp3", folder="my song.hexachord", is_score=False)["chords"]
    "hexachord listen 'my song.mp3' --task chords"
    """
    name = _typed(str(source))
    main_job = f"hexachord song {name}"
    everything = {"page": f"hexachord page {_typed(folder)}", "song": main_job, "downloads": main_job}
    if is_score:
        sound = {"mix": f"hexachord perform {name} --out performance.flac --stems"}
        return everything | dict.fromkeys(("sentences", *_TASKS), f"hexachord read {name}") | sound
    listen = {panel: f"hexachord listen {name}" + "".join(f" --task {task}" for task in tasks) for panel, tasks in _TASKS.items()}
    written = {"transcription": f"hexachord transcribe {name}"}
    return (
        everything | listen | written | {"sentences": f"hexachord listen {name}", "stems": f"hexachord transform stems {name} --out stems"}
    )


def tour_command(source: str | Path) -> str:
    """Write the command line that sets what was heard beside what is written; `source` is the performance that was analysed."""
    stem = Path(source).stem
    return "hexachord tour" if stem == SONG else f"hexachord tour {_typed(stem + '.musicxml')}"


def reading_commands(number: int, *, folder: str) -> list[str]:
    """Write the command lines that make another reading of the rhythm the song's own, and let everything follow.

    Examples
    --------
    >>> reading_commands(2, folder="song.hexachord")
    ['hexachord correct song.hexachord --reading 2']
    """
    return [f"hexachord correct {_typed(folder)} --reading {number}"]


def score_command(source: str | Path, *, stem: str, is_score: bool) -> str:
    """Write the command line that makes a score of the folder.

    Examples
    --------
    >>> score_command("song.mp3", stem="piano", is_score=False)
    'hexachord transcribe song.mp3 --to piano --out piano.pdf'
    """
    name = _typed(str(source))
    return f"hexachord song {name}" if is_score else f"hexachord transcribe {name} --to {stem} --out {stem}.pdf"


def _typed(name: str) -> str:
    """Quote for a shell; what looks like an option is made a path."""
    return shlex.quote(f"./{name}" if name.startswith("-") else name)
