"""Every Python example in the README and the docs runs as it stands, one page after the other in its own namespace."""

import re
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import Audio, save_audio

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def two_chords(duration_s: float = 8.0, rate_hz: int = 22050) -> Audio:
    """A loop of C and G major, struck twice a second: enough for tempo, key and chords."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    decay = np.exp(-6 * (time_s % 0.5))
    chords = np.where((time_s % 4.0 < 2.0)[:, np.newaxis], [60, 64, 67], [59, 62, 67])
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((chords - 69) / 12), axis=0) / rate_hz
    signal = sum(np.sin(harmonic * phase).sum(axis=1) / harmonic**2 for harmonic in (1, 2, 3))
    return Audio(samples=(0.1 * decay * signal).astype(np.float32), rate_hz=rate_hz)


@pytest.mark.parametrize("page", [page for page in PAGES if EXAMPLE.search(page.read_text())], ids=lambda page: page.name)
def test_the_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_audio(two_chords(), tmp_path / "song.flac")
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for example in EXAMPLE.findall(page.read_text()):
        exec(compile(example, str(page), "exec"), namespace)


def test_links_between_pages_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(((?!https?:)[^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
