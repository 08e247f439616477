"""The truth about a song that was performed from a score: what the score says on the clock of the sound, kept in the song's folder."""

import json
from dataclasses import replace

import numpy as np

from hexachord.errors import InputError
from hexachord.journeys.comparison import Comparison, compare, comparison_document, load_comparison
from hexachord.knowledge.json_format import knowledge_to_json, load_knowledge
from hexachord.knowledge.model import Knowledge, Notes
from hexachord.score.model import Part, Score
from hexachord.score.notes import has_silent_chords, note_array
from hexachord.song import CACHE, Song

COMPARISON = "comparison.json"
WRITTEN = f"{CACHE}/written.json"
_LEADING = ("voice", "vocal", "melody", "lead", "solo", "singer")
_ENGINE = "read/leading-part"


def written_knowledge(score: Score) -> Knowledge:
    """Read what a score says on the clock of its performance: repeats are written out, and the part that leads is the melody.

    The melody is the part that has the words, or one that is called a voice or a melody, or the only part if it plays one note at a time.
    Where no part says that it leads, there is none: a guess would be no truth. The symbols of a lead sheet do not sound, so they are no
    truth about its sound either.

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> known = written_knowledge(builtin_score("six-small-notes"))
    >>> known.key.name, len(known.melody_notes)
    ('G major', 70)
    """
    from hexachord.score.unfold import unfold
    from hexachord.score_analysis.facts import read_score

    played = unfold(score).score
    known = replace(read_score(played), melody_notes=_melody(played))
    return replace(known, chords=None, harmony=None) if has_silent_chords(score) else known


def keep_truth(song: Song, comparison: Comparison, written: Knowledge) -> None:
    """Keep the truth and how it compares in a song's folder, which the caller holds (`Song.locked`)."""
    texts = {
        WRITTEN: knowledge_to_json(written),
        COMPARISON: json.dumps(comparison_document(comparison), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    }
    song.note_files([song.write_text(name, text) for name, text in texts.items()])


def kept_truth(song: Song) -> tuple[Comparison, Knowledge] | None:
    """Read back what `keep_truth` kept; None when the song's truth is not known (or its record is damaged: the tour makes it anew)."""
    try:
        return load_comparison(song.folder / COMPARISON), load_knowledge(song.folder / WRITTEN)
    except InputError:
        return None


def renew_comparison(song: Song, heard: Knowledge) -> None:
    """Compare anew with the truth that is kept in a song's folder, if one is: what is known has changed. The caller holds the folder."""
    if kept := kept_truth(song):
        keep_truth(song, compare(heard, kept[1], title=kept[0].title), kept[1])


def _melody(score: Score) -> Notes | None:
    pitched = [index for index, part in enumerate(score.parts) if not part.is_percussion and part.notes]
    leading = (
        [index for index in pitched if _has_words(score.parts[index])]
        or [index for index in pitched if any(word in score.parts[index].name.lower() for word in _LEADING)]
        or (pitched if len(pitched) == 1 else [])
    )
    if len(leading) != 1:
        return None
    notes = note_array(score, percussion=False)
    notes = notes[notes["part"] == leading[0]]
    onset_s, offset_s = notes["onset_s"], notes["onset_s"] + notes["duration_s"]
    if (onset_s[1:] < offset_s[:-1] - 0.05).any():  # more than one voice
        return None
    return Notes(
        onset_s=onset_s,
        offset_s=offset_s,
        pitch=notes["pitch"].astype(np.float64),
        velocity=notes["velocity"] / 127.0,
        confidence=np.ones(len(notes)),
        engine=_ENGINE,
    )


def _has_words(part: Part) -> bool:
    return any(note.lyrics for note in part.notes)
