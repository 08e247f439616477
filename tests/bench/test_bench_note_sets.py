"""The small sets of notes beside the piano recordings: what is true about them, and how it is scored."""

import numpy as np
import pytest
from bench_folder import sound, text

from hexachord.audio import Audio, save_audio
from hexachord.bench.note_sets import load_note_sets, score_note_set, struck_s
from hexachord.knowledge import Notes


@pytest.fixture
def folder(tmp_path):
    text(tmp_path / "singing/voice_f0.csv", "0.0,0.0\n0.01,220.0\n")
    text(tmp_path / "singing/voice_notesA1.csv", "0.5,440.0,0.3\n")
    text(tmp_path / "singing/voice_notesA2.csv", "0.5,440.0,0.3\n1.0,880.0,0.3\n")
    sound(tmp_path / "singing/voice.wav")
    text(tmp_path / "libsoni/demo_pianoroll/fugue.csv", '"Start";"Duration";"Pitch";"Label"\n0.25;0.5;69.0;"Alto"\n0.75;0.0;71.0;"Alto"\n')
    sound(tmp_path / "libsoni/demo_pianoroll/fugue.wav")
    text(tmp_path / "libsoni/demo_pianoroll/page_only.csv", "Start;Duration;Pitch\n0;1;60\n")
    (tmp_path / "piano_chords").mkdir()
    struck = np.where(np.arange(22050) < 11025, 0.01, 0.5).astype(np.float32)
    for name in ("Piano_-_minor_chords_-_D#m_higher", "Piano_-_major_D#_middle"):
        save_audio(Audio(samples=struck, rate_hz=22050), tmp_path / f"piano_chords/{name}.flac")
    return tmp_path


def notes(*rows):
    onset_s, pitch = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return Notes(onset_s=onset_s, offset_s=onset_s + 0.3, pitch=pitch, velocity=np.full(len(rows), 0.5))


def test_each_set_is_scored_by_its_own_name(folder):
    loaded = load_note_sets(folder)
    items = {item.kind: item for item in loaded.items}
    assert [item.kind for item in loaded.items] == ["singing", "libsoni", "chords"]
    assert score_note_set(items["singing"], notes((0.52, 69.2))) == {"singing_note_f": pytest.approx((1 + 2 / 3) / 2)}
    assert score_note_set(items["libsoni"], notes((0.25, 69), (0.79, 71))) == {"libsoni_note_f": 1.0}
    assert score_note_set(items["chords"], notes((0.5, 75), (0.53, 78), (0.5, 83))) == {"chords_note_f": pytest.approx(2 / 3)}


def test_what_is_missing_is_named(tmp_path):
    assert [line.partition(":")[0] for line in load_note_sets(tmp_path).skipped] == [
        "singing/*_notes*.csv",
        "libsoni/demo_pianoroll/*.wav",
        "piano_chords",
    ]


def test_a_chord_is_struck_where_its_sound_begins():
    assert struck_s(np.r_[np.full(2205, 0.01), np.full(100, -1.0)]) == pytest.approx(0.1)
    assert struck_s(np.zeros(0)) == 0.0
