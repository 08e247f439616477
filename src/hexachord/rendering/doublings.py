"""Parts that follow others: sequencers over chords, the same tune for somebody else, a second voice below it."""

import numpy as np

from hexachord.rendering.accompaniment import chord_at, near, parsed
from hexachord.rendering.music import BarLine, Line, Span, label_at, notes_of, shifted


def sequence_line(
    bars: tuple[BarLine, ...], chords: tuple[Span, ...], *, program: int, random: np.random.Generator, centre: float = 60.0
) -> Line:
    """Repeat a figure of chord tones as a sequencer does: eight or sixteen steps (three to a beat in compound metres), some of them silent,
    over one octave to three."""
    bar = bars[-1]
    step = 0.5 if bar.beat > 1.0 and bar.beat_type == 8 else float(random.choice([0.25, 0.25, 0.25, 0.5])) if bar.beat_type == 4 else 0.5
    length = int(random.choice([3, 6, 8, 8, 16, 16, 16, 12]))
    reach, rest = int(random.choice([3, 4, 6, 8])), float(random.choice([0.0, 0.0, 0.15, 0.3]))
    choice = random.random()
    if choice < 0.3:
        figure = np.arange(length) % reach
    elif choice < 0.45:
        figure = np.abs((np.arange(length) + reach - 1) % max(2 * reach - 2, 1) - reach + 1)
    else:
        figure = random.integers(0, reach, length)
    sounds = (random.random(length) >= rest) | (np.arange(length) == 0)
    accents = random.random(length) < 0.25
    gate = float(random.uniform(0.4, 1.0))
    rows: list[tuple[float, float, float, float]] = []
    for number, at in enumerate(np.arange(bars[0].start, bars[-1].end - 1e-6, step).tolist()):
        place = number % length
        chord, _ = chord_at(chords, at)
        if not sounds[place] or chord is None or not chord.is_chord:
            continue
        tones = sorted({(chord.root + semitone) % 12 for semitone in chord.intervals if semitone < 12})
        low = int(near(tones[0], centre - 6, centre - 12, centre))
        index = int(figure[place])
        pitch = low + (tones[index % len(tones)] - tones[0]) % 12 + 12 * (index // len(tones))
        rows.append((at, max(0.1, step * gate), float(pitch), 96.0 if accents[place] or place == 0 else 80.0))
    return Line(role="chords", program=program, name="sequence", notes=notes_of(rows))


def doubled(line: Line, *, program: int, semitones: float, name: str = "doubling") -> Line:
    """Let somebody play the same in another octave, or in unison."""
    notes = shifted(line.notes, 0.0, semitones) - [0.0, 0.0, 0.0, 6.0]
    inside = (notes[:, 2] >= 24) & (notes[:, 2] <= 104)
    return Line(role="counter", program=program, name=name, notes=notes[inside], written=line.written)


def second_voice(tune: Line, chords: tuple[Span, ...], *, program: int) -> Line:
    """Double a tune below: the nearest chord tone at least a third under it; silent where no chord is known."""
    rows = []
    for onset, duration, pitch, velocity in tune.notes:
        chord = parsed(label_at(chords, onset) or "N")
        if chord.is_chord:
            classes = chord.pitch_classes()
            below = next((p for p in range(int(pitch) - 3, int(pitch) - 10, -1) if p % 12 in classes), None)
            if below is not None:
                rows.append((onset, duration, float(below), velocity - 8.0))
    return Line(role="counter", program=program, name="second voice", notes=notes_of(rows), written=tune.written)
