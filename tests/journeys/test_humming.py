"""A hum in, a query out."""

import json

import numpy as np
import pytest
import soundfile

from hexachord.cli.app import main
from hexachord.errors import InputError
from hexachord.journeys.humming import LONGEST_S, read_hum

RATE_HZ = 22050
STEPS = [0, 2, 4, 0, 0, 7, 5, 4]


def hummed(steps, *, start=52.3, sinks_s=0.0, note_s=0.5, gap_s=0.15):
    """Sing steps above a pitch, a short breath between notes, sinking by some semitones a second."""
    count = round(note_s * RATE_HZ)
    gap = round(gap_s * RATE_HZ)
    pitch = np.repeat(np.asarray(steps, dtype=float), count) - sinks_s * np.arange(len(steps) * count) / RATE_HZ + start
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / RATE_HZ
    voice = sum(np.sin(h * phase) / h for h in (1, 2, 3, 4))
    loud = np.ones(count)
    loud[-gap:] = 0.0
    return (0.2 * voice * np.tile(loud, len(steps))).astype(np.float32)


@pytest.fixture
def hum(tmp_path):
    def write(samples, name="hum.wav"):
        soundfile.write(tmp_path / name, samples, RATE_HZ)
        return tmp_path / name

    return write


@pytest.mark.parametrize("sinks_s", [0.0, 0.1])
def test_a_hum_keeps_its_intervals(hum, sinks_s):
    heard = read_hum(hum(hummed(STEPS, sinks_s=sinks_s)), engine="pyin")
    assert heard.query.steps.tolist() == STEPS
    assert heard.contour == "UUDRUDD"
    assert ((heard.confidence > 0.1) & (heard.confidence <= 1.0)).all()
    assert -sinks_s * 4 - 0.05 <= heard.query.drift_semitones[-1] <= -sinks_s + 0.05  # smoothed, so rather too little


def test_who_sings_between_the_steps_is_less_sure(hum):
    straight = read_hum(hum(hummed(STEPS)), engine="pyin").confidence
    between = read_hum(hum(hummed([0, 2, 4, 0, 0, 7.35, 5, 4])), engine="pyin").confidence
    assert between[5] < 0.6 * straight[5]
    assert between[1] > 0.7 * straight[1]


def test_the_command_tells_and_writes_it(hum, tmp_path, capsys):
    path = hum(hummed(STEPS))
    assert main(["hum", str(path), "-o", str(tmp_path / "query.json")]) == 0
    said = capsys.readouterr().out
    assert "Intervals     +2 +2 -4 0 +7 -2 -1" in said
    assert "Contour       UUDRUDD" in said
    assert "Rhythm        1 1 1 1 1 1" in said
    kept = json.loads((tmp_path / "query.json").read_text())
    assert main(["hum", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == kept
    assert kept["intervals"] == [2, 2, -4, 0, 7, -2, -1]
    assert {len(column) for column in kept["notes"].values()} == {len(STEPS)}
    assert (kept["format"], kept["schema_version"]) == ("hexachord-hum", 1)


def test_one_note_has_no_intervals(hum, capsys):
    assert main(["hum", str(hum(hummed([0])))]) == 0
    assert "Intervals     none: one note alone" in capsys.readouterr().out


def test_what_is_no_hum_is_said(hum, tmp_path, capsys):
    with pytest.raises(InputError, match="nothing that is hummed"):
        read_hum(hum(np.zeros(2 * RATE_HZ, dtype=np.float32)))
    with pytest.raises(InputError, match="no such file"):
        read_hum(tmp_path / "none.wav")
    with pytest.raises(InputError, match="minutes"):
        read_hum(hum(np.zeros(round((LONGEST_S + 60) * RATE_HZ), dtype=np.float32), "long.wav"))
    assert main(["hum", str(hum(hummed(STEPS))), "-o", "query.txt"]) == 2
    assert main(["hum", str(hum(hummed(STEPS))), "--engine", "key=profiles"]) == 2
    assert "melody" in capsys.readouterr().err
