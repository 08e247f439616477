"""Folders laid out like NSynth: ``examples.json`` beside ``audio/``, alone or one for each side.

Engel et al., "Neural audio synthesis of musical notes with WaveNet autoencoders", ICML 2017: single notes; every one says of which
instrument it is, and an instrument stands on one side of the split.
"""

import json
from pathlib import Path

from hexachord.errors import InputError
from hexachord.files import read_text
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.files_below import AUDIO_SUFFIXES, is_file, is_folder, music_below
from hexachord.learning.datasets.sides import SIDES

LABEL = "instrument_family_str"
"""What NSynth is usually classified by: bass, brass, flute, guitar ..."""

_EXAMPLES = "examples.json as NSynth has it: an object of notes, each an object with 'instrument_str', 'instrument_family_str' ..."


def nsynth_folders(root: Path) -> dict[str, Path]:
    """Find the folders with ``examples.json`` and ``audio/``: the root itself, or its folders by side; empty where there are none."""
    if is_file(root / "examples.json") and is_folder(root / "audio"):
        return {"": root}
    if not is_folder(root):
        return {}
    below = {entry.name.lower().removeprefix("nsynth-"): entry for entry in sorted(root.iterdir()) if is_folder(entry)}
    return {
        SIDES[name]: entry
        for name, entry in below.items()
        if name in SIDES and is_file(entry / "examples.json") and is_folder(entry / "audio")
    }


def load_nsynth(root: str | Path, *, label: str = LABEL, name: str = "") -> Dataset:
    """Read notes laid out like NSynth, classified by one of their fields; the group ``instrument`` keeps an instrument together.

    Raises
    ------
    InputError : if no folder has ``examples.json`` and ``audio/``, it is malformed, or no note that it describes is there.
    """
    root = Path(root)
    folders = nsynth_folders(root)
    if not folders:
        raise InputError(root, found="no examples.json beside a folder audio/", expected=_EXAMPLES, next_step="unpack it whole")
    tracks: list[Track] = []
    skipped: list[str] = []
    for side, folder in folders.items():
        notes = _notes(folder / "examples.json")
        files, lines = music_below(folder / "audio", suffixes=AUDIO_SUFFIXES)
        skipped += [f"{folder.name}/audio/{line}" for line in lines]
        paths = {file.path.stem: file.path for file in files}
        prefix = f"{folder.name}/" if side else ""
        for key in sorted(notes):
            note = notes[key]
            if key not in paths:
                skipped.append(f"{prefix}{key}: described in examples.json, but not in audio/")
            elif not (klass := _word(note.get(label))):
                skipped.append(f"{prefix}{key}: no '{label}'")
            else:
                instrument = _word(note.get("instrument_str")) or _word(note.get("instrument"))
                tracks.append(
                    Track(
                        id=prefix + key,
                        path=paths[key],
                        labels=(klass,),
                        groups={"instrument": instrument} if instrument else {},
                        side=side,
                        tags={field: word for field in note if field != label and (word := _word(note[field]))},
                    )
                )
        skipped += [f"{prefix}{key}: in audio/, but examples.json does not describe it" for key in sorted(set(paths) - set(notes))]
    if not tracks:
        raise InputError(root, found=f"no note that can be used ({'; '.join(skipped[:3])})", expected=_EXAMPLES)
    tracks.sort(key=lambda track: track.id)
    return Dataset(
        name=name or root.resolve().name, root=root, tracks=tuple(tracks), skipped=tuple(skipped), layout="notes as NSynth has them"
    )


def _notes(path: Path) -> dict[str, dict[str, object]]:
    text = read_text(path, what=_EXAMPLES)
    try:
        notes = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"text that is not JSON (line {error.lineno}: {error.msg})" if text else "an empty file (0 bytes)"
        raise InputError(path, found=found, expected=_EXAMPLES) from error
    if not isinstance(notes, dict) or not all(isinstance(note, dict) for note in notes.values()):
        raise InputError(path, found="JSON of another shape", expected=_EXAMPLES)
    return notes


def _word(value: object) -> str:
    """A field as text; lists (qualities) joined."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)
