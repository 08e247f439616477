"""Sentences about the rhythm: tempo, metre, groove, drums; see `sentences`."""

import math
from collections.abc import Iterator

import numpy as np

from hexachord.audio_analysis.rhythm.rereading import USER
from hexachord.journeys.wording import count_of, finite_mean, hedge, listed
from hexachord.knowledge.model import Knowledge, Sentence
from hexachord.knowledge.report import FREE_FROM, STRAIGHT_BELOW

_RATIOS = {
    2.0: "twice as fast",
    0.5: "half as fast",
    3.0: "three times as fast",
    1 / 3: "a third as fast",
    1.5: "one and a half times as fast",
    2 / 3: "two thirds as fast",
}
_MOVES = 1.08  # a tempo whose fastest is this much faster than its slowest has moved


def tell_tempo(knowledge: Knowledge) -> Iterator[Sentence]:
    """How fast."""
    tempo = knowledge.tempo
    if tempo is None:
        return
    if not tempo.hypotheses or not math.isfinite(tempo.bpm):
        yield Sentence(text="No steady pulse was found.", facts=("tempo.hypotheses.count",), confidence=math.nan)
        return
    if tempo.engine == USER:
        text = f"The tempo is about {tempo.bpm:.0f} beats a minute, as you corrected it."
        yield Sentence(text=text, facts=("tempo.hypotheses.0.bpm", "tempo.engine"), confidence=1.0)
        return
    text = f"The tempo {hedge(tempo.confidence)} about {tempo.bpm:.0f} beats a minute"
    facts = ["tempo.hypotheses.0.bpm", "tempo.hypotheses.0.confidence"]
    if len(tempo.hypotheses) > 1 and tempo.confidence < 0.8:
        second = tempo.hypotheses[1]
        ratio = min(_RATIOS, key=lambda r: abs(math.log(second.bpm / tempo.bpm / r)))
        words = _RATIOS[ratio] if abs(math.log2(second.bpm / tempo.bpm / ratio)) < 0.06 else ""
        text += f"; it could also be felt {words + ', ' if words else ''}at {second.bpm:.0f}"
        facts.append("tempo.hypotheses.1.bpm")
    yield Sentence(text=text + ".", facts=tuple(facts), confidence=tempo.confidence)


def tell_metre(knowledge: Knowledge) -> Iterator[Sentence]:
    """How bars are counted."""
    metre = knowledge.metre
    if metre is None:
        return
    if metre.confidence <= 0:
        yield Sentence(text="No metre was found.", facts=("metre.confidence",), confidence=math.nan)
        return
    text = f"The metre {hedge(metre.signature_confidence)} {metre.signature}"
    facts = ["metre.signature"]
    if metre.is_compound:
        text += f", felt in {metre.beats_per_bar}"
        facts.append("metre.beats_per_bar")
    beats = knowledge.beats
    if metre.engine == USER:
        text += " by your correction"
        facts.append("metre.engine")
    if beats is not None and len(beats):
        text += f", counted over {count_of(len(beats), 'beat')} and {count_of(len(beats.downbeats_s), 'bar')} begun"
        facts += ["beats.time_s.count", "beats.downbeats_s.count"]
    yield Sentence(text=text + ".", facts=tuple(facts), confidence=metre.signature_confidence)


def tell_groove(knowledge: Knowledge) -> Iterator[Sentence]:
    """How steadily, and how it swings."""
    groove = knowledge.groove
    if groove is None or len(groove.tempo_bpm) == 0:
        return
    parts: list[str] = []
    facts: list[str] = []
    if math.isfinite(groove.stability):
        percent = f"{100 * groove.stability:.1f} %"
        facts.append("groove.stability")
        if groove.stability >= FREE_FROM:
            text = f"There is no steady pulse: beats stray {percent} from the smoothed tempo."
            yield Sentence(text=text, facts=tuple(facts), confidence=_beats_confidence(knowledge))
            return
        parts.append(f"the beat is steady to {percent}")
    slow, fast = float(np.min(groove.tempo_bpm)), float(np.max(groove.tempo_bpm))
    if fast > _MOVES * slow:
        parts.append(f"the tempo moves between {slow:.0f} and {fast:.0f} beats a minute")
        facts += ["groove.tempo_bpm.min", "groove.tempo_bpm.max"]
    if math.isfinite(groove.swing_ratio):
        is_straight = groove.swing_ratio < STRAIGHT_BELOW
        parts.append("its eighths are straight" if is_straight else f"it swings {groove.swing_ratio:.1f} : 1")
        facts.append("groove.swing_ratio")
    if parts:
        text = listed(parts)
        yield Sentence(text=f"{text[0].upper()}{text[1:]}.", facts=tuple(facts), confidence=_beats_confidence(knowledge))


def _beats_confidence(knowledge: Knowledge) -> float:
    return math.nan if knowledge.beats is None else finite_mean(knowledge.beats.confidence)


def tell_drums(knowledge: Knowledge) -> Iterator[Sentence]:
    """How much of a drum kit."""
    drums = knowledge.drums
    if drums is None:
        return
    if len(drums) == 0:
        yield Sentence(text="No drums were heard.", facts=("drums.label.count",), confidence=math.nan)
        return
    text = f"{count_of(len(drums), 'drum stroke')} {'was' if len(drums) == 1 else 'were'} heard"
    kinds = sorted(set(drums.label), key=lambda label: -drums.label.count(label))
    rows = [drums.label.index(label) for label in kinds]
    words = [label.replace("hihat_", "").replace("closed", "closed hi-hat").replace("open", "open hi-hat") for label in kinds]
    yield Sentence(
        text=f"{text}, mostly the {words[0]}." if len(kinds) > 1 else f"{text}, all of the {words[0]}.",
        facts=("drums.label.count", *(f"drums.label.{row}" for row in rows[:1])),
        confidence=finite_mean(drums.confidence),
    )
