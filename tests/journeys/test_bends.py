"""Pitch bends: what is written, what a player makes of it, and a recording whose A lies elsewhere."""

from itertools import pairwise

import numpy as np
import pytest
import soundfile

from hexachord.dsp.frontend import FrontEnd
from hexachord.dsp.tones import tone
from hexachord.errors import InputError
from hexachord.journeys.bends import RANGE_SEMITONES, Bending, bent_performance, courses_of_f0, deal_lanes, hear_bending
from hexachord.journeys.perform import perform
from hexachord.journeys.verbs import write_down
from hexachord.knowledge.model import F0, Notes
from hexachord.models.networks import network_path
from hexachord.score.midi import read_midi, write_midi
from hexachord.score.model import Part, Score
from hexachord.transcription.network import ANY
from hexachord.transcription.note_courses import PitchCourses, no_courses
from hexachord.transcription.note_pitch import pitch_courses

RATE_HZ = 22_050
TICKS_PER_S = 1920


def notes(*rows: tuple[float, float, float]) -> Notes:
    """Notes of (pitch, onset, offset)."""
    pitch, onset_s, offset_s = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return Notes(onset_s=onset_s, offset_s=offset_s, pitch=pitch, velocity=np.full(len(pitch), 0.6))


def read_back(score: Score) -> tuple[Part, ...]:
    return read_midi(write_midi(score).data).parts


def bent_at(part: Part, time_s: float) -> float:
    """Semitones of bend that hold at a time."""
    value = 0
    for bend in part.bends:
        if bend.tick <= round(time_s * TICKS_PER_S):
            value = bend.value
    return value / 8192 * RANGE_SEMITONES


def test_a_line_is_one_track_and_reads_back() -> None:
    line = notes((60, 0.0, 0.5), (64.3, 0.5, 1.0), (66.8, 1.2, 1.5))
    (part,) = read_back(bent_performance(line, Bending(courses=no_courses(3)), name="Voice", program=52))
    assert (part.name, part.program) == ("Voice", 52)
    assert [note.pitch for note in part.notes] == [60, 64, 67]
    assert [round(bent_at(part, time_s), 2) for time_s in (0.2, 0.5, 0.9, 1.1, 1.3)] == [0.0, 0.3, 0.3, 0.3, -0.2]
    assert [(control.number, control.value) for control in part.controls][:3] == [(101, 0), (100, 0), (6, RANGE_SEMITONES)]


def test_every_bent_note_of_a_chord_has_a_track_and_a_channel() -> None:
    chord = notes((48, 0, 1), (60.3, 0, 1), (64, 0, 1), (67.2, 0, 1), (72.25, 1, 2))
    data = write_midi(bent_performance(chord, Bending(courses=no_courses(5)))).data
    parts = read_midi(data).parts
    assert [[note.pitch for note in part.notes] for part in parts] == [[48, 64], [60, 72], [67]]
    assert [bool(part.bends) for part in parts] == [False, True, True]
    import symusic

    assert len(symusic.Score.from_midi(data).tracks) == 3
    assert {byte & 15 for byte, after in pairwise(data) if byte >> 4 == 14 and after < 128} >= {1, 2}


def test_more_notes_than_channels_are_not_bent() -> None:
    cluster = notes(*((40.4 + 2 * step, 0, 1) for step in range(20)))
    parts = read_back(bent_performance(cluster, Bending(courses=no_courses(20))))
    assert len(parts) == 15
    assert not parts[0].bends
    assert sum(len(part.notes) for part in parts) == 20


def test_nothing_bent_is_what_it_was() -> None:
    chord = notes((60, 0, 1), (64, 0, 1))
    (part,) = bent_performance(chord, Bending(courses=no_courses(2))).parts
    assert (part.bends, part.controls, len(part.notes)) == ((), (), 2)
    assert bent_performance(notes(), Bending(courses=no_courses(0))).note_count == 0
    with pytest.raises(ValueError, match="2 notes"):
        bent_performance(chord, Bending(courses=no_courses(1)))


def test_lanes_are_free() -> None:
    random = np.random.default_rng(3)
    onset_s = np.sort(random.uniform(0, 20, 200))
    offset_s = onset_s + random.uniform(0.05, 2.0, 200)
    lane = deal_lanes(onset_s, offset_s)
    for number in range(lane.max() + 1):
        mine = lane == number
        assert np.all(onset_s[mine][1:] >= offset_s[mine][:-1])


def test_an_f0_gives_the_courses_of_its_notes() -> None:
    time_s = np.arange(100) * 0.01
    hz = 440.0 * 2.0 ** (0.4 * np.sin(2 * np.pi * 5 * time_s) / 12)
    hz[50:60] = 0.0
    hz[60] = 880.0  # an octave too high is no bend
    courses = courses_of_f0(F0(time_s=time_s, f0_hz=hz, voicing=np.ones(100)), notes((69, 0.0, 0.5), (69, 0.5, 1.0)))
    assert np.diff(courses.start).tolist() == [50, 39]
    np.testing.assert_allclose(courses.pitch, 69 + 0.4 * np.sin(2 * np.pi * 5 * courses.time_s))


@pytest.mark.parametrize("tuning_cents", [0.0, -31.0])
def test_our_player_glides_as_it_is_written(tuning_cents: float) -> None:
    """A glide of one and a half semitones goes through a file and the synthesizer, and is measured in the sound."""
    points = np.arange(0, 2, 0.01)
    course = PitchCourses(start=np.array([0, 200]), time_s=0.5 + points, pitch=60 + 1.5 * np.clip(points - 0.5, 0, 1))
    written = bent_performance(notes((60, 0.5, 2.5)), Bending(courses=course, tuning_cents=tuning_cents), program=80)
    played = perform(read_midi(write_midi(written).data), soundfont="plain", rate_hz=RATE_HZ, reverb=None).mix.mono()
    for key, begins, ends in ((60, 0.6, 1.4), (61, 1.45, 1.95)):
        when, pitch = pitch_courses(played, notes((key, begins, ends))).of(0)
        truth = np.interp(when, course.time_s, course.pitch) + tuning_cents / 100
        near = np.abs(truth - key) < 0.6
        assert near.sum() >= 5
        assert np.median(np.abs(pitch - truth)[near]) < 0.02


def swaying(*, a4_hz: float = 440.0, total_s: float = 6.0) -> np.ndarray:
    """A line of held notes, each of which sways after a while."""
    out = np.zeros(round(total_s * RATE_HZ), dtype=np.float32)
    for place, pitch in enumerate((60, 64, 67, 72, 67, 64)):
        time_s = np.arange(round(0.85 * RATE_HZ)) / RATE_HZ
        away = 0.4 * np.clip((time_s - 0.2) / 0.2, 0, 1) * np.sin(2 * np.pi * 5.5 * time_s)
        played = tone(a4_hz * 2.0 ** ((pitch - 69 + away) / 12.0), rate_hz=RATE_HZ, partials=tuple(0.6**h for h in range(8)), gain=0.3)
        first = round((0.1 + place * 0.95) * RATE_HZ)
        out[first : first + len(played)] += played * np.minimum(1.0, np.minimum(time_s, time_s[::-1]) / 0.02)
    return out


needs_network = pytest.mark.skipif(network_path(ANY.network) is None, reason="the network is not in this installation")


@needs_network
@pytest.mark.parametrize(("a4_hz", "instrument"), [(432.0, "any"), (440.0 * 2 ** (35 / 1200), "any"), (432.0, "voice")])
def test_another_concert_pitch_gives_the_same_keys_and_is_said(a4_hz: float, instrument: str, tmp_path) -> None:
    """Keys are by the recording's own A; facts name it, and the file's fine tuning brings it back."""
    soundfile.write(tmp_path / "line.wav", swaying(a4_hz=a4_hz), RATE_HZ)
    made = write_down(tmp_path / "line.wav", instrument=instrument, to="notes")
    played = [note for part in made.performance.parts for note in part.notes]
    keys = [note.pitch for note in sorted(played, key=lambda note: note.onset) if note.duration > 0.3 * TICKS_PER_S]
    assert keys == [60, 64, 67, 72, 67, 64]
    assert made.facts()["a4_hz"] == pytest.approx(a4_hz, abs=2.0)
    coarse, fine = _fine_tuning(made)
    assert (coarse * 128 + fine - 8192) / 81.92 == pytest.approx(1200 * np.log2(a4_hz / 440), abs=8)
    assert any(part.bends for part in made.performance.parts)


def _fine_tuning(made) -> tuple[int, int]:
    """The data of registered parameter 1 in the first part."""
    said = [(control.number, control.value) for control in made.performance.parts[0].controls]
    place = said.index((100, 1))
    return said[place + 1][1], said[place + 2][1]


@needs_network
def test_bends_are_as_the_user_says(tmp_path) -> None:
    soundfile.write(tmp_path / "line.wav", swaying(), RATE_HZ)
    for options, bent in (({"instrument": "any"}, True), ({"instrument": "any", "bends": False}, False), ({"instrument": "piano"}, False)):
        made = write_down(tmp_path / "line.wav", to="notes", **options)
        assert any(part.bends for part in made.performance.parts) == bent, options


def test_bends_of_a_score_are_refused(tmp_path) -> None:
    (tmp_path / "played.mid").write_bytes(write_midi(bent_performance(notes((60, 0, 1)), Bending(courses=no_courses(1)))).data)
    with pytest.raises(InputError, match="bends are heard"):
        write_down(tmp_path / "played.mid", bends=True)


def test_a_recording_a_little_sharp_is_not_bent_all_over() -> None:
    """What the whole recording is away by is its tuning, not its notes' bends."""
    signal = np.zeros(3 * RATE_HZ, dtype=np.float32)
    rows = notes(*((pitch, 0.1 + place * 0.4, 0.45 + place * 0.4) for place, pitch in enumerate((60, 64, 67, 72, 67, 64, 60))))
    for pitch, onset_s in zip(rows.pitch, rows.onset_s, strict=True):
        played = tone(440 * 2 ** ((pitch + 0.12 - 69) / 12), rate_hz=RATE_HZ, seconds=0.35, partials=(1, 0.5, 0.3, 0.2))
        signal[round(onset_s * RATE_HZ) :][: len(played)] += 0.3 * played
    heard = hear_bending(FrontEnd(signal), rows)
    assert heard.tuning_cents == pytest.approx(12, abs=1.5)
    assert np.abs(heard.courses.pitch - np.rint(heard.courses.pitch)).max() < 0.05
    assert not any(part.bends for part in bent_performance(rows, heard).parts)
