"""What stands between the keys, and what has no key: what a user is told."""

import numpy as np
import pytest
import soundfile

from hexachord.dsp.frontend import FrontEnd
from hexachord.journeys.concert_pitch import at_concert_pitch, tuning_semitones
from hexachord.journeys.sentences import write_sentences
from hexachord.journeys.verbs import listen
from hexachord.knowledge import Key, Knowledge, Notes, Tuning
from hexachord.knowledge.report import report_text
from hexachord.page.columns import key_choices
from hexachord.page.facts import single_facts

RATE_HZ = 22050
TRIADS = ((60, 64, 67), (65, 69, 72), (67, 71, 74), (60, 64, 67))


def struck(*, a4_hz: float, each_s: float = 1.0) -> np.ndarray:
    t = np.arange(round(each_s * RATE_HZ)) / RATE_HZ
    parts = []
    for triad in TRIADS:
        hz = [a4_hz * 2 ** ((pitch - 69) / 12) for pitch in triad]
        tones = sum(np.sin(2 * np.pi * f * k * t) / k**1.5 for f in hz for k in range(1, 7))
        parts.append(tones * np.exp(-2.5 * t) * np.minimum(1, t / 0.004))
    return (0.1 * np.concatenate(parts)).astype(np.float32)


def test_a_band_half_a_semitone_flat_is_read_in_its_own_key(tmp_path):
    soundfile.write(tmp_path / "flat.wav", struck(a4_hz=427.0), RATE_HZ)
    known = listen(tmp_path / "flat.wav", tasks=["notes", "tuning", "melody_notes"])
    assert known.melody_notes.has_shapes
    assert known.tuning.a4_hz == pytest.approx(427.0, abs=1.0)
    found = {(round(float(onset)), int(pitch)) for onset, pitch in zip(known.notes.onset_s, known.notes.pitch, strict=True)}
    wanted = {(bar, pitch) for bar, triad in enumerate(TRIADS) for pitch in triad}
    assert len(found & wanted) >= 10
    assert len(found - wanted) <= 3
    onsets = known.notes.onset_s[known.notes.onset_s > 2.5]
    assert np.abs(onsets - 3.0).min() < 0.05  # on the recording's clock


def test_who_is_in_tune_is_left_alone():
    front = FrontEnd(struck(a4_hz=441.0))
    assert at_concert_pitch(front) == (front, 1.0)
    assert tuning_semitones(FrontEnd(struck(a4_hz=430.0))) == pytest.approx(-0.4, abs=0.05)
    noise = FrontEnd(np.random.default_rng(0).normal(0, 0.1, 5 * RATE_HZ).astype(np.float32))
    assert at_concert_pitch(noise)[1] == 1.0


def test_a_key_nobody_believes_in_is_none():
    known = Knowledge(duration_s=30.0, key=Key(tonic="Db", mode="major", confidence=0.011), tuning=Tuning(cents=21.0, confidence=0.06))
    text = report_text(known)
    assert "none: no tonal content" in text
    assert "Tuning        none found" in text
    told = " ".join(sentence.text for sentence in write_sentences(known))
    assert "No key was found: there is no tonal content." in told
    assert "No tuning was found." in told
    assert {fact["id"]: fact["value"] for fact in single_facts(known)} == {"key": "none", "length": "0:30.0"}
    assert key_choices(known.key) is None
    unsaid = Knowledge(duration_s=30.0, key=Key(tonic="Db", mode="major"))  # an engine that cannot tell is believed
    assert "Db major" in report_text(unsaid)


def test_a_single_note_is_no_range():
    one = {"onset_s": np.zeros(1), "offset_s": np.ones(1), "pitch": np.array([57.0]), "velocity": np.ones(1)}
    known = Knowledge(duration_s=2.0, melody_notes=Notes(**one), notes=Notes(**one))
    told = " ".join(sentence.text for sentence in write_sentences(known))
    assert "The melody has 1 note, A3. 1 note was heard in all, A3." in told
    assert "Notes         1 note, A3" in report_text(known)
    three = {name: np.repeat(column, 3) for name, column in one.items()} | {"onset_s": np.arange(3.0), "offset_s": np.arange(1.0, 4.0)}
    swung = {"glide_semitones": np.zeros(3), "glide_s": np.zeros(3), "vibrato_semitones": np.full(3, 0.4)}
    known = Knowledge(duration_s=4.0, melody_notes=Notes(**three, **swung, vibrato_hz=np.array([5.5, 0.0, 6.0])))
    assert "3 notes, all A3, 2 with vibrato at 5.8 Hz" in report_text(known)
    assert "The melody has 3 notes, mostly A3." in " ".join(sentence.text for sentence in write_sentences(known))


def test_drums_alone_have_no_key(tmp_path):
    random = np.random.default_rng(3)
    time_s = np.arange(12 * RATE_HZ) / RATE_HZ
    kick = np.sin(2 * np.pi * 60 * (time_s % 1.0)) * np.exp(-(time_s % 1.0) * 18)
    snare = random.normal(size=len(time_s)) * np.exp(-((time_s + 0.5) % 1.0) * 25)
    soundfile.write(tmp_path / "drums.wav", 0.4 * kick + 0.2 * snare, RATE_HZ)
    heard = listen(tmp_path / "drums.wav", tasks=("key",))
    assert heard.key is not None
    assert not heard.key.is_found
    assert heard.key.alternatives == ()
