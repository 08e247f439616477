"""A piano model from scratch, tiny: it learns, goes on where it was stopped, and its file composes in exact bars."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from piano_files import save_songs

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("safetensors")

from hexachord.composition.clips import Clip, excerpt  # noqa: E402
from hexachord.errors import InputError  # noqa: E402
from hexachord.learning.deep.piano_model import PianoCrops, TrainOptions, train_piano  # noqa: E402
from hexachord.learning.midi_folder import find_midi  # noqa: E402
from hexachord.learning.piano_tokens import TOKENISATIONS, PianoTokens  # noqa: E402
from hexachord.learning.piano_writing import SAMPLINGS, begun_piece, blank_pieces, parse_sampling, song_nats, write_pieces  # noqa: E402
from hexachord.learning.song_set import load_song_set  # noqa: E402

TINY = TrainOptions(minutes=None, steps=6, batch=2, rows=96, width=32, layers=1, heads=2, inner=48, tell_every=3, judged=2, rate=5e-3)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Clip], list[Clip]]:
    found = load_song_set(find_midi(save_songs(tmp_path_factory.mktemp("data"), 4)), held_out=0.25)
    return [song.clip for song in found.train], [song.clip for song in found.held_out]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.mark.parametrize("name", TOKENISATIONS)
def test_crops_are_songs_in_keys(clips: tuple[list[Clip], list[Clip]], name: str) -> None:
    tokens = PianoTokens(name=name)
    crops = PianoCrops(clips[0], tokens=tokens, rows=120)
    rows, wanted, counts = crops.packed(np.random.default_rng(5), batch=3)
    assert rows.shape == (3, 121, tokens.fields)
    assert np.array_equal(rows[:, 1:], wanted)
    assert counts.any(axis=2).mean() > 0.6
    again = crops.packed(np.random.default_rng(5), batch=3)
    assert np.array_equal(again[0], rows)
    if name == "compound":
        assert len({int(pitch) % 12 for pitch in rows[..., 4].ravel() if pitch}) == 12


@pytest.mark.parametrize("name", TOKENISATIONS)
def test_a_model_is_trained_and_composes_in_exact_bars(clips: tuple[list[Clip], list[Clip]], tmp_path: Path, name: str) -> None:
    tokens = PianoTokens(name=name)
    points = []
    made = train_piano(
        *clips, tokens=tokens, options=TINY, model=tmp_path / "m.onnx", work=tmp_path, tell=lambda part, point: points.append(point)
    )
    assert [point.step for point in made.curve] == [3, 6]
    assert made.curve[-1].held_out < made.curve[0].held_out
    assert made.export.error < 1e-3
    blanks = blank_pieces(clips[0], 3, bars=5)
    for sampling in SAMPLINGS:
        pieces = write_pieces(made.model, blanks, tokens=tokens, sampling=sampling, seed=1)
        assert [len(piece.bars) for piece in pieces] == [5, 5, 5]
    same = write_pieces(made.model, blanks, tokens=tokens, sampling=SAMPLINGS[-1], seed=1)
    assert all(np.array_equal(one.notes, other.notes) for one, other in zip(pieces, same, strict=True))
    song = clips[1][0]
    begun = begun_piece(song, prompt_bars=3, bars=6)
    longer = write_pieces(made.model, [begun], tokens=tokens, sampling=SAMPLINGS[1], prompt_bars=[3])[0]
    assert len(longer.bars) == 6
    assert np.array_equal(excerpt(longer, 0, 3).notes, excerpt(song, 0, 3).notes)
    nats, notes = song_nats(made.model, song, tokens=tokens)
    assert notes == len(song.notes)
    assert nats / notes == pytest.approx(made.curve[-1].held_out, rel=0.4)
    with pytest.raises(InputError, match="other words"):
        write_pieces(
            made.model,
            blanks,
            tokens=PianoTokens(name=name, steps=12) if name != "compound" else PianoTokens(name="remi"),
            sampling=SAMPLINGS[0],
        )


def test_a_training_that_was_stopped_goes_on(clips: tuple[list[Clip], list[Clip]], tmp_path: Path) -> None:
    tokens = PianoTokens(name="remi")

    class Stopped(Exception):
        pass

    def stop(part: float, point: object) -> None:
        if point is not None and part < 1:
            raise Stopped

    often = replace(TINY, save_s=0.0)
    whole = train_piano(*clips, tokens=tokens, options=TINY, model=tmp_path / "a" / "m.onnx", work=tmp_path / "a")
    with pytest.raises(Stopped):
        train_piano(*clips, tokens=tokens, options=often, model=tmp_path / "b" / "m.onnx", work=tmp_path / "b", tell=stop)
    assert not (tmp_path / "b" / "m.onnx").exists()
    assert (tmp_path / "b" / "curve.jsonl").read_text().count("\n") == 1
    steps: list[int] = []
    again = train_piano(*clips, tokens=tokens, options=often, model=tmp_path / "b" / "m.onnx", work=tmp_path / "b",
                        tell=lambda part, point: steps.append(point.step))  # fmt: skip
    assert steps == [6]
    assert [point.step for point in again.curve] == [3, 6]
    assert again.curve[-1].held_out == pytest.approx(whole.curve[-1].held_out, abs=1e-3)
    with pytest.raises(InputError, match="training"):
        train_piano(*clips, tokens=tokens, options=TINY, model=tmp_path / "b" / "m.onnx", work=tmp_path / "b", identity="other songs")


def test_samplings_in_words() -> None:
    cool = parse_sampling("cool:temperature=0.9,top-p=0.95,top_k=20")
    assert (cool.name, cool.chance.top_k, cool.chance.top_p) == ("cool", 20, 0.95)
    assert parse_sampling("plain").words == "temperature 1"
    for wrong in ("", "a/b:top_k=3", "x:heat=2", "x:top_k=much", "x:top_p=0", "x:temperature"):
        with pytest.raises(InputError, match="--sampling"):
            parse_sampling(wrong)


def test_pieces_to_go_on_with(clips: tuple[list[Clip], list[Clip]]) -> None:
    song = clips[0][0]
    begun = begun_piece(song, prompt_bars=8, bars=32)
    assert (len(begun.bars), int(begun.notes["bar"].max())) == (32, 7)
    with pytest.raises(InputError, match="prompt"):
        begun_piece(song, prompt_bars=8, bars=8)
