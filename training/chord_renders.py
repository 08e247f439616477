"""Labelled clips for the chord model, rendered crudely from train/: what published chroma does not show.

POP909's arrangements as they are, on a bright organ, with a drummer from the Groove MIDI Dataset, and as rock: the annotated chords as
power chords through a clipper, with bass and loud drums; beside them, clips without harmony (drums alone, noise) for "no chord".
A clip is drawn from a seed. ``python training/chord_renders.py --data DATA`` measures the shipped model on clips it was not trained on.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import symusic
from billboard import IGNORED, chord_state
from crude_synth import RATE_HZ, Note, mix, tone

from hexachord.audio_analysis.chord_model import STATES, to_model_hop
from hexachord.dsp.frontend import FrontEnd

LENGTH_S = 30.0
KINDS = ("plain", "organ", "drums", "rock", "rock", "no harmony")  # in turn
_LAST_TRAINING_SONG = 680  # the rest of train/ is for choosing


@dataclass(frozen=True, kw_only=True, eq=False)
class ChordClip:
    """A rendered clip: note chroma from C on the chord model's grid, a state per frame, and the chords as written."""

    kind: str
    bass: np.ndarray  # (frames, 12)
    treble: np.ndarray
    hop_s: float
    state: np.ndarray  # (frames,), IGNORED where none is known
    chord_s: np.ndarray  # (chords, 2) seconds
    labels: tuple[str, ...]
    audio: np.ndarray


def notes_of(path: Path, *, drum: bool = False) -> list[Note]:
    score = symusic.Score(str(path)).to("second")
    return [
        Note(start_s=n.start, length_s=max(n.duration, 0.05), pitch=n.pitch, velocity=n.velocity / 127, drum=drum)
        for track in score.tracks
        for n in track.notes
    ]


def excerpt(notes: list[Note], *, first_s: float, transpose: int = 0) -> list[Note]:
    """Move the clock to `first_s`; keep what sounds within `LENGTH_S`."""
    return [
        Note(
            start_s=n.start_s - first_s, length_s=n.length_s, pitch=n.pitch + (0 if n.drum else transpose), velocity=n.velocity, drum=n.drum
        )
        for n in notes
        if -4 < n.start_s - first_s < LENGTH_S
    ]


def chords_of(folder: Path) -> tuple[np.ndarray, list[str]]:
    rows = [line.split() for line in (folder / "chord_midi.txt").read_text().splitlines()]
    rows = [row for row in rows if len(row) == 3]
    return np.array([[float(row[0]), float(row[1])] for row in rows]), [row[2] for row in rows]


def organ(notes: list[Note], *, random: np.random.Generator) -> np.ndarray:
    """Sustained tones with slowly falling partials, somewhat detuned: (n,) float32."""
    out = np.zeros(int(LENGTH_S * RATE_HZ), dtype=np.float32)
    slope, cents = random.uniform(0.5, 1.2), random.normal(0, 4)
    for note in notes:
        f0_hz = 440 * 2 ** ((note.pitch - 69 + cents / 100) / 12)
        t = np.arange(int(min(note.length_s, 6.0) * RATE_HZ)) / RATE_HZ
        count = max(1, min(12, int(9500 / f0_hz)))
        sound = sum(np.sin(2 * np.pi * f0_hz * k * t + random.uniform(0, 6.28)) / k**slope for k in range(1, count + 1))
        edges = np.clip(t / 0.01, 0, 1) * np.clip((len(t) / RATE_HZ - t) / 0.03, 0, 1)
        _add(out, (sound * edges * note.velocity * 0.1).astype(np.float32), note.start_s)
    return out


def guitar(chord_s: np.ndarray, states: np.ndarray, *, random: np.random.Generator) -> tuple[np.ndarray, list[Note]]:
    """Strum root, fifth, octave and sometimes the third through a clipper; the bass notes that go with it. (n,) float32."""
    clean = np.zeros(int(LENGTH_S * RATE_HZ), dtype=np.float32)
    bass: list[Note] = []
    step_s, bright = float(random.choice([0.2, 0.25, 0.33, 0.5, 1.0])), float(random.uniform(1.0, 1.5))
    for (begin, end), state in zip(chord_s, states, strict=True):
        if state in (IGNORED, STATES - 1) or end < 0 or begin > LENGTH_S:
            continue
        root, quality = divmod(int(state), (STATES - 1) // 12)
        pitch = 40 + (root - 4) % 12
        third = 3 if quality in (1, 4, 5, 6) else 4
        shape = [0, 7, 12, 12 + third, 19] if random.random() < 0.75 else [0, 7, 12, 12 + third]
        for at in np.arange(begin, end - 0.05, step_s):
            for semitones in shape:
                level = float(random.uniform(0.5, 0.9))
                strum = Note(start_s=at, length_s=min(step_s * 1.1, end - at), pitch=pitch + semitones, velocity=level)
                _add(clean, tone(strum, random=random, bright=bright, decay=0.5), at)
            bass.append(Note(start_s=at, length_s=step_s, pitch=pitch - 12, velocity=0.8))
    drive = 10 ** (random.uniform(0, 22) / 20)
    dirty = np.tanh(drive * clean / max(float(np.abs(clean).std()) * 2, 1e-6))
    return dirty.astype(np.float32), bass


def _add(target: np.ndarray, sound: np.ndarray, start_s: float) -> None:
    first = round(start_s * RATE_HZ)
    cut = max(0, -first)
    piece = sound[cut : cut + max(0, len(target) - max(first, 0))]
    target[max(first, 0) : max(first, 0) + len(piece)] += piece


def render(kind: str, *, data: Path, grooves: list[str], songs: tuple[int, int], seed: int) -> ChordClip:
    """Render one clip of a kind."""
    random = np.random.default_rng(seed)
    folder = data / "train" / "pop909" / f"{int(random.integers(*songs)):03d}"
    chord_s, labels = chords_of(folder)
    first_s = float(random.uniform(chord_s[0, 0], max(chord_s[0, 0] + 1, chord_s[-1, 0] - LENGTH_S)))
    chord_s = chord_s - first_s
    states = np.array([chord_state(label) for label in labels])
    hiss_db = float(random.uniform(-70, -30))
    silent = kind == "no harmony"
    drums = []
    if kind in ("drums", "rock") or silent:
        beat = notes_of(data / "train" / "groove" / grooves[int(random.integers(len(grooves)))], drum=True)
        turn_s = max(n.start_s for n in beat) + 0.3
        turns = int(LENGTH_S / turn_s) + 1
        drums = excerpt([Note(start_s=n.start_s + k * turn_s, length_s=0.2, pitch=n.pitch, velocity=n.velocity, drum=True)
                         for k in range(turns) for n in beat], first_s=0.0)  # fmt: skip
    melodic = [] if silent else excerpt(notes_of(folder / f"{folder.name}.mid"), first_s=first_s)
    if kind == "organ":
        audio = organ(melodic, random=random)
    elif kind == "rock":
        strummed, bass = guitar(chord_s, states, random=random)
        voice = [n for n in melodic if n.pitch > 58] if random.random() < 0.5 else []
        audio = mix([*drums, *bass, *voice], length_s=LENGTH_S, random=random, drum_gain=float(random.uniform(0.5, 2.0)), hiss_db=hiss_db)
        audio = audio / max(float(audio.std()), 1e-6) + random.uniform(0.4, 1.5) * strummed / max(float(strummed.std()), 1e-6)
    elif silent and random.random() < 0.25:
        audio = (
            np.cumsum(random.normal(size=int(LENGTH_S * RATE_HZ))) if random.random() < 0.5 else random.normal(size=int(LENGTH_S * RATE_HZ))
        )
        audio = np.diff(audio, prepend=0.0) * 0.5 + random.normal(size=len(audio)) * 0.1
    else:
        audio = mix([*melodic, *drums], length_s=LENGTH_S, random=random, drum_gain=float(random.uniform(0.4, 2.0)), hiss_db=hiss_db)
    audio = (0.8 * audio / max(float(np.abs(audio).max()), 1e-6)).astype(np.float32)
    front = FrontEnd(audio, rate_hz=RATE_HZ)
    bass_chroma, hop_s, shift_s = to_model_hop(front.note_chroma.bass, hop_s=front.hop_s)
    treble, _, _ = to_model_hop(front.note_chroma.treble, hop_s=front.hop_s)
    times = shift_s + hop_s * np.arange(len(treble))
    index = np.searchsorted(chord_s[:, 0], times, side="right") - 1
    state = np.where((index >= 0) & (times < chord_s[np.maximum(index, 0), 1]), states[np.maximum(index, 0)], IGNORED)
    if silent:
        state, chord_s, labels = np.full(len(times), STATES - 1), np.array([[0.0, LENGTH_S]]), ["N"]
    elif kind == "rock":
        state = np.where(state == STATES - 1, IGNORED, state)
    return ChordClip(
        kind=kind, bass=bass_chroma, treble=treble, hop_s=hop_s, state=state, chord_s=chord_s, labels=tuple(labels), audio=audio
    )  # fmt: skip


def render_clips(data: Path, *, count: int, held_out: bool, seed: int = 0) -> list[ChordClip]:
    """Render `count` clips, the kinds in turn; those held out come from songs and grooves that training clips never use."""
    rows = list(csv.DictReader((data / "train" / "groove" / "info.csv").open()))
    names = [row["midi_filename"] for row in rows if row["beat_type"] == "beat" and float(row["duration"]) > 8]
    grooves = names[::8] if held_out else [name for number, name in enumerate(names) if number % 8]
    songs = (_LAST_TRAINING_SONG + 1, 761) if held_out else (1, _LAST_TRAINING_SONG + 1)
    base = seed * 1_000_003 + (500_000 if held_out else 0)
    return [render(KINDS[k % len(KINDS)], data=data, grooves=grooves, songs=songs, seed=base + k) for k in range(count)]


def measure(clips: list[ChordClip]) -> dict[str, dict[str, float]]:
    """Score decoded chords by kind: majmin, and the share of time called N where there is harmony and where there is none."""
    from hexachord.audio_analysis.harmony import estimate_chords
    from hexachord.metrics import chord

    out: dict[str, dict[str, float]] = {}
    for kind in dict.fromkeys(clip.kind for clip in clips):
        compared, nothing = [], []
        for clip in clips:
            if clip.kind != kind:
                continue
            found = estimate_chords(clip.treble, clip.bass, hop_s=clip.hop_s)
            lengths = found.end_s - found.start_s
            nothing.append(float(lengths[[label == "N" for label in found.label]].sum() / lengths.sum()))
            inside = (clip.chord_s[:, 1] > 0) & (clip.chord_s[:, 0] < LENGTH_S)
            labels = [label for label, keep in zip(clip.labels, inside, strict=True) if keep]
            compared.append(
                chord.compare(
                    clip.chord_s[inside].clip(0, LENGTH_S), labels, np.stack([found.start_s, found.end_s], 1).clip(0), found.label
                )
            )
        out[kind] = {"majmin": chord.pool(compared).get("majmin", float("nan")), "n": float(np.mean(nothing))}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    for kind, scores in measure(render_clips(options.data, count=options.count, held_out=True)).items():
        print(f"{kind}: majmin {scores['majmin']:.3f}, N {scores['n']:.3f}")


if __name__ == "__main__":
    main()
