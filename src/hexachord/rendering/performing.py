"""From arranged material and a clock to a `Take`: strokes in seconds, and the truth about them."""

from dataclasses import dataclass

import numpy as np

from hexachord.arrays import Float64Array
from hexachord.knowledge.model import F0, Beats, Events, Key, Knowledge, Metre, Notes, Segments, Tempo, TempoHypothesis
from hexachord.rendering.drum_classes import drum_class
from hexachord.rendering.model import Take
from hexachord.rendering.music import DURATION, ONSET, PITCH, VELOCITY, BarLine, Line, Piece, Span
from hexachord.rendering.ornaments import Singing, Sung, one_at_a_time, sung, swells
from hexachord.rendering.timing import Clock
from hexachord.score.timing import felt_metre
from hexachord.synthesis.interpretation.pedals import releases
from hexachord.synthesis.model import SUSTAIN, Curve, Stroke, Track

_RING_S = {"crash": 2.5, "ride": 1.2, "hihat_open": 0.5}
_ENGINE = "rendering"
_EARLY_S = 0.06  # what sounds this little before the start is heard from the start on
_FIRST_BENDING = 24  # pianos, mallets and organs keep their pitch
CHOKES = {49: 0.12, 57: 0.12, 52: 0.1, 55: 0.1}


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a piece is played: `singing` for the tune, `bass` for how it slides, the depth of swells, the chance to choke a crash."""

    singing: Singing = Singing()
    swell: float = 0.0
    choke: float = 0.0
    bass: Singing = Singing()


def perform(
    piece: Piece,
    clock: Clock,
    *,
    name: str,
    seed: int,
    length_s: float,
    random: np.random.Generator,
    manner: Manner = Manner(),
    genre: str = "",
) -> Take:
    """Play a piece on a clock.

    Parameters
    ----------
    clock : quarters to seconds; what falls before 0 s or after `length_s` is not played
    """
    tracks, roles, sounding, melody, drums, pedals = [], [], [], None, [], []
    for line in piece.lines:
        strokes, controls, voice = _played(line, clock, length_s=length_s, manner=manner, random=random)
        if not len(strokes):
            continue
        tracks.append(
            Track(
                name=line.name,
                program=line.program,
                is_percussion=line.role == "drums",
                strokes=tuple(map(Stroke, *(strokes[:, 0].tolist(), strokes[:, 1].tolist(), *strokes[:, 2:4].astype(int).T.tolist()))),
                controls=controls,
            )
        )
        roles.append(line.role)
        if line.role == "drums":
            drums.append(strokes)
        else:
            sounding.append(strokes)
        if voice is not None and melody is None:
            melody = (strokes, voice)
        if SUSTAIN in controls:
            pedals.append(clock.seconds(line.pedal))
    beats, metres = _beats(piece, clock, length_s)
    truth = Knowledge(
        duration_s=length_s,
        tempo=_tempo(beats),
        beats=beats,
        metre=_metre(piece.bars, metres),
        key=_key(piece.keys, clock, length_s),
        local_keys=_segments(piece.keys, clock, length_s, fill=None),
        chords=_segments(piece.chords, clock, length_s, fill="N"),
        sections=_segments(piece.sections, clock, length_s, fill=None),
        notes=_notes(sounding),
        melody_notes=_notes([melody[0]]) if melody else None,
        melody=_f0(melody[1]) if melody else None,
    )
    return Take(
        id=name,
        seed=seed,
        tracks=tuple(tracks),
        roles=tuple(roles),
        truth=truth,
        metres=metres,
        drums=_drums(drums),
        pedal=_pedal(pedals, length_s),
        swing=piece.swing,
        origins=piece.origins,
        genre=genre or piece.style.partition("/")[0],
        notes=dict(piece.facts),
    )


def _played(
    line: Line, clock: Clock, *, length_s: float, manner: Manner, random: np.random.Generator
) -> tuple[Float64Array, dict[int, Curve], Sung | None]:
    """Strokes of a line as rows (onset_s, release_s, key, velocity), in order, its controls, and its pitch where it is a tune."""
    tune = line.role in ("sung", "lead", "solo") and not line.chordal
    notes = one_at_a_time(line.notes) if tune else line.notes
    onset = clock.seconds(notes[:, ONSET])
    release = np.maximum(clock.seconds(notes[:, ONSET] + notes[:, DURATION]), onset + 0.03)
    key = np.rint(notes[:, PITCH])
    controls: dict[int, Curve] = {}
    if line.role == "drums":
        ring = np.array([_RING_S.get(drum_class(int(k)), 0.2) for k in key])
        choked = np.array([int(k) in CHOKES for k in key], dtype=bool) & (random.random(len(key)) < manner.choke)
        release = onset + np.where(choked, 0.15 + 0.2 * random.random(len(key)), ring)
    elif len(line.pedal):
        spans = clock.seconds(line.pedal)
        times = np.column_stack([spans[:, 0], np.maximum(spans[:, 1], spans[:, 0] + 1e-3)]).ravel()
        controls[SUSTAIN] = Curve(np.maximum.accumulate(times), np.tile([127.0, 0.0], len(spans)))
        release = releases(onset, release, key.astype(np.int64), sustain=controls[SUSTAIN], sostenuto=None)
    inside = (onset > -_EARLY_S) & (onset < length_s - 0.02) & (key >= 0) & (key <= 127)
    rows = np.column_stack([np.maximum(onset, 0.0), release, key, np.clip(np.rint(notes[:, VELOCITY]), 1, 127)])[inside]
    rows[:, 1] = np.clip(rows[:, 1], rows[:, 0] + 0.02, length_s)
    rows = rows[np.lexsort((rows[:, 2], rows[:, 0]))]
    rows = _one_per_key(rows)
    voice = None
    if tune and len(rows):
        rows[:-1, 1] = np.minimum(rows[:-1, 1], np.maximum(rows[1:, 0], rows[:-1, 0] + 0.02))
        bends = line.role == "sung" or line.program >= _FIRST_BENDING
        voice = sung(rows[:, 0], rows[:, 1], rows[:, 2], manner.singing if bends else Singing(), end_s=length_s, random=random)
        controls.update(voice.controls)
    if line.role == "bass" and manner.bass.glide > 0 and line.program >= _FIRST_BENDING and len(rows):
        stops = np.minimum(rows[:, 1], np.append(rows[1:, 0], np.inf))
        controls.update(sung(rows[:, 0], stops, rows[:, 2], manner.bass, end_s=length_s, random=random).controls)
    if manner.swell > 0 and line.role in ("pad", "sung", "lead", "counter") and len(rows):
        controls.update(swells(rows[:, 0], rows[:, 1], depth=manner.swell, random=random))
    if SUSTAIN in controls:
        controls[SUSTAIN] = _cut(controls[SUSTAIN], length_s)
    return rows, controls, voice


def _cut(curve: Curve, length_s: float) -> Curve:
    kept = curve.time_s < length_s
    return Curve(np.maximum(curve.time_s[kept], 0.0), curve.value[kept])


def _one_per_key(rows: Float64Array) -> Float64Array:
    """Let no key be struck while it is down: a stroke ends where the next one of its key begins; of two within 10 ms the first stays."""
    if not len(rows):
        return rows
    order = np.lexsort((rows[:, 0], rows[:, 2]))
    sorted_rows = rows[order]
    same = np.diff(sorted_rows[:, 2]) == 0
    gap = np.diff(sorted_rows[:, 0])
    double = np.concatenate([[False], same & (gap < 0.01)])
    sorted_rows, order = sorted_rows[~double], order[~double]
    same = np.diff(sorted_rows[:, 2]) == 0
    following = np.where(np.append(same, False), np.append(sorted_rows[1:, 0], np.inf), np.inf)
    sorted_rows[:, 1] = np.maximum(np.minimum(sorted_rows[:, 1], following), sorted_rows[:, 0] + 0.005)
    back: Float64Array = sorted_rows[np.argsort(order, kind="stable")]
    return back


def _beats(piece: Piece, clock: Clock, length_s: float) -> tuple[Beats | None, Segments | None]:
    if piece.bars is None:
        if piece.pulse is None:
            return None, None
        time_s = clock.seconds(np.arange(0.0, piece.end + 1e-6, piece.pulse))
        time_s = time_s[(time_s >= 0) & (time_s < length_s)]
        return Beats(time_s=time_s, position=np.zeros(len(time_s), dtype=np.int64), engine=_ENGINE), None
    quarters, positions = [], []
    for bar in piece.bars:
        count = max(1, int(bar.length / bar.beat + 1e-6))
        for index in range(count):
            quarters.append(bar.end - (count - index) * bar.beat if bar.length < bar.full - 1e-6 else bar.start + index * bar.beat)
            missing = bar.felt - count if bar is piece.bars[0] else 0
            positions.append(missing + index + 1)
    time_s = clock.seconds(np.array(quarters))
    kept = (time_s >= -1e-9) & (time_s < length_s)
    beats = Beats(time_s=np.maximum(time_s[kept], 0.0), position=np.array(positions)[kept], engine=_ENGINE)
    return beats, _segments(tuple(Span(bar.start, bar.end, bar.name) for bar in piece.bars), clock, length_s, fill=None)


def _tempo(beats: Beats | None) -> Tempo | None:
    if beats is None or len(beats) < 3:
        return None
    return Tempo(hypotheses=(TempoHypothesis(bpm=float(60.0 / np.median(np.diff(beats.time_s))), confidence=1.0),), engine=_ENGINE)


def _metre(bars: tuple[BarLine, ...] | None, metres: Segments | None) -> Metre | None:
    if not bars or metres is None or not len(metres):
        return None
    first = next(bar for bar in bars if bar.name == metres.label[0])
    felt, parts = felt_metre(first.beats, first.beat_type)
    return Metre(
        beats_per_bar=felt, beat_type=first.beat_type, beat_division=parts, confidence=1.0, division_confidence=1.0, engine=_ENGINE
    )


def _segments(spans: tuple[Span, ...] | None, clock: Clock, length_s: float, *, fill: str | None) -> Segments | None:
    """Spans in seconds, equal neighbours joined; `fill` labels what lies before, between and after."""
    if not spans:
        return None
    start = clock.seconds(np.array([span.start for span in spans])).tolist()
    end = clock.seconds(np.array([span.end for span in spans])).tolist()
    rows: list[tuple[float, float, str]] = []

    def add(left: float, right: float, label: str) -> None:
        if right - left < 1e-4:
            return
        if rows and rows[-1][2] == label and abs(rows[-1][1] - left) < 1e-6:
            rows[-1] = (rows[-1][0], right, label)
        else:
            rows.append((left, right, label))

    at = 0.0
    for left, right, span in zip(start, end, spans, strict=True):
        left, right = float(np.clip(left, at, length_s)), float(np.clip(right, at, length_s))
        if fill is not None:
            add(at, left, fill)
        add(left, right, span.label)
        at = max(at, right)
    if fill is not None:
        add(at, length_s, fill)
    if not rows:
        return None
    return Segments(
        start_s=np.array([row[0] for row in rows]),
        end_s=np.array([row[1] for row in rows]),
        label=tuple(row[2] for row in rows),
        engine=_ENGINE,
    )


def _key(keys: tuple[Span, ...] | None, clock: Clock, length_s: float) -> Key | None:
    """The key that lasts longest in the take."""
    segments = _segments(keys, clock, length_s, fill=None)
    if segments is None:
        return None
    lasting: dict[str, float] = {}
    for start, end, label in zip(segments.start_s, segments.end_s, segments.label, strict=True):
        lasting[label] = lasting.get(label, 0.0) + float(end - start)
    tonic, mode = max(lasting, key=lambda label: lasting[label]).split()
    return Key(tonic=tonic, mode=mode, confidence=1.0, engine=_ENGINE)


def _notes(strokes: list[Float64Array]) -> Notes:
    rows = np.concatenate(strokes) if strokes else np.empty((0, 4))
    rows = rows[np.lexsort((rows[:, 2], rows[:, 0]))]
    return Notes(onset_s=rows[:, 0], offset_s=rows[:, 1], pitch=rows[:, 2], velocity=rows[:, 3] / 127.0, engine=_ENGINE)


def _f0(voice: Sung) -> F0:
    voiced = np.isfinite(voice.pitch)
    f0_hz = np.where(voiced, 440.0 * 2.0 ** ((np.nan_to_num(voice.pitch, nan=69.0) - 69.0) / 12.0), 0.0)
    return F0(time_s=voice.time_s, f0_hz=f0_hz, voicing=voiced.astype(np.float64), engine=_ENGINE)


def _drums(strokes: list[Float64Array]) -> Events:
    """Every stroke by class; an empty list says that there are no drums, which is known as well."""
    rows = np.concatenate(strokes) if strokes else np.empty((0, 4))
    rows = rows[np.lexsort((rows[:, 2], rows[:, 0]))]
    return Events(time_s=rows[:, 0], label=tuple(drum_class(int(key)) for key in rows[:, 2]), engine=_ENGINE)


def _pedal(spans: list[Float64Array], length_s: float) -> Segments | None:
    rows = np.clip(np.concatenate(spans), 0.0, length_s) if spans else np.empty((0, 2))
    rows = rows[rows[:, 1] > rows[:, 0]]
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    return Segments(start_s=rows[:, 0], end_s=rows[:, 1], label=("down",) * len(rows), engine=_ENGINE) if len(rows) else None
