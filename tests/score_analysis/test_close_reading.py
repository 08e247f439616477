"""A score read closely: what is said, in text and as data."""

import json
from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.journeys.close_reading import compare_with_corpus, corpus_index, read_file_closely, reading_picture, save_reading_picture
from hexachord.knowledge import Beats
from hexachord.score.builtin import BUILTIN_NAMES, builtin_score
from hexachord.score.formats import save_score
from hexachord.score.model import MetreMark, Note, Part, Score, TempoMark
from hexachord.score.notes import note_array
from hexachord.score_analysis.measures import lay_notes, measure_notes
from hexachord.score_analysis.reading import Reading, read_closely
from hexachord.score_analysis.reading_report import GROUPS, reading_text

Q = 10080
CHORALE = (
    [72, 71, 72, 74, 76, 74, 72, 72],
    [64, 62, 64, 65, 67, 65, 64, 64],
    [55, 55, 55, 57, 60, 55, 55, 55],
    [48, 43, 48, 50, 48, 43, 48, 48],
)


def chorale() -> Score:
    names = ("Soprano", "Alto", "Tenor", "Bass")
    parts = tuple(
        Part(name=name, id=name, program=52, notes=tuple(Note(at * Q, Q, pitch) for at, pitch in enumerate(line)))
        for name, line in zip(names, CHORALE, strict=True)
    )
    return Score(parts=parts, metres=(MetreMark(0, 4, 4),), tempos=(TempoMark(0, 80.0),))


@pytest.fixture(scope="module")
def song() -> Reading:
    return read_closely(builtin_score("six-small-notes"))


@pytest.mark.parametrize("name", BUILTIN_NAMES)
def test_every_builtin_score_is_read(name: str) -> None:
    reading = read_closely(builtin_score(name), structure=False)
    document = json.loads(json.dumps(reading.to_json(), allow_nan=False))
    assert document["measures"]["h1"] == pytest.approx(reading.measures["h1"], abs=1e-6)
    text = reading_text(reading)
    assert "Variety and repetition" in text
    assert all(np.isfinite(value) for value in reading.measures.values())


def test_every_measure_has_words(song: Reading) -> None:
    told = {name for _, names in GROUPS for name, _ in names}
    assert set(song.measures) <= told
    assert {"h1", "h4", "gs16", "cpi", "si_short", "si_mid", "si_long", "polyphony", "valence", "difficulty"} <= set(song.measures)


def test_four_voices_are_checked() -> None:
    reading = read_closely(chorale(), structure=False)
    assert reading.voice_leading is not None
    assert reading.voice_leading.voices == ("Soprano", "Alto", "Tenor", "Bass")
    kinds = {(bar, fault.kind) for bar, fault in reading.voice_leading.faults}
    assert (1, "parallel octaves") in kinds  # C-D in soprano, C-D in the bass
    assert reading.hands is None
    assert next(part.singers[0] for part in reading.parts if part.singers) == "soprano"
    assert reading.chords is not None
    assert reading.chords.label[:2] == ("C:maj", "G:maj")
    assert reading.harmony is not None
    assert reading.harmony.numeral[:2] == ("I", "V")


def test_what_a_guitar_cannot_play_is_told(song: Reading) -> None:
    bass = next(part for part in song.parts if part.name == "Bass")
    assert bass.on_neck == "All of it can be played on a bass."
    low = Part(name="Guitar", program=24, notes=tuple(Note(at * Q, Q, 30 + at) for at in range(12)))
    found = read_closely(Score(parts=(low,)), structure=False).parts[0]
    assert found.on_neck.startswith("Of 12 notes")
    assert found.on_neck in reading_text(read_closely(Score(parts=(low,)), structure=False))


def test_the_page_has_the_last_word_on_chords(song: Reading) -> None:
    assert song.chords is song.facts.chords


def test_a_performance_is_laid_on_its_beats() -> None:
    rng = np.random.default_rng(0)
    ticks = np.round(np.arange(64) * 777.7 + rng.normal(0, 9, 64)).astype(int).clip(0)
    notes = tuple(Note(int(tick), 600, 60 + at % 12) for at, tick in enumerate(ticks))
    score = Score(parts=(Part(notes=notes),), ticks_per_quarter=480)
    clock = note_array(score)["onset_s"]
    step = 2 * 777.7 / 480 * 0.5
    beats = Beats(time_s=np.arange(2, 30) * step, position=np.arange(28) % 4 + 1, confidence=np.ones(28))
    laid = lay_notes(score, note_array(score), beats, performed=True)
    assert laid.unit == "beats"
    np.testing.assert_allclose(laid.onset, clock / step - 2, atol=1e-6)
    assert laid.bar_lines[0] <= laid.onset.min()
    assert laid.bar_lines[-1] >= laid.end.max() - 1e-6
    assert np.diff(laid.bar_lines) == pytest.approx(4.0)
    assert measure_notes(laid, structure=False)["gs16"] > 0.85


def test_an_empty_score_is_read_as_empty() -> None:
    reading = read_closely(Score())
    assert reading.measures == {}
    assert json.dumps(reading.to_json(), allow_nan=False)
    drums = Part(notes=tuple(Note(at * Q, Q, 36) for at in range(16)), is_percussion=True)
    reading = read_closely(Score(parts=(drums,)))
    assert reading.measures["drum_pattern_consistency"] == 1.0
    assert "h1" not in reading.measures
    assert reading.form is None


@pytest.mark.parametrize("metre", [(7, 8), (3, 4), (5, 4)])
def test_any_metre(metre: tuple[int, int]) -> None:
    notes = tuple(Note(at * Q // 2, Q // 2, 60 + at * 5 % 12) for at in range(84))
    reading = read_closely(Score(parts=(Part(notes=notes),), metres=(MetreMark(0, *metre),)), structure=False)
    assert len(reading.textures) == int(np.ceil(84 / 2 / (metre[0] * 4 / metre[1])))
    assert 0 < reading.measures["gs16"] <= 1


def test_a_copy_is_found_among_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)

    def tune(seed: int) -> list[int]:
        return np.random.default_rng(seed).integers(55, 80, 60).tolist()

    def save(name: str, pitches: list[int]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        save_score(Score(parts=(Part(notes=tuple(Note(at * Q, Q, pitch) for at, pitch in enumerate(pitches))),)), path)
        return path

    for number in range(4):
        save(f"corpus/{number}.mid", tune(number))
    made = save("made.mid", [*rng.integers(55, 80, 20).tolist(), *[pitch + 3 for pitch in tune(2)[10:40]]])
    index = corpus_index(tmp_path / "corpus")
    compared = compare_with_corpus(made, index)
    assert compared.run.source == "2.mid"
    assert compared.run.notes == 30
    assert compared.files == 4
    assert compared.usual < 10
    assert compare_with_corpus(tmp_path / "corpus" / "2.mid", index).run.notes < 10  # its own file is no source
    with pytest.raises(InputError, match="no score files"):
        corpus_index(tmp_path / "corpus" / ".." / "corpus" / "..", most=0)
    with pytest.raises(InputError, match="no such folder"):
        corpus_index(tmp_path / "nowhere")


def test_the_picture_has_the_form_below_the_notes(song: Reading, tmp_path: Path) -> None:
    picture = reading_picture(song)
    assert picture is not None
    bars = len(song.form.similarity) if song.form else 0
    assert picture.shape[1] % bars == 0
    assert picture.min() == 0
    side = picture.shape[1]
    np.testing.assert_array_equal(picture[-side:], picture[-side:].T)
    assert save_reading_picture(song, tmp_path / "form.png").stat().st_size > 500


def test_a_file_without_notes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.mid"
    save_score(Score(parts=(Part(),)), path)
    with pytest.raises(InputError, match="without notes"):
        read_file_closely(path)
