import numpy as np
import pytest

from hexachord.audio_analysis.structure.spectral_sections import sections_by_laplacian

HOP_S = 0.1
PARTS = {"A": [0, 9, 5, 7, 0, 4, 5, 7], "B": [1, 11, 6, 8, 3, 10, 8, 6], "C": [2, 11, 4, 1, 9, 6, 2, 4], "D": [10, 3, 8, 0, 5, 1, 7, 3]}


def song(form: str) -> np.ndarray:
    """Chroma (frames, 24): each part is its eight chords, 20 s."""
    random = np.random.default_rng(0)
    rows = []
    for part in form:
        for root in PARTS[part]:
            chord = np.zeros(24)
            chord[[root, *(12 + (root + step) % 12 for step in (0, 4, 7))]] = 1.0
            rows.append(np.tile(chord, (25, 1)))
    chroma = np.concatenate(rows)
    return chroma + 0.15 * random.random(chroma.shape)


def test_repetitions_get_the_same_names_from_the_same_places() -> None:
    sections = sections_by_laplacian(song("ABABCB"), hop_s=HOP_S)
    edges = 20.0 * np.arange(5)
    assert np.abs(sections.start_s[:, None] - edges).min(axis=0).max() <= 1.0  # four groups: parts may be cut further, but all alike
    at = [sections.label[int(np.searchsorted(sections.start_s, middle, side="right")) - 1] for middle in np.arange(0.5, 120.0)]
    assert at[2:18] == at[42:58]
    assert at[22:38] == at[62:78]
    assert at[2:18] != at[22:38]
    assert ((sections.confidence >= 0) & (sections.confidence <= 1)).all()
    assert sections.end_s[-1] == pytest.approx(120.0)
    assert sections.engine == "sections/laplacian"


def test_the_same_song_gives_the_same_sections_and_silence_is_named() -> None:
    quiet = 1e-4 * np.ones((50, 24))
    chroma = np.concatenate([quiet, song("ABAB"), quiet])
    first, second = sections_by_laplacian(chroma, hop_s=HOP_S), sections_by_laplacian(chroma, hop_s=HOP_S)
    assert first.label == second.label
    assert np.array_equal(first.start_s, second.start_s)
    assert first.label[0] == first.label[-1] == "silence"
    with pytest.raises(ValueError, match="24"):
        sections_by_laplacian(chroma[:, :12], hop_s=HOP_S)
