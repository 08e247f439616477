"""Columns of observations have one width, whoever made them."""

import numpy as np
import pytest

from hexachord.knowledge import F0, Beats


def test_columns_have_the_width_they_are_kept_in() -> None:
    track = F0(time_s=np.zeros(2, np.float32), f0_hz=np.array([440, 0], np.float32), voicing=np.ones(2, np.float16))
    assert {track.time_s.dtype, track.f0_hz.dtype, track.voicing.dtype} == {np.dtype(np.float64)}
    assert Beats(time_s=np.arange(2, dtype=np.float32), position=np.array([1, 2], np.int8)).position.dtype == np.int64


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        F0(time_s=np.zeros(2), f0_hz=np.zeros(3), voicing=np.zeros(2))
