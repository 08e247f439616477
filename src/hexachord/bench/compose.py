"""What the composer writes, held against real pop piano of songs it never learned from.

**Measures.** Thirty-two bars of piano with chord symbols, single samples as they come, nothing ranked: ``h1 h4 gs16`` without a section
plan (``free_``) and with the usual one (``plan_``), whose structure indicators count; ``real_`` is the row of the bench songs' first 32
bars, ``d_`` the distance of the two means. Keys and tempi are drawn; temperature and cut were fixed on the training side.

**Obedience.** ``key_kept``: the key that is found is the one that was asked for, tonic and mode (``real_key_found``: how often the same
rule finds the annotated key of the real songs). ``chord_tones``: of the notes written to a held-out song's chords (``real_chord_tones``:
of its own piano). ``decoded``: of a thousand short samples, those that have exactly the bars asked for.

**Likelihood.** ``nats_a_note`` on the held-out songs, all parts, nothing given and nothing said, ends of bars counted in, by this model's
vocabulary. **Copying**: the longest run of notes in common with the songs of the training side, beside that of the real songs.

**Infill** (`hexachord.bench.infill`) and **speed** (`hexachord.bench.row_speed`, `hexachord.bench.tokeniser_speed`) are in the same run.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hexachord.bench.datasets import Loaded, bench_folder
from hexachord.bench.harness import BenchItem, BenchResult, PeerResult, Progress, Stopwatch, report
from hexachord.bench.infill import measure_infill
from hexachord.bench.real_row import MEASURES, copying, lay_piece, load_pop_songs, piece_words, row_of, training_index
from hexachord.bench.row_speed import row_speed
from hexachord.bench.tokeniser_speed import tokeniser_speed
from hexachord.composition.clips import Clip, chords_in_force, excerpt, on_vocabulary
from hexachord.composition.composing import Request, asked_plan, with_players
from hexachord.composition.constraints import chord_intervals
from hexachord.composition.controls import Controls
from hexachord.composition.encode import encode
from hexachord.composition.plan import Plan
from hexachord.composition.sections import usual_sections
from hexachord.composition.tools import generate
from hexachord.composition.vocabulary import FILLED, KIND, Vocabulary
from hexachord.composition.writing import MODEL, Draw, RowWriter
from hexachord.models.networks import network_path
from hexachord.models.row_sampling import Chance
from hexachord.models.row_scoring import row_nats
from hexachord.models.row_steps import RowSteps
from hexachord.rendering.music import Piece
from hexachord.rendering.piece_clips import clip_of_piece
from hexachord.score.model import Score
from hexachord.score.notes import note_array
from hexachord.score.timing import bars_of
from hexachord.score_analysis.measures import LaidNotes, first_bars, lay_notes, measure_notes
from hexachord.theory.keys import KEY_NAMES, key_of, usual_key_name

BARS = 32
SAMPLES = 40
CHANCE = Chance(temperature=1.0, top_p=0.98)
"""Fixed on the valid side of the training songs."""
INFILL_CHANCE = Chance(temperature=0.7, top_p=0.95)
_SHORT_SAMPLES, _SHORT_BARS, _AT_ONCE = 1000, 4, 50
_ROLES = {"melody": "melody", "bridge": "bridge", "piano": "piano"}
_MINOR_SHARE = 0.25


def run(data: Path, *, peer: bool = False, instruments: Path | None = None, progress: Progress | None = None) -> BenchResult:
    """Measure ``d_h1 d_h4 d_gs16 d_si_short d_si_mid d_si_long key_kept chord_tones decoded nats_a_note copied_run infill_* transformers_x
    tokeniser_x``.

    Parameters
    ----------
    data : the bench folder, or the folder above it
    peer : also time transformers and MidiTok, when they are installed
    """
    del instruments
    loaded, watch = load_pop_songs(data), Stopwatch()
    skipped = list(loaded.skipped)
    if network_path(MODEL) is None:
        loaded, skipped = Loaded((), ()), [*skipped, "this installation has no weights of its own"]
    if not loaded.items:
        return BenchResult(bench="compose", data=str(data), engine=RowWriter.name, metrics={}, skipped=tuple(skipped))
    with watch:
        metrics, items = measure_pieces(loaded.items, progress=progress)
        report(progress, "copied runs", 1, 4)
        index = training_index(data, roles=("piano",))
        if index is None:
            skipped.append("train/pop909: not beside the bench folder, so copied runs are not measured")
        else:
            laid = [laid_piano(score) for score in samples("", count=SAMPLES, tempi=[piece.quarter_bpm for piece in loaded.items])]
            metrics |= copying([piece_words(each) for each in laid], index)
            real = [first_bars(lay_piece(piece, roles=("piano",)), BARS) for piece in loaded.items]
            metrics |= copying([piece_words(each) for each in real], index, prefix="real_")
        writer = RowWriter()
        clips = [clip_of_song(piece, writer.vocabulary) for piece in loaded.items]
        report(progress, "infill", 2, 4)
        metrics |= measure_infill(clips, writer, draw=Draw(chance=INFILL_CHANCE), vocabulary=writer.vocabulary)
        metrics |= likelihood(clips, writer.vocabulary)
    report(progress, "speed", 3, 4)
    speeds, theirs = speed(data, peer=peer)
    return BenchResult(
        bench="compose",
        data=str(data),
        engine=RowWriter.name,
        metrics=metrics | speeds,
        items=tuple(items),
        wall_s=watch.wall_s,
        cpu_s=watch.cpu_s,
        peers={"transformers": theirs} if peer else {},
        skipped=tuple(skipped),
    )


def measure_pieces(pieces: Sequence[Piece], *, progress: Progress | None = None) -> tuple[dict[str, float], list[BenchItem]]:
    """Compose as many pieces as the rows need, and measure them beside the real ones."""
    tempi = [piece.quarter_bpm for piece in pieces]
    real = [measure_notes(first_bars(lay_piece(piece, roles=("piano",)), BARS)) for piece in pieces]
    metrics = row_of(real, prefix="real_")
    items: list[BenchItem] = []
    kept: list[float] = []
    for name, sections in (("free", ""), ("plan", usual_sections(BARS))):
        rows = []
        for number, score in enumerate(samples(sections, count=SAMPLES, tempi=tempi)):
            report(progress, f"{name} {number}", number, SAMPLES)
            rows.append(measure_notes(laid_piano(score)))
            kept.append(float(key_found(score) == asked(number, tempi)[0]))
            items.append(BenchItem(id=f"{name}-{number:02d}", metrics={key: rows[-1][key] for key in MEASURES if key in rows[-1]}))
        metrics |= row_of(rows, prefix=f"{name}_")
    for key in MEASURES:
        told = "plan_" if key.startswith("si_") else "free_"
        metrics[f"d_{key}"] = abs(metrics[f"{told}{key}"] - metrics[f"real_{key}"])
        metrics[f"d_plan_{key}"] = abs(metrics[f"plan_{key}"] - metrics[f"real_{key}"])
    metrics["key_kept"] = float(np.mean(kept))
    metrics["real_key_found"] = float(np.mean([_annotated_key_is_found(piece) for piece in pieces if piece.keys]))
    report(progress, "a thousand short ones", 0, 1)
    metrics["decoded"] = decoded()
    words = Vocabulary()
    clips = [excerpt(clip_of_song(piece, words), 0, BARS) for piece in pieces]
    metrics["real_chord_tones"] = float(np.nanmean([chord_tone_share(clip, words, role="piano") for clip in clips]))
    metrics["chord_tones"] = float(np.nanmean(list(accompanied(clips))))
    return metrics, items


def asked(number: int, tempi: Sequence[float]) -> tuple[str, float]:
    """Say in which key, and how fast, sample `number` is asked for."""
    random = np.random.default_rng([909, number])
    key = KEY_NAMES[int(random.integers(12)) + 12 * (random.random() < _MINOR_SHARE)]
    return usual_key_name(key), float(np.round(tempi[int(random.integers(len(tempi)))]))


def samples(sections: str, *, count: int, tempi: Sequence[float]) -> Iterator[Score]:
    """Compose pieces for piano one after the other: the first candidate, whatever it is."""
    for number in range(count):
        key, bpm = asked(number, tempi)
        draw = Draw(seed=number, chance=CHANCE)
        yield generate(BARS, key=key, quarter_bpm=bpm, style="pop", roles=("chords", "piano"), sections=sections, draw=draw).score


def laid_piano(score: Score) -> LaidNotes:
    """Lay a composed piece on its bars."""
    return lay_notes(score, note_array(score), None, performed=False)


def key_found(score: Score) -> str:
    """The key of a score by its notes."""
    notes = note_array(score)
    return usual_key_name(key_of(notes["pitch"].astype(np.int64), notes["duration_quarter"]).name)


def _annotated_key_is_found(piece: Piece) -> bool:
    laid = lay_piece(piece)
    return usual_key_name(key_of(laid.pitch, laid.end - laid.onset).name) == usual_key_name((piece.keys or ())[0].label)


def decoded() -> float:
    """The share of a thousand short samples that have the bars asked for, notes inside them, and nothing that is no note."""
    good = 0
    for turn in range(_SHORT_SAMPLES // _AT_ONCE):
        made = generate(_SHORT_BARS, key="C major", quarter_bpm=100, sections="", draw=Draw(seed=turn, candidates=_AT_ONCE, chance=CHANCE))
        for candidate in made.candidates:
            lines = bars_of(candidate.score)
            inside = all(note.end <= lines[-1].end and 0 <= note.pitch < 128 for part in candidate.score.parts for note in part.notes)
            good += len(lines) == _SHORT_BARS and candidate.score.note_count > 0 and inside
    return good / _SHORT_SAMPLES


def clip_of_song(piece: Piece, vocabulary: Vocabulary) -> Clip:
    """Lay a pop song on the composer's grid, from its first note on."""
    clip = on_vocabulary(clip_of_piece(piece, roles=_ROLES, vocabulary=vocabulary), vocabulary)
    first = int(clip.notes["bar"].min()) if len(clip.notes) else 0
    return excerpt(clip, first, len(clip.bars) - first)


def accompanied(clips: Sequence[Clip]) -> Iterator[float]:
    """Write a piano to the chords of songs, nothing else given: the share of its notes that are the chord's."""
    writer = RowWriter()
    words = writer.vocabulary
    piano = words.roles.index("piano")
    for number, clip in enumerate(clips):
        blank = with_players(replace(clip, notes=clip.notes[:0]), (piano,), vocabulary=words)
        fill = np.zeros((len(clip.bars), len(words.roles)), dtype=bool)
        fill[:, piano] = True
        plan = asked_plan(Plan(clip=blank, fill=fill), blank, Request(style="pop", controls=Controls()), vocabulary=words)
        made = writer.write(plan, Draw(seed=number, chance=CHANCE))[0]
        yield chord_tone_share(made.clip, words, role="piano")


def chord_tone_share(clip: Clip, vocabulary: Vocabulary, *, role: str) -> float:
    """The share of a part's notes that belong to the chord that stands when they begin; NaN where there is none."""
    notes, chords = clip.notes[clip.notes["role"] == vocabulary.roles.index(role)], clip.chords
    at = chords_in_force(chords, notes["bar"], notes["place"])
    inside = []
    for pitch, index in zip(notes["pitch"].tolist(), at.tolist(), strict=True):
        if index >= 0 and chords["root"][index] >= 0:
            chord = chords[index]
            tones = {*chord_intervals(vocabulary.qualities[int(chord["quality"])]), int(chord["bass"])}
            inside.append((pitch - int(chord["root"])) % 12 in tones)
    return float(np.mean(inside)) if inside else float("nan")


def likelihood(clips: Sequence[Clip], vocabulary: Vocabulary) -> dict[str, float]:
    """What notes of songs cost the model, all parts, nothing given."""
    steps = RowSteps.open(MODEL)
    nats = notes = 0.0
    for clip in clips:
        nothing = [np.zeros(len(table), dtype=bool) for table in (clip.notes, clip.chords)]
        made = encode(clip, vocabulary=vocabulary, given_notes=nothing[0], given_chords=nothing[1])
        nats += float(row_nats(steps, made.rows, made.scored).sum())
        notes += int((vocabulary.status_of[made.rows[:, KIND]] == FILLED).sum())
    return {"nats_a_note": nats / max(1.0, notes)}


def speed(data: Path, *, peer: bool) -> tuple[dict[str, float], PeerResult]:
    """Time writing and reading, beside the peers."""
    steps = RowSteps.open(MODEL)
    path = network_path(MODEL)
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) if path is not None else {}
    written, theirs = row_speed(steps, parameters=int(card["parameters"]), peer=peer)
    paths = sorted((bench_folder(data) / "pop909").rglob("*.mid"))[:20]
    return written | (tokeniser_speed(paths, peer=peer) if paths else {}), theirs
