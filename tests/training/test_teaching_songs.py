"""The songs of the teaching views are measured by the script that says so."""

from pathlib import Path

import numpy as np
import soundfile
from training.teaching_songs import describe_song

from hexachord.journeys.lab.teaching.songs import built_in_songs


def test_columns_are_those_of_the_table(tmp_path: Path) -> None:
    time_s = np.arange(11 * 22050) / 22050
    soundfile.write(tmp_path / "song.flac", 0.3 * np.sin(2 * np.pi * 440 * time_s) * np.exp(-(time_s % 0.5) * 6), 22050)
    names, rows = describe_song(tmp_path / "song.flac")
    data = built_in_songs()
    assert names == data.names
    assert [start_s for start_s, _ in rows] == [0.0, rows[1][0]]  # the last second is no whole piece
    assert abs(rows[1][0] - 5.0) < 0.05
    values = np.array([row for _, row in rows])
    assert np.isfinite(values).all()
    centroid = values[:, names.index("spectral/centroid_hz/mean")]
    assert np.all((centroid > 400) & (centroid < 700))
