"""What is read from scores: keys and Roman numerals of pop songs, the real row of measures, faults in Bach's chorales, feeling by the rule.

``key_acc`` is the share of songs whose one annotated key is found, tonic and mode; ``rn_acc`` the share of the time in which degree and
triad are those of the annotated chord in the annotated key, from nothing but notes and beats (in the key that was found); ``rn_in_key`` is
the same in the annotated key, ``majmin`` says how well chords are named. The real row has the measures of the piano line, of whole songs
and (``clip_``) of 32 bars, with bootstrap intervals, and how long the runs are that these songs have in common with those of the training
side (where that is beside the bench folder). ``chorale_`` are faults per hundred moves in the originals; ``valence_auc`` and
``arousal_auc`` say how often, of two pieces that listeners call high and low, the rule puts the first one higher.
"""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hexachord.bench.datasets import bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, Progress, Stopwatch, mean_metrics, report
from hexachord.bench.real_row import MEASURES, copying, lay_piece, load_pop_songs, piece_words, row_of, training_index
from hexachord.knowledge import Segments
from hexachord.metrics import chord as chord_metrics
from hexachord.rendering.music import Piece
from hexachord.score_analysis.measures import ENGINE, first_bars, measure_notes
from hexachord.theory.chord_labels import parse_chord, simplify_chord
from hexachord.theory.emotion import emotion_of
from hexachord.theory.keys import parse_key, usual_key_name
from hexachord.theory.note_chords import chords_from_notes
from hexachord.theory.page_key import find_page_key
from hexachord.theory.voice_leading import fault_rates

CLIP_BARS = 32
_TRIADS = ("maj", "min", "dim", "aug")


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``key_acc rn_acc rn_in_key majmin``, the real row, ``chorale_*``, ``valence_auc arousal_auc``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer, instruments : not used: what is measured are our own definitions
    progress : told what is being done
    """
    del peer, instruments
    loaded, watch = load_pop_songs(data), Stopwatch()
    skipped = list(loaded.skipped)
    items, whole, clips, words = [], [], [], []
    for done, piece in enumerate(loaded.items):
        report(progress, piece.origins[0], done, len(loaded.items))
        with watch:
            told = score_harmony(piece)
            piano = lay_piece(piece, roles=("piano",))
            whole.append(measure_notes(piano))
            clips.append(measure_notes(first_bars(piano, CLIP_BARS)))
        words.append(piece_words(piano))
        items.append(BenchItem(id=piece.origins[0], metrics={**told, **{name: whole[-1][name] for name in MEASURES if name in whole[-1]}}))
    metrics = mean_metrics(items, names=("key_acc", "rn_acc", "rn_in_key", "majmin"))
    metrics |= row_of(whole) | row_of(clips, prefix="clip_")
    report(progress, "copied runs", len(items), len(items))
    index = training_index(data, roles=("piano",)) if words else None
    if index is not None:
        metrics |= copying(words, index, prefix="real_")
    elif words:
        skipped.append("train/pop909: not beside the bench folder, so copied runs are not measured")
    for part in (chorale_faults(data), feeling(data)):
        metrics |= part[0]
        skipped += part[1]
    return BenchResult(
        bench="read",
        data=str(data),
        engine=ENGINE,
        metrics=metrics,
        items=tuple(items),
        wall_s=watch.wall_s,
        cpu_s=watch.cpu_s,
        skipped=tuple(skipped),
    )


def score_harmony(piece: Piece) -> dict[str, float]:
    """Read key and chords of a song from its notes, and score them."""
    laid = lay_piece(piece)
    key = find_page_key(laid.onset_s, laid.end_s, laid.pitch).name
    chords = chords_from_notes(laid.onset, laid.end, laid.pitch, beats_s=laid.beats, downbeat=laid.downbeat)
    spans = [span for span in piece.chords or () if span.start >= 0]
    out = {}
    if spans and len(chords):
        reference = np.array([(span.start, span.end) for span in spans])
        estimated = np.maximum(np.stack([chords.start_s, chords.end_s], axis=1), 0.0)
        kept = estimated[:, 1] > estimated[:, 0]
        labels = [label for label, keep in zip(chords.label, kept, strict=True) if keep]
        out["majmin"] = chord_metrics.evaluate(reference, [span.label for span in spans], estimated[kept], labels)["majmin"]
    if piece.keys is not None and len(piece.keys) == 1:
        true = piece.keys[0].label
        out["key_acc"] = float(usual_key_name(true) == usual_key_name(key))
        if spans:
            out["rn_acc"] = numeral_accuracy(piece, chords, true=true, found=key)
            out["rn_in_key"] = numeral_accuracy(piece, chords, true=true, found=true)
    return out


def numeral_accuracy(piece: Piece, chords: Segments, *, true: str, found: str) -> float:
    """Give the share of the time of annotated triads in which degree and triad of what was found are the same."""
    right = total = 0.0
    for span in piece.chords or ():
        wanted = degree_of(span.label, true)
        if wanted is None:
            continue
        total += span.end - span.start
        for start, end, label in zip(chords.start_s, chords.end_s, chords.label, strict=True):
            common = min(span.end, float(end)) - max(span.start, float(start))
            if common > 0 and degree_of(label, found) == wanted:
                right += common
    return right / total if total > 0 else float("nan")


def degree_of(label: str, key: str) -> tuple[int, str, str] | None:
    """Semitones above the tonic, triad, and mode of the key; None for what is no triad.

    Examples
    --------
    >>> degree_of("D:7/3", "G major"), degree_of("N", "G major")
    ((7, 'maj', 'major'), None)
    """
    chord = parse_chord(label)
    if not chord.is_chord:
        return None
    triad = simplify_chord(label, _TRIADS)
    if triad == "X":
        return None
    tonic, mode = parse_key(key)
    return (chord.root - tonic) % 12, triad.partition(":")[2], mode


def chorale_faults(data: Path) -> tuple[dict[str, float], list[str]]:
    """Count the faults of Bach's own voice leading, over Coconet's test split."""
    path = bench_folder(data) / "jsb_chorales" / "jsb16th_separated.json"
    if not path.is_file():
        return {}, ["jsb_chorales/jsb16th_separated.json: no such file"]
    chorales = next(iter(json.loads(path.read_text(encoding="utf-8")).values()))
    rates = [fault_rates(np.array(chorale)) for chorale in chorales]
    return {f"chorale_{kind.replace(' ', '_')}": float(np.mean([rate[kind] for rate in rates])) for kind in rates[0]}, []


def feeling(data: Path) -> tuple[dict[str, float], list[str]]:
    """Hold the rule of valence and arousal against listeners."""
    from hexachord.score.formats import load_score
    from hexachord.score.notes import note_array

    folder = bench_folder(data) / "vgmidi"
    if not (folder / "labels.csv").is_file():
        return {}, ["vgmidi/labels.csv: no such file"]
    found, high = [], []
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            notes = note_array(load_score(folder / row["midi"]), percussion=False)
            emotion = emotion_of(notes["onset_s"], notes["duration_s"], notes["pitch"], notes["velocity"])
            if emotion is not None:
                found.append((emotion.valence, emotion.arousal))
                high.append((float(row["valence"]) > 0, float(row["arousal"]) > 0))
    values, labels = np.array(found), np.array(high)
    return {f"{name}_auc": auc(values[:, at], labels[:, at]) for at, name in enumerate(("valence", "arousal"))}, []


def auc(value: Sequence[float] | np.ndarray, high: Sequence[bool] | np.ndarray) -> float:
    """Give the chance that a high item has a larger value than a low one, ties counting half.

    Examples
    --------
    >>> auc([0.1, 0.4, 0.4, 0.9], [False, False, True, True])
    0.875
    """
    values, labels = np.asarray(value, dtype=np.float64), np.asarray(high, dtype=np.bool_)
    over, under = values[labels][:, None], values[~labels][None, :]
    if not over.size or not under.size:
        return float("nan")
    return float(((over > under) + 0.5 * (over == under)).mean())
