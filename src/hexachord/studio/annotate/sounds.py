"""What annotators hear and see: the file itself, or its excerpt as a WAV; and how loud it is over time."""

import math
from pathlib import Path

import numpy as np

from hexachord.audio import AudioFile, load_audio, save_audio
from hexachord.learning.annotation.excerpts import excerpt_of
from hexachord.learning.annotation.project import Item, Project

COLUMNS = 720
_PLAYED = {
    ".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".opus": "audio/ogg",
    ".m4a": "audio/mp4", ".mp4": "audio/mp4", ".aac": "audio/aac",
}  # fmt: skip
_MOST_RENDERED = 64
_WHOLE_S = 0.05  # an excerpt that ends so near the end is the whole


class Sounds:
    """Sounds for browsers.

    Parameters
    ----------
    project : says how long excerpts are
    folder : for excerpts, which are cut when first asked for; it keeps the latest
    """

    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.folder = folder

    def playable(self, item: Item, path: Path, *, number: int) -> tuple[Path, str]:
        """Give a file that browsers play, and its media type; `number` names the excerpt on the disk.

        Raises
        ------
        InputError : if the file is no sound.
        """
        with AudioFile(path) as file:
            duration_s = file.duration_s
        start_s, end_s = excerpt_of(self.project, item, duration_s)
        is_whole = start_s == 0 and end_s >= duration_s - _WHOLE_S
        if is_whole and path.suffix.lower() in _PLAYED:
            return path, _PLAYED[path.suffix.lower()]
        cut = self.folder / f"{number}.wav"
        if not cut.is_file():
            save_audio(load_audio(path, start_s=start_s, end_s=end_s, salvage=True), cut, subtype="PCM_16")
            for old in sorted(self.folder.glob("*.wav"), key=lambda each: each.stat().st_mtime)[:-_MOST_RENDERED]:
                old.unlink(missing_ok=True)
        return cut, _PLAYED[".wav"]

    def outline(self, item: Item, path: Path) -> dict[str, object]:
        """Give the length of the excerpt and its loudest sample in each of `COLUMNS` stretches, 0 to 100.

        Raises
        ------
        InputError : if the file is no sound.
        """
        with AudioFile(path, salvage=True) as file:
            start_s, end_s = excerpt_of(self.project, item, file.duration_s)
            count = max(1, math.ceil((end_s - start_s) * file.rate_hz))
            peaks = np.zeros(COLUMNS)
            at = 0
            for block in file.blocks(start_s=start_s, end_s=end_s):
                loud = np.abs(block.samples).max(axis=0)
                columns = np.minimum((at + np.arange(len(loud))) * COLUMNS // count, COLUMNS - 1)
                np.maximum.at(peaks, columns, loud)
                at += len(loud)
        top = float(peaks.max()) or 1.0
        return {"duration_s": round(end_s - start_s, 3), "peaks": np.rint(100 * peaks / top).astype(int).tolist()}
