"""Our rows beside MidiTok's REMI."""

import importlib.util

import pytest

from hexachord.bench.tokeniser_speed import tokeniser_speed
from hexachord.score.midi import write_midi
from hexachord.score.model import Note, Part, Score


def test_alone_it_says_how_fast_we_are(tmp_path) -> None:
    notes = tuple(Note(at * 5040, 5040, 60 + at % 12, 80) for at in range(200))
    (tmp_path / "scale.mid").write_bytes(write_midi(Score(parts=(Part(notes=notes),))).data)
    found = tokeniser_speed([tmp_path / "scale.mid"], peer=False)
    assert set(found) == {"songs_per_s", "rows_per_song"}
    assert found["rows_per_song"] == 200 + 25 * 2 + 3  # a BAR and a FILL for each bar, START, PART and END
    assert found["songs_per_s"] > 0


@pytest.mark.slow
def test_five_times_as_fast_as_miditok(data_dir) -> None:
    if importlib.util.find_spec("miditok") is None:
        pytest.skip("miditok is not installed")
    paths = [data_dir / "train" / "pop909" / f"{number:03d}" / f"{number:03d}.mid" for number in range(1, 31)]
    assert tokeniser_speed(paths)["tokeniser_x"] >= 5
