"""Truth beside what was heard, when the truth is known."""

from collections.abc import Sequence

from hexachord.knowledge.model import Knowledge
from hexachord.page.columns import beats_columns, chord_columns, notes_columns, spans_columns
from hexachord.page.contract import Written, WrittenFact, WrittenScore


def written_truth(
    truth: Knowledge, *, title: str = "the score that was played", facts: Sequence[WrittenFact] = (), scores: Sequence[WrittenScore] = ()
) -> Written:
    """Write the truth as columns, with how well it was heard.

    Parameters
    ----------
    truth : what the score says, in the seconds of the recording
    title : what the truth is
    facts, scores : see `hexachord.journeys.comparison`
    """
    return {
        "title": title,
        "beats": beats_columns(truth.beats),
        "chords": chord_columns(truth.chords),
        "sections": spans_columns(truth.sections),
        "notes": notes_columns(truth.notes),
        "facts": list(facts),
        "scores": list(scores),
    }
