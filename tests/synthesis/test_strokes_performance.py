"""A performance is played exactly as it stands; pedals and controllers mean what MIDI says."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.score.midi import load_midi, read_midi, write_midi
from hexachord.score.model import Bend, Control, Note, Part, Score, TempoMark
from hexachord.score.notes import note_array
from hexachord.synthesis.interpretation.pedals import next_onsets, presses, releases
from hexachord.synthesis.model import BEND, BEND_RANGE, EXPRESSION, MODULATION, PAN, SOFT, SUSTAIN, VOLUME, Curve, Track
from hexachord.synthesis.strokes import interpret, tracks_of

QUARTER_S = 0.5


def part_of(*notes: tuple[int, int, int, int], controls: tuple[Control, ...] = (), bends: tuple[Bend, ...] = (), **more: object) -> Part:
    return Part(notes=tuple(Note(*note) for note in notes), controls=controls, bends=bends, **more)  # type: ignore[arg-type]


def track_of(part: Part) -> Track:
    return tracks_of(Score(parts=(part,), ticks_per_quarter=1))[0]


def spans(part: Part) -> list[tuple[float, float]]:
    """Onset and release in ticks."""
    return [(stroke.onset_s / QUARTER_S, stroke.release_s / QUARTER_S) for stroke in track_of(part).strokes]


def test_onsets_ends_and_velocities_are_kept() -> None:
    part = part_of((0, 2, 60, 1), (0, 3, 64, 127), (1, 2, 60, 33), (2, 1, 60, 90))
    strokes = track_of(part).strokes
    assert [(stroke.onset_s, stroke.release_s, stroke.key, stroke.velocity) for stroke in strokes] == [
        (0.0, 1.0, 60, 1),
        (0.0, 1.5, 64, 127),
        (0.5, 1.5, 60, 33),  # keys that overlap stay as they are
        (1.0, 1.5, 60, 90),
    ]


def test_time_goes_by_the_tempo_map() -> None:
    score = Score(
        parts=(part_of((0, 4, 60, 80), (4, 4, 62, 80)),),
        ticks_per_quarter=2,
        tempos=(TempoMark(0, 60.0), TempoMark(2, 120.0), TempoMark(6, 30.0)),
    )
    strokes = tracks_of(score)[0].strokes
    assert [(stroke.onset_s, stroke.release_s) for stroke in strokes] == [(0.0, 1.5), (1.5, 4.0)]


def test_sustain_pedal_holds_until_it_comes_up_or_the_key_is_struck_again() -> None:
    pedal = (Control(1, SUSTAIN, 64), Control(8, SUSTAIN, 63))
    part = part_of((0, 2, 60, 80), (4, 1, 62, 80), (6, 1, 60, 80), (8, 1, 60, 80), controls=pedal)
    assert spans(part) == [(0, 6), (4, 8), (6, 8), (8, 9)]


def test_a_pedal_that_comes_up_as_a_key_does_holds_nothing() -> None:
    pedal = (Control(0, SUSTAIN, 127), Control(2, SUSTAIN, 0), Control(3, SUSTAIN, 127), Control(5, SUSTAIN, 0))
    assert spans(part_of((0, 2, 60, 80), (2, 1, 62, 80), controls=pedal)) == [(0, 2), (2, 5)]


def test_a_pedal_never_lifted_lets_go_with_the_last_key() -> None:
    assert spans(part_of((0, 1, 60, 80), (4, 2, 62, 80), controls=(Control(0, SUSTAIN, 127),))) == [(0, 6), (4, 6)]


def test_a_key_held_longer_than_its_pedal_stays() -> None:
    pedal = (Control(0, SUSTAIN, 127), Control(2, SUSTAIN, 0))
    assert spans(part_of((0, 4, 60, 80), (1, 1, 60, 80), controls=pedal)) == [(0, 4), (1, 2)]


def test_sostenuto_holds_what_was_down() -> None:
    pedal = (Control(1, 66, 127), Control(6, 66, 0))
    assert spans(part_of((0, 2, 60, 80), (2, 1, 62, 80), controls=pedal)) == [(0, 6), (2, 3)]


def test_soft_pedal_softens() -> None:
    part = part_of((0, 1, 60, 100), (2, 1, 60, 100), (4, 1, 60, 100), controls=(Control(1, SOFT, 127), Control(4, SOFT, 0)))
    assert [stroke.velocity for stroke in track_of(part).strokes] == [100, 85, 100]


def test_notes_off_and_sound_off() -> None:
    held = (Control(0, SUSTAIN, 127), Control(9, SUSTAIN, 0))
    assert spans(part_of((0, 8, 60, 80), controls=(Control(3, 123, 0),))) == [(0, 3)]
    assert spans(part_of((0, 8, 60, 80), controls=(*held, Control(3, 123, 0)))) == [(0, 9)]  # the pedal still holds
    assert spans(part_of((0, 8, 60, 80), (4, 1, 62, 80), controls=(*held, Control(3, 120, 0)))) == [(0, 3), (4, 9)]


def test_drums_have_no_pedal() -> None:
    part = part_of((0, 1, 38, 80), controls=(Control(0, SUSTAIN, 127), Control(4, SUSTAIN, 0)), is_percussion=True)
    assert spans(part) == [(0, 1)]
    assert track_of(part).is_percussion


def test_controllers_become_curves() -> None:
    controls = (Control(0, VOLUME, 90), Control(2, VOLUME, 100), Control(2, VOLUME, 110), Control(4, 121, 0), Control(1, MODULATION, 60))
    curves = track_of(
        part_of((0, 8, 60, 80), controls=(*controls, Control(3, EXPRESSION, 20)), bends=(Bend(1, -8192), Bend(2, 8191)))
    ).controls
    assert (curves[VOLUME].time_s.tolist(), curves[VOLUME].value.tolist()) == ([0.0, 1.0], [90, 110])
    assert curves[MODULATION].value.tolist() == [60, 0]  # reset
    assert curves[EXPRESSION].value.tolist() == [20, 127]
    np.testing.assert_allclose(curves[BEND].value, [0, 128, 64], atol=0.01)
    assert 121 not in curves


def test_registered_parameters() -> None:
    rpn = (Control(0, 101, 0), Control(0, 100, 0), Control(0, 6, 12), Control(0, 38, 50), Control(0, 101, 127), Control(0, 100, 127))
    stray = (Control(1, 6, 99), Control(2, 99, 1), Control(2, 98, 8), Control(2, 6, 44))
    curves = track_of(part_of((0, 8, 60, 80), controls=(*rpn, *stray))).controls
    assert list(curves) == [BEND_RANGE]
    assert curves[BEND_RANGE].value.tolist() == [12.5]


def test_tuning_moves_the_strokes() -> None:
    tuning = (Control(0, 101, 0), Control(0, 100, 1), Control(0, 6, 96), Control(0, 38, 0), Control(2, 100, 2), Control(2, 6, 62))
    strokes = track_of(part_of((0, 1, 60, 80), (2, 1, 60, 80), controls=tuning)).strokes
    assert [stroke.cents for stroke in strokes] == [50.0, -150.0]


def test_volume_and_pan_of_the_part_are_where_controllers_start() -> None:
    part = part_of((0, 1, 60, 80), (4, 1, 60, 80), controls=(Control(2, VOLUME, 20), Control(0, PAN, 7)), volume=1.0, pan=-1.0)
    curves = track_of(part).controls
    assert curves[VOLUME].value.tolist() == [127, 20]
    assert curves[PAN].value.tolist() == [7]
    assert track_of(part_of((0, 1, 60, 80), pan=1.0)).controls[PAN].value.tolist() == [127]


@pytest.mark.parametrize(
    ("banks", "expected", "is_percussion"),
    [([], 0, False), ([(0, 0, 8)], 8, False), ([(0, 0, 0), (0, 32, 3)], 3, False), ([(0, 0, 127)], 0, True), ([(5, 0, 8)], 0, False)],
)
def test_banks(banks: list[tuple[int, int, int]], expected: int, is_percussion: bool) -> None:
    track = track_of(part_of((1, 1, 60, 80), controls=tuple(Control(*bank) for bank in banks), program=5))
    assert (track.program, track.bank, track.is_percussion) == (5, expected, is_percussion)


def test_a_bank_changed_later_is_named() -> None:
    score = Score(parts=(part_of((1, 1, 60, 80), controls=(Control(5, 0, 8),), name="Lead"),))
    assert interpret(score).warnings == ("changes of bank within a part, not followed (Lead): 1",)


def test_impossible_keys_are_left_out_and_named() -> None:
    found = interpret(Score(parts=(part_of((0, 1, 60, 80), (0, 1, 128, 80), (0, 1, -3, 80)),)))
    assert [stroke.key for stroke in found.tracks[0].strokes] == [60]
    assert found.warnings == ("notes outside of MIDI's 128 keys, left out: 2",)


def test_empty_parts_are_tracks() -> None:
    tracks = tracks_of(Score(parts=(Part(name="Tacet"), part_of((0, 1, 60, 80)))))
    assert [(track.name, len(track.strokes), track.end_s > 0) for track in tracks] == [("Tacet", 0, False), ("", 1, True)]
    assert tracks_of(Score()) == ()


def test_presses_with_half_pedal() -> None:
    found = presses(Curve(np.array([0.0, 1.0, 2.0, 3.0, 4.0]), np.array([20.0, 64.0, 127.0, 63.0, 90.0])))
    assert found.down_s.tolist() == [1, 4]
    assert found.up_s.tolist() == [3, np.inf]
    assert presses(None).hold(np.array([1.0])).tolist() == [1.0]


def test_next_onsets_against_counting() -> None:
    rng = np.random.default_rng(3)
    onset, key = rng.integers(0, 40, 300) / 4, rng.integers(60, 66, 300)
    expected = []
    for mine, pressed in zip(onset, key, strict=True):
        later = [time for time, other in zip(onset, key, strict=True) if other == pressed and time > mine]
        expected.append(min(later, default=np.inf))
    assert next_onsets(onset, key).tolist() == expected


def test_releases_against_a_pedal_machine() -> None:
    """Play random keys and pedals event by event, as a piano would, and compare."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        onset = np.unique(rng.integers(0, 4000, 60)) * 2 / 100.0  # even hundredths: keys go down
        key = rng.integers(60, 68, len(onset))
        up = onset.copy()
        for k in range(60, 68):  # a key comes up before it goes down again, at odd hundredths
            mine = np.flatnonzero(key == k)
            following = np.append(onset[mine][1:], onset[mine][-1:] + 1.0)
            up[mine] = onset[mine] + 0.01 + np.floor((following - onset[mine] - 0.02) * rng.random(len(mine)) * 50) / 50
        times = np.sort(rng.choice(8000, 30, replace=False)) / 100.0 + 0.005
        pedal = Curve(times, np.where(np.arange(30) % 2 == 0, 127.0, 0.0))
        expected = _machine(onset, up, key, times)
        np.testing.assert_allclose(releases(onset, up, key, sustain=pedal), expected)


def _machine(onset: np.ndarray, up: np.ndarray, key: np.ndarray, pedal_times: np.ndarray) -> np.ndarray:
    events = [(t, "on", i) for i, t in enumerate(onset)] + [(t, "off", i) for i, t in enumerate(up)]
    events += [(t, "down" if i % 2 == 0 else "lift", i) for i, t in enumerate(pedal_times)]
    ends = np.full(len(onset), np.nan)
    held: dict[int, int] = {}
    is_down = False
    for time, kind, index in sorted(events):
        if kind == "on" and (earlier := held.pop(int(key[index]), None)) is not None:
            ends[earlier] = time
        elif kind == "off" and is_down:
            held[int(key[index])] = index
        elif kind == "off":
            ends[index] = time
        elif kind == "down":
            is_down = True
        elif kind == "lift":
            is_down = False
            for earlier in held.values():
                ends[earlier] = time
            held.clear()
    return ends


def test_real_performances_are_exact(data_dir: Path) -> None:
    files = sorted((data_dir / "train" / "giantmidi").rglob("*.mid"))[::12] + sorted((data_dir / "bench" / "asap").rglob("*.mid"))[::40]
    assert len(files) >= 6
    for file in files:
        score = load_midi(file)
        expected = note_array(score)
        strokes = sorted(
            (stroke for track in tracks_of(score) for stroke in track.strokes), key=lambda stroke: (stroke.onset_s, stroke.key)
        )
        assert len(strokes) == len(expected), file
        assert [stroke.onset_s for stroke in strokes] == expected["onset_s"].tolist(), file
        assert [stroke.key for stroke in strokes] == expected["pitch"].tolist(), file
        if not any(control.number == SOFT for part in score.parts for control in part.controls):
            assert sorted(stroke.velocity for stroke in strokes) == sorted(expected["velocity"].tolist()), file
        key_up = np.sort(expected["onset_s"] + expected["duration_s"])
        assert np.all(np.sort([stroke.release_s for stroke in strokes]) >= key_up - 1e-9), file


def test_a_written_midi_file_plays_the_same() -> None:
    part = part_of((0, 480, 60, 90), (480, 240, 64, 70), controls=(Control(0, SUSTAIN, 127), Control(700, SUSTAIN, 0)), program=3)
    score = Score(parts=(part,), ticks_per_quarter=480)
    again = read_midi(write_midi(score).data)
    assert tracks_of(again)[0].strokes == tracks_of(score)[0].strokes
    assert tracks_of(again)[0].program == 3
