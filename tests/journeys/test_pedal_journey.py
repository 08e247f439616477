"""The pedal on its way: listened for where a piano plays, written into MIDI, and on the page where it is clear."""

import bad_sounds
import numpy as np
import pytest
import soundfile

from hexachord.journeys.audio_stages import audio_stages
from hexachord.journeys.performance import performance_of, with_pedal
from hexachord.journeys.sheets import write_performance, write_sheet
from hexachord.journeys.transcribing import transcribe_recording
from hexachord.knowledge.model import Beats, Knowledge, Metre, Notes, Segments
from hexachord.models.networks import network_path
from hexachord.score.formats import load_score, save_score
from hexachord.score_analysis.pedalling import pedal_of


def spans(*pairs: tuple[float, float], sure: float = 0.9) -> Segments:
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return Segments(
        start_s=table[:, 0], end_s=table[:, 1], label=("down",) * len(table), confidence=np.full(len(table), sure), engine="pedal/network"
    )


def waltz(pedal: Segments | None) -> Knowledge:
    onset_s = np.arange(32) * 0.5
    notes = Notes(onset_s=onset_s, offset_s=onset_s + 0.45, pitch=48.0 + np.arange(32) % 12, velocity=np.full(32, 0.6))
    beats = Beats(time_s=np.arange(33) * 0.5, position=np.arange(33) % 4 + 1)
    return Knowledge(duration_s=17.0, notes=notes, beats=beats, metre=Metre(beats_per_bar=4), pedal=pedal)


def drawn(score) -> int:
    return sum(direction.kind == "pedal" for part in score.parts for direction in part.directions)


def test_the_pedal_of_a_performance_reads_back(tmp_path):
    pedal = spans((0.1, 1.9), (2.0, 3.95), (3.95, 5.0))
    written = write_performance("piano", waltz(pedal))
    read = pedal_of(load_score(save_score(written, tmp_path / "played.mid").path))
    assert np.asarray(read.start_s) == pytest.approx([0.1, 2.0, 3.95], abs=0.002)
    assert np.asarray(read.end_s) == pytest.approx([1.9, 3.95, 5.0], abs=0.002)
    for nothing in (None, spans()):
        played = performance_of(waltz(None).notes)
        assert with_pedal(played, nothing) is played


def test_only_a_clear_pedal_is_drawn():
    every_bar = [(2.0 * bar + 0.1, 2.0 * bar + 1.95) for bar in range(8)]
    assert drawn(write_sheet("piano", waltz(spans(*every_bar)))) >= 7
    assert drawn(write_sheet("piano", waltz(spans(*every_bar, sure=0.6)))) == 0
    assert drawn(write_sheet("piano", waltz(spans(*every_bar, sure=float("nan"))))) >= 7  # read, not heard
    assert drawn(write_sheet("piano", waltz(spans()))) == drawn(write_sheet("piano", waltz(None))) == 0


def test_only_pianos_are_listened_to_for_a_pedal():
    def stages(**engines: str) -> dict[str, tuple[str, ...]]:
        return {stage.name: (*stage.needs, *stage.uses) for stage in audio_stages(engines=engines)}

    assert "pedal" not in stages()
    for engines in ({"notes": "notes/piano"}, {"notes": "piano"}, {"pedal": "pedal/network"}):
        found = stages(**engines)
        assert "notes" in found["pedal"]
        assert "pedal" in found["piano"]
        assert "pedal" in found["performance"]


@pytest.mark.skipif(network_path("pedal") is None, reason="the network is not in this installation")
def test_a_transcribed_piano_has_its_pedal_and_a_voice_none(tmp_path):
    path = tmp_path / "scale.wav"
    soundfile.write(path, bad_sounds.scale(), bad_sounds.RATE_HZ)
    piano = transcribe_recording(path, instrument="piano", bars=False)
    assert piano.knowledge.pedal is not None
    assert piano.facts()["engines"]["pedal"] == "pedal/network"
    controls = piano.performance.parts[0].controls
    assert len(controls) == 2 * len(piano.knowledge.pedal)
    assert transcribe_recording(path, instrument="any", bars=False).knowledge.pedal is None
