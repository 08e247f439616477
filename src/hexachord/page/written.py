"""Truth beside what was heard, when the truth is known."""

from hexachord.journeys.comparison import Comparison
from hexachord.knowledge.model import Knowledge
from hexachord.page.columns import beats_columns, chord_columns, notes_columns, spans_columns
from hexachord.page.contract import Written
from hexachord.page.spelling import signs


def written_truth(truth: Knowledge, *, comparison: Comparison) -> Written:
    """Write the truth as columns, with how well it was heard.

    Parameters
    ----------
    truth : what the score says, in the seconds of the recording
    comparison : of what was heard with it
    """
    return {
        "title": comparison.title,
        "beats": beats_columns(truth.beats),
        "chords": chord_columns(truth.chords),
        "sections": spans_columns(truth.sections),
        "notes": notes_columns(truth.notes),
        "facts": [
            {"id": fact.id, "heard": signs(fact.heard), "written": signs(fact.written), "right": fact.right} for fact in comparison.facts
        ],
        "scores": [
            {"task": score.task, "name": score.name, "value": round(score.value, 4), "meaning": score.meaning}
            for score in comparison.scores
        ],
    }
