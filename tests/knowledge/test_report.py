import math

from hexachord.knowledge import Key, Knowledge, Loudness, Metre, Tuning
from hexachord.knowledge.report import fact_lines


def test_what_was_not_found_is_said_so() -> None:
    silence = Knowledge(
        duration_s=12.0,
        metre=Metre(beats_per_bar=4, confidence=0.0),
        key=Key(tonic="C", mode="major", confidence=0.0),
        tuning=Tuning(cents=0.0, confidence=0.0),
        loudness=Loudness(integrated_lufs=-math.inf, range_lu=0.0, true_peak_dbtp=-math.inf),
    )
    facts = dict(fact_lines(silence))
    assert [facts[name] for name in ("Metre", "Key", "Tuning", "Loudness")] == [
        "none found",
        "none: no tonal content",
        "none found",
        "silence",
    ]


def test_a_weak_guess_is_still_a_guess() -> None:
    guess = Knowledge(duration_s=12.0, metre=Metre(beats_per_bar=3, confidence=0.1), key=Key(tonic="C", mode="major", confidence=math.nan))
    facts = dict(fact_lines(guess))
    assert facts["Metre"] == "3/4 (10% sure)"
    assert facts["Key"] == "C major"


def test_compound_metres_say_how_they_are_felt() -> None:
    metre = Metre(beats_per_bar=4, beat_type=8, beat_division=3, confidence=0.9, division_confidence=0.8)
    assert dict(fact_lines(Knowledge(duration_s=12.0, metre=metre)))["Metre"] == "12/8, felt in 4 (72% sure)"
    unsure = Metre(beats_per_bar=4, confidence=0.9, division_confidence=0.8)
    assert unsure.signature_confidence == 0.9  # that the division is unknown takes nothing from the count
