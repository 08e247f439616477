"""A paragraph of true sentences about a piece, each tied to the facts it rests on.

Nothing is said that was not measured. How sure the engine was chooses the verb (`hedge`), what could not be measured is named as
unknown, and `hexachord.journeys.facts.check_sentence` holds every number against the fact it cites.
"""

import math
from collections.abc import Iterator

import numpy as np

from hexachord.journeys.facts import clock_time
from hexachord.journeys.harmony_sentences import tell_chords, tell_functions, tell_key, tell_loop, tell_tuning
from hexachord.journeys.rhythm_sentences import tell_drums, tell_groove, tell_metre, tell_tempo
from hexachord.journeys.wording import count_of, finite_mean, listed
from hexachord.knowledge.model import Knowledge, Sentence
from hexachord.knowledge.tables import pitch_name

_ASKED = {
    "tempo": "the tempo",
    "metre": "the metre",
    "key": "the key",
    "chords": "the chords",
    "sections": "the form",
    "melody": "the melody",
    "notes": "the notes",
    "loudness": "the loudness",
}


def write_sentences(knowledge: Knowledge) -> tuple[Sentence, ...]:
    """Write what is known as sentences, in the order a listener would tell it.

    Parameters
    ----------
    knowledge : any amount of it; only `duration_s` must be there

    Returns
    -------
    Sentences whose `facts` are paths that `hexachord.journeys.facts.resolve_fact` follows; joined with spaces they are a paragraph.

    Examples
    --------
    >>> from hexachord.knowledge import Key
    >>> for sentence in write_sentences(Knowledge(duration_s=75.0, key=Key(tonic="A", mode="minor", confidence=0.6))):
    ...     print(sentence.text)
    It lasts 1:15.
    The key is probably A minor.
    Not known: the tempo, the metre, the chords, the form, the melody, the notes and the loudness.
    """
    writers = (
        _length,
        tell_tempo,
        tell_metre,
        tell_groove,
        tell_drums,
        tell_key,
        tell_tuning,
        tell_chords,
        tell_loop,
        tell_functions,
        _form,
        _melody,
        _notes,
        _loudness,
        _character,
        _unknown,
    )
    return tuple(sentence for write in writers for sentence in write(knowledge))


def _length(knowledge: Knowledge) -> Iterator[Sentence]:
    if knowledge.duration_s < 10:
        yield Sentence(text=f"It lasts {knowledge.duration_s:.1f} seconds.", facts=("duration_s",), confidence=1.0)
    else:
        yield Sentence(text=f"It lasts {clock_time(knowledge.duration_s)}.", facts=("duration_s",), confidence=1.0)


def _form(knowledge: Knowledge) -> Iterator[Sentence]:
    sections = knowledge.sections
    if sections is None or len(sections) == 0:
        return
    count = len(sections)
    if count == 1:
        yield Sentence(text="No section boundary was found.", facts=("sections.label.count",), confidence=math.nan)
        return
    facts = ["sections.label.count"]
    text = f"It falls into {count} sections"
    if count <= 16:
        text += ": " + " – ".join(sections.label)
        facts += [f"sections.label.{row}" for row in range(count)]
    text += f"; the second begins at {clock_time(float(sections.start_s[1]))}."
    facts.append("sections.start_s.1")
    yield Sentence(text=text, facts=tuple(facts), confidence=finite_mean(sections.confidence))
    likely = [row for row, name in enumerate(sections.names) if name != sections.label[row] and sections.function[row] == "chorus"]
    if likely:
        first = likely[0]
        yield Sentence(
            text=f"{sections.label[first]} seems to be the chorus; it first comes at {clock_time(float(sections.start_s[first]))}.",
            facts=(f"sections.function.{first}", f"sections.label.{first}", f"sections.start_s.{first}"),
            confidence=float(sections.function_confidence[first]),
            start_s=float(sections.start_s[first]),
            end_s=float(sections.end_s[first]),
        )


def _melody(knowledge: Knowledge) -> Iterator[Sentence]:
    notes, f0 = knowledge.melody_notes, knowledge.melody
    if notes is not None and len(notes):
        low, high = (float(np.quantile(notes.pitch, q, method="nearest")) for q in (0.05, 0.95))
        between = f"between {pitch_name(low)} and {pitch_name(high)}"
        text = f"The melody has {count_of(len(notes), 'note')} and moves mostly {between}."
        if pitch_name(low) == pitch_name(high):
            text = f"The melody has {count_of(len(notes), 'note')}{', mostly' if len(notes) > 1 else ','} {pitch_name(low)}."
        facts = ("melody_notes.pitch.count", "melody_notes.pitch.low", "melody_notes.pitch.high")
        yield Sentence(text=text, facts=facts, confidence=finite_mean(notes.confidence))
        return
    if f0 is not None and len(f0) and not np.any(f0.f0_hz > 0):
        yield Sentence(text="No melody was found.", facts=("melody.f0_hz.max",), confidence=math.nan)
    elif f0 is None and notes is not None:
        yield Sentence(text="No melody was found.", facts=("melody_notes.pitch.count",), confidence=math.nan)


def _notes(knowledge: Knowledge) -> Iterator[Sentence]:
    notes = knowledge.notes
    if notes is None:
        return
    if len(notes) == 0:
        yield Sentence(text="No notes were found.", facts=("notes.pitch.count",), confidence=math.nan)
        return
    low, high = pitch_name(float(np.min(notes.pitch))), pitch_name(float(np.max(notes.pitch)))
    one = len(notes) == 1
    verb = ("is written" if one else "are written") if notes.engine.startswith("read/") else "was heard" if one else "were heard"
    where = f"from {low} to {high}" if low != high else low if one else f"all of them {low}"
    text = f"{count_of(len(notes), 'note')} {verb} in all, {where}."
    facts = ("notes.pitch.count", "notes.pitch.min", "notes.pitch.max")
    yield Sentence(text=text, facts=facts, confidence=finite_mean(notes.confidence))


def _loudness(knowledge: Knowledge) -> Iterator[Sentence]:
    loudness = knowledge.loudness
    if loudness is None:
        return
    if not math.isfinite(loudness.integrated_lufs):
        yield Sentence(text="It is silent, or nearly so.", facts=("loudness.integrated_lufs",), confidence=1.0)
        return
    text, facts = f"Its loudness is {_signed(loudness.integrated_lufs)} LUFS", ["loudness.integrated_lufs"]
    if math.isfinite(loudness.range_lu):
        width = "a narrow" if loudness.range_lu < 5 else "a wide" if loudness.range_lu > 12 else "a moderate"
        text += f" with {width} range of {loudness.range_lu:.1f} LU"
        facts.append("loudness.range_lu")
    if math.isfinite(loudness.true_peak_dbtp):
        beyond = loudness.true_peak_dbtp > 0
        text += f"; its true peak is {_signed(loudness.true_peak_dbtp)} dBTP" + (", beyond full scale" if beyond else "")
        facts.append("loudness.true_peak_dbtp")
    yield Sentence(text=text + ".", facts=tuple(facts), confidence=1.0)


def _character(knowledge: Knowledge) -> Iterator[Sentence]:
    found = knowledge.descriptors
    words: list[str] = []
    facts: list[str] = []

    def say(name: str, text: str) -> None:
        words.append(text)
        facts.append(f"descriptors.{name}.value")

    def value(name: str) -> float:
        return found[name].value if name in found else math.nan

    if math.isfinite(centroid := value("spectral_centroid")):
        tone = "dark" if centroid < 1200 else "bright" if centroid > 2800 else "neither dark nor bright"
        say("spectral_centroid", f"{tone} (spectral centroid {centroid:.0f} Hz)")
    if math.isfinite(percussive := value("percussiveness")):
        kind = "mostly percussive" if percussive > 0.5 else "partly percussive" if percussive > 0.2 else "hardly percussive"
        say("percussiveness", f"{kind} ({100 * percussive:.0f} % of the energy)")
    if math.isfinite(rate := value("onset_rate")):
        pace = "busy" if rate > 5 else "sparse" if rate < 1.5 else "moderately busy"
        say("onset_rate", f"{pace} ({rate:.1f} onsets a second)")
    if math.isfinite(width := value("stereo_width")):
        image = "mono or nearly so" if width < 0.03 else "narrow in stereo" if width < 0.2 else "wide in stereo"
        say("stereo_width", f"{image} (width {width:.2f})")
    if words:
        yield Sentence(text=f"The sound is {listed(words)}.", facts=tuple(facts), confidence=math.nan)


def _unknown(knowledge: Knowledge) -> Iterator[Sentence]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in knowledge.skipped.items():
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        what = listed([_ASKED.get(name, name.replace("_", " ").replace("-", " ")) for name in names])
        text = f"{what[0].upper()}{what[1:]} could not be looked for: {reason.rstrip('.')}."
        yield Sentence(text=text, facts=tuple(f"skipped.{name}" for name in names), confidence=1.0)
    missing = [name for name in _ASKED if getattr(knowledge, name) is None and name not in knowledge.skipped]
    if missing:
        yield Sentence(text=f"Not known: {listed([_ASKED[name] for name in missing])}.", facts=tuple(missing), confidence=1.0)


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
