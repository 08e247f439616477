"""What is doubtful about a transcription, in words; and what was heard but is no music, which no page should hold.

A network that listens for notes finds some in speech and in noise. Whether a recording has notes at all is asked of other witnesses: do its
partials agree on a tuning, is a pitch voiced, does it stand still.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.knowledge.model import Knowledge, Notes

_SHORTEST_S = 0.05
_SILENT = 1e-4  # of full scale: -80 dB
_STILL = 0.3  # share of the voiced time that a pitch stands still: of speech less than a fifth, of hums and songs at least two fifths
_UNSURE = 0.5  # notes below this are as likely wrong as right
_SURE = 0.75  # notes of an instrument are surer than this by far; in noise they are not
_CLIPPED = 0.005  # share of all samples
_LOOKED_AT_S = 600.0
_NARROW_HZ = 11025  # of the sample rate
_BESIDE_CENTS = 20.0
_UNSURE_TEMPO = 0.3


@dataclass(frozen=True, kw_only=True)
class SoundState:
    """How a recording came: its loudest sample, the share of flat tops, its rate and length."""

    peak: float
    clipped_share: float
    rate_hz: int
    duration_s: float

    def warnings(self) -> list[str]:
        """Say what stands against hearing well."""
        told = []
        if self.clipped_share >= _CLIPPED:
            told.append(f"the recording is clipped ({self.clipped_share:.0%} of it): soft notes beside loud ones may be missing")
        if self.rate_hz <= _NARROW_HZ:
            told.append(f"the file holds nothing above {self.rate_hz / 2000:.2g} kHz: high notes and soft attacks may be missing")
        return told


def sound_state(path: Path, *, salvage: bool = False) -> SoundState:
    """Measure the first ten minutes of a sound file, block by block."""
    from hexachord.audio import AudioFile
    from hexachord.dsp.clipping import ClippingMeter

    meter = ClippingMeter()
    with AudioFile(path, salvage=salvage) as file:
        seen_s = 0.0
        for block in file.blocks(block_s=10.0):
            meter.add(block.samples)
            seen_s += block.frames / file.rate_hz
            if seen_s >= _LOOKED_AT_S:
                break
        return SoundState(peak=meter.peak, clipped_share=meter.share, rate_hz=file.rate_hz, duration_s=file.duration_s)


def nothing_to_hear(state: SoundState) -> str:
    """Say why there is nothing to hear; empty where there is something."""
    if state.peak < _SILENT:
        return "the recording is silent"
    if state.duration_s < _SHORTEST_S:
        return f"the recording is too short ({state.duration_s * 1000:.2g} ms) to hold a note"
    return ""


def needs_melody(known: Knowledge) -> bool:
    """Whether a pitch must be followed before anyone can say if these notes are music: partials agree on no tuning."""
    return known.tuning is not None and not known.tuning.is_found


def no_music(notes: Notes, known: Knowledge) -> str:
    """Say why what was heard is not to be written down; empty where it is.

    Parameters
    ----------
    notes : those of the page
    known : `tuning`, and `melody` where `needs_melody`

    Examples
    --------
    >>> from hexachord.knowledge.model import F0, Tuning
    >>> t = np.arange(200) * 0.01
    >>> spoken = F0(time_s=t, f0_hz=120 * 2 ** (0.3 * np.sin(8 * t)), voicing=np.ones(200))
    >>> notes = Notes(onset_s=t[::20], offset_s=t[::20] + 0.1, pitch=t[::20] + 45, velocity=t[::20])
    >>> no_music(notes, Knowledge(duration_s=2.0, tuning=Tuning(cents=0.0, confidence=0.0), melody=spoken))
    'no pitch stands still: this sounds like speech, not like music'
    """
    from hexachord.audio_analysis.melody import still_share

    if not needs_melody(known) or known.melody is None or len(notes) == 0:
        return ""
    still = still_share(known.melody)
    if still != still:  # nothing is voiced
        return "" if _middle(notes) >= _SURE else "nothing has a steady pitch: this sounds like noise or percussion"
    return "" if still >= _STILL else "no pitch stands still: this sounds like speech, not like music"


def why_empty(sheet: str, known: Knowledge) -> str:
    """Say why there is no note on a page."""
    if sheet == "drums":
        return "no drums were heard"
    if known.tuning is not None and not known.tuning.is_found:
        return "nothing has a steady pitch: this sounds like noise or percussion (--instrument drums writes down drums)"
    return "no notes were heard"


def doubts(notes: Notes, known: Knowledge, *, bars: bool = True) -> list[str]:
    """Say what of a page is not to be trusted: notes, the beat of its bars, tuning."""
    told = []
    if len(notes) and _middle(notes) < _UNSURE:
        told.append(f"most notes are doubtful ({_middle(notes):.0%} sure); --threshold leaves out the least sure")
    tempo, tuning = known.tempo, known.tuning
    if not bars:
        pass
    elif len(notes) and (known.beats is None or len(known.beats) < 2):
        told.append("no beat was found: it is written in 4/4 on a clock of 120 a minute; --tap and --tempo say what it is")
    elif tempo is not None and tempo.hypotheses and tempo.confidence < _UNSURE_TEMPO:
        told.append(f"the tempo is doubtful ({tempo.confidence:.0%} sure); --tempo, --metre and --tap say what it is")
    if tuning is not None and tuning.is_found and abs(tuning.cents) >= _BESIDE_CENTS and len(notes):
        told.append(f"A stands at {tuning.a4_hz:.0f} Hz: notes are named after the recording's own A")
    return told


def mean_confidence(notes: Notes) -> float | None:
    """How sure the notes are on average; None where nobody says."""
    sure = np.asarray(notes.confidence, dtype=np.float64)
    known = sure[np.isfinite(sure)]
    return float(known.mean()) if len(known) else None


def _middle(notes: Notes) -> float:
    sure = np.asarray(notes.confidence, dtype=np.float64)
    known = sure[np.isfinite(sure)]
    return float(np.median(known)) if len(known) else 1.0
