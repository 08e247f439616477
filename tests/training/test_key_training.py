"""What the trainer of keys is told: which key holds where, and what a key is taken for."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "training"))

from chord_frames import IGNORED, NO_CHORD_STATE, ChordFrames, KeySpan, billboard_keys
from key_along import tonic_share
from key_report import KeyCount, relation
from key_songs import KeySong, turned, written_state

from hexachord.audio_analysis.harmony.chord_hearing import STATES
from hexachord.audio_analysis.harmony.key_model import KeyFrames, key_views
from hexachord.audio_analysis.harmony.vocabulary import QUALITIES
from hexachord.bench.billboard import load_song


def _song(frames: int, *, keys: tuple[KeySpan, ...] = (), tonic: int = 0, mode: int = 0) -> KeySong:
    random = np.random.default_rng(frames)
    chords = random.dirichlet(np.full(STATES, 0.05), frames)
    heard = KeyFrames(chords, random.random((frames, 24)), 0.5)
    return KeySong(id="pop/x", origin="pop909/001", frames=heard, tonic=tonic, mode=mode, state=np.zeros(frames, dtype=np.int64), keys=keys)


def test_an_excerpt_is_in_the_key_that_holds_there() -> None:
    song = _song(100, keys=(KeySpan(0.0, 20.0, 0, 0), KeySpan(20.0, 50.0, 2, 1)))
    assert (song.cut(0, 30).tonic, song.cut(0, 30).mode) == (0, 0)
    assert (song.cut(30, 80).tonic, song.cut(30, 80).mode) == (2, 1)
    assert len(song.cut(30, 80).frames.chords) == 50


def test_what_is_transposed_is_seen_from_a_transposed_tonic() -> None:
    frames = _song(60).frames
    here, there = key_views(frames), key_views(turned(frames, 5))
    assert np.abs(np.roll(here, 5, axis=0) - there).max() < 1e-9


def test_states_are_roots_and_qualities() -> None:
    code = np.array([0, 1, 2, 3, -1])
    song = ChordFrames(id="x", chroma=np.zeros((5, 24), np.float32), hop_s=0.1, code=code, labels=("D:min7/b3", "N", "X", "C:1"))
    assert song.state.tolist() == [2 * len(QUALITIES) + QUALITIES.index("min7"), NO_CHORD_STATE, IGNORED, IGNORED, IGNORED]
    assert written_state("C:1") == QUALITIES.index("maj")
    assert written_state("N") == NO_CHORD_STATE


def test_the_keys_of_a_song_that_moves(data_dir: Path) -> None:
    folder = data_dir / "train" / "billboard" / "0140"
    if not folder.is_dir():
        pytest.skip("no Billboard")
    song = load_song(folder)
    keys = billboard_keys(song)
    assert [span.tonic for span in keys] == [9, 0, 9]
    assert keys[0].end_s == keys[1].start_s == song.tonic_s[1]


@pytest.mark.parametrize(
    ("right", "found", "name"),
    [(0, 0, "right"), (0, 5, "fifth"), (0, 12, "parallel"), (0, 21, "relative"), (21, 0, "relative"), (0, 19, "other"), (0, 6, "other")],
)
def test_what_a_key_is_taken_for(right: int, found: int, name: str) -> None:
    assert relation(right, found) == name


def test_songs_without_a_mode_count_for_the_tonic() -> None:
    scores = np.eye(24)[[0, 7, 12]]
    count = KeyCount.of(scores, [_song(4), _song(4), _song(4, mode=IGNORED)])
    assert (count.tonic, count.weighted) == (pytest.approx(2 / 3), pytest.approx(0.75))
    assert count.taken_for["fifth"] == 0.5


def test_time_with_the_right_tonic() -> None:
    keys = (KeySpan(0.0, 2.0, 0, 0), KeySpan(2.0, 4.0, 7, IGNORED))
    assert tonic_share(np.array([0, 0, 0, 19]), keys, step_s=1.0) == 0.75
