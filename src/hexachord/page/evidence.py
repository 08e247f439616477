"""Each sentence beside its evidence: the panel that shows it, where to hear it, and the facts it rests on with their values."""

import re

from hexachord.journeys.facts import chord_name, resolve_fact
from hexachord.knowledge.model import Knowledge, Sentence
from hexachord.knowledge.tables import pitch_name
from hexachord.page import contract
from hexachord.page.columns import confidence_or_none
from hexachord.page.spelling import chord_text, signs

PANELS = ("tempo", "rhythm", "drums", "chords", "sections", "melody", "notes", "keys", "loudness", "sound")
_PANEL_OF = {
    "tempo": "tempo",
    "beats": "tempo",
    "metre": "tempo",
    "onsets": "tempo",
    "rhythm_readings": "rhythm",
    "groove": "rhythm",
    "drums": "drums",
    "key": "keys",
    "local_keys": "keys",
    "tuning": "keys",
    "chords": "chords",
    "harmony": "chords",
    "sections": "sections",
    "melody": "melody",
    "melody_notes": "melody",
    "notes": "notes",
    "loudness": "loudness",
    "descriptors": "sound",
    "tags": "sound",
    "duration_s": "sound",
}


def evident_sentences(knowledge: Knowledge) -> list[contract.Sentence]:
    """Write the sentences of a song with the way to their evidence."""
    return [_evident(sentence, knowledge) for sentence in knowledge.sentences]


def panel_of(sentence: Sentence) -> str:
    """Name the panel that shows what a sentence rests on.

    Examples
    --------
    >>> panel_of(Sentence(text="It may be in C.", facts=("key.tonic", "key.mode")))
    'keys'
    """
    for path in sentence.facts:
        parts = path.split(".")
        field = parts[1] if parts[0] == "skipped" and len(parts) > 1 else parts[0]
        if field in _PANEL_OF:
            return _PANEL_OF[field]
    return "sound"


def _evident(sentence: Sentence, knowledge: Knowledge) -> contract.Sentence:
    start_s, end_s = sentence.start_s, sentence.end_s
    if start_s is None:
        start_s, end_s = _first_place(sentence, knowledge)
    return {
        "text": _for_the_eye(sentence),
        "confidence": confidence_or_none(sentence.confidence),
        "panel": panel_of(sentence),
        "start_s": None if start_s is None else round(start_s, 4),
        "end_s": None if end_s is None else round(end_s, 4),
        "facts": [{"path": path, "value": fact_value(knowledge, path)} for path in sentence.facts],
    }


def _for_the_eye(sentence: Sentence) -> str:
    """Set real accidentals, and chords as the page writes them everywhere."""
    labels = [label for path in sentence.facts for mark in (".share.", ".loop.") for label in path.partition(mark)[2].split(">") if label]
    written = {chord_name(label): chord_text(label) for label in labels}
    text = sentence.text
    if written:
        names = "|".join(re.escape(name) for name in sorted(written, key=len, reverse=True))
        text = re.sub(rf"(?<![A-Za-z0-9])(?:{names})(?![A-Za-z0-9#])", lambda match: written[match[0]], text)
    return signs(text)


def _first_place(sentence: Sentence, knowledge: Knowledge) -> tuple[float | None, float | None]:
    """Find the longest span of the label that a sentence puts first, or the span it cites by row."""
    for path in sentence.facts:
        name, _, rest = path.partition(".")
        spans = getattr(knowledge, name, None)
        if name not in ("chords", "sections", "local_keys") or spans is None:
            continue
        if rest.startswith("share."):
            rows = [row for row, label in enumerate(spans.label) if label == rest.removeprefix("share.")]
            if rows:
                longest = max(rows, key=lambda row: float(spans.end_s[row] - spans.start_s[row]))
                return float(spans.start_s[longest]), float(spans.end_s[longest])
        elif rest.startswith("start_s.") and (row := int(rest.removeprefix("start_s."))) < len(spans):
            return float(spans.start_s[row]), float(spans.end_s[row])
    return None, None


def fact_value(knowledge: Knowledge, path: str) -> str:
    """Follow a path and write what is there for the eye; "not known" where nothing is."""
    try:
        value = resolve_fact(knowledge, path)
    except ValueError:
        return "not known"
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str) and re.search(r"\.pitch\.(?!count)", path):
        return f"{value:.4g} ({signs(pitch_name(value))})"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 10000 else f"{value:.0f}"
    return str(value)
