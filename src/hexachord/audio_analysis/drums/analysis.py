"""Strokes of the drums of a recording: the front door of this package."""

from hexachord.audio_analysis.engines import ENGINES
from hexachord.dsp.frontend import FrontEnd
from hexachord.knowledge import Drums
from hexachord.models.engine import pick_engine


def analyse_drums(frontend: FrontEnd, *, engine: str | None = None) -> Drums:
    """Find the strokes of a drum kit, in a drum track or in a full mix.

    Parameters
    ----------
    frontend : of the recording; its signal is used
    engine : "network" (default) or "nmf"

    Returns
    -------
    Drums in order of time, labelled as in `KIT`; `velocity` runs from 1 to 127, `confidence` is the height of what was picked in [0, 1].
    Music without drums has none.

    Raises
    ------
    InputError : if there is no such engine.
    """
    drums: Drums = pick_engine(ENGINES, task="drums", name=engine).load()(frontend)
    return drums
