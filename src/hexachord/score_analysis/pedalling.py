"""When the sustain pedal is down, as the controllers of a performance say."""

import numpy as np

from hexachord.knowledge import Segments
from hexachord.score.model import Score
from hexachord.score.timing import tempo_map_of

ENGINE = "read/facts"
_SUSTAIN, _DOWN = 64, 64


def pedal_of(score: Score) -> Segments | None:
    """List the spans in which controller 64 is at least half way down, all parts together; None where it never is.

    Examples
    --------
    >>> from hexachord.score.model import Control, Note, Part, Score
    >>> part = Part(notes=(Note(0, 960, 60),), controls=(Control(0, 64, 127), Control(480, 64, 0)))
    >>> pedal_of(Score(parts=(part,), ticks_per_quarter=480)).end_s
    array([0.5])
    """
    changes = sorted(
        (control.tick, control.value >= _DOWN) for part in score.parts for control in part.controls if control.number == _SUSTAIN
    )
    spans, since = list[tuple[int, int]](), -1
    for tick, is_down in changes:
        if is_down and since < 0:
            since = tick
        elif not is_down and since >= 0:
            spans += [(since, tick)] if tick > since else []
            since = -1
    if since >= 0 and score.end_tick > since:
        spans.append((since, score.end_tick))
    if not spans:
        return None
    start_s, end_s = tempo_map_of(score).seconds(np.array(spans)).T
    return Segments(start_s=start_s, end_s=end_s, label=("down",) * len(spans), confidence=np.ones(len(spans)), engine=ENGINE)
