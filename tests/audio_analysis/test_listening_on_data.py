"""Modest floors on real recordings and published chroma: they catch a broken stage, the benches measure quality."""

import numpy as np
import pytest

from hexachord.audio_analysis.harmony import estimate_chords, estimate_key
from hexachord.audio_analysis.rhythm import analyse_rhythm
from hexachord.audio_analysis.structure import find_sections, sections_from_features
from hexachord.bench.billboard import load_song
from hexachord.bench.datasets import load_beats
from hexachord.bench.loop import front_end
from hexachord.metrics import beat, chord, segment

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def songs(data_dir):
    folders = sorted(path for path in (data_dir / "bench" / "billboard").iterdir() if path.is_dir())
    return [load_song(folder) for folder in folders[:12]]


def test_chords_of_pop_songs(songs):
    compared = []
    for song in songs:
        chords = estimate_chords(song.treble, song.bass, hop_s=song.hop_s, start_s=song.start_s)
        intervals = np.stack([chords.start_s, chords.end_s], axis=1)
        compared.append(chord.compare(song.chord_s, song.chord_labels, intervals, chords.label))
    assert chord.pool(compared)["majmin"] > 0.68


def test_keys_of_pop_songs(songs):
    right = [song.tonics[0] == estimate_key(song.treble, bass=song.bass, hop_s=song.hop_s).tonic for song in songs]
    assert np.mean(right) > 0.6


def test_sections_of_pop_songs(songs):
    hits = []
    for song in songs:
        found = sections_from_features(np.hstack([song.bass, song.treble]), hop_s=song.hop_s, start_s=song.start_s)
        intervals = np.stack([found.start_s, found.end_s], axis=1)
        hits.append(segment.evaluate(song.section_s, song.section_labels, intervals, found.label)["hit_3"])
    assert np.mean(hits) > 0.5


def test_beats_and_sections_of_a_mix(data_dir):
    item = next(item for item in load_beats(data_dir / "bench").items if "Rock_MIX" in item.recording.id)
    front = front_end(item.recording)
    rhythm = analyse_rhythm(front)
    assert beat.f_measure(item.time_s, rhythm.beats.time_s).f > 0.8
    sections = find_sections(front, beats=rhythm.beats)
    assert sections.end_s[-1] == pytest.approx(front.duration_s, abs=0.1)
