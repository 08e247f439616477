"""Train the note transcriber: ``python training/notes.py --data DIR --salamander DIR --font SF2 --tune-font SF3``.

Writes ``src/hexachord/models/weights/notes.npz``: templates of single tones (means of their spectra), the network that judges candidates,
and linear fits of velocity and of how late a note shows. About seven minutes on one core. Sounds and licences: `note_renders`.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import soxr
from note_renders import Clip, Sounds, clips, play_font, salamander_samples
from sklearn.neural_network import MLPClassifier

from hexachord.metrics.transcription import note_f
from hexachord.transcription.activations import HOP, LOWEST_PITCH, PITCHES, RATE_HZ, WINDOW, activate, note_spectrum
from hexachord.transcription.onset_features import Candidates, find_candidates

WEIGHTS = Path(__file__).parents[1] / "src" / "hexachord" / "models" / "weights" / "notes.npz"
PLUCKED, SUSTAINED, BRASS, FLUTES = (4, 6, 24, 25, 26, 33, 46), (48, 41, 19, 16, 81), (56, 60, 65, 68), (71, 73, 52)
FONT_SPANS = ((0, 3), (5, 15), (25, 55))  # frames after the onset: attack, early, late
PIANO_SPANS = ((-1, 3), (4, 14), (25, 70))
TOLERANCE_S = 0.05
HIDDEN = (64, 32)
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5)


def unit(spectrum: np.ndarray) -> np.ndarray:
    return spectrum / (spectrum.sum(axis=-1, keepdims=True) + 1e-9)


def font_tones(program: int, font: Path) -> np.ndarray:
    """Spectra of every pitch of an instrument: (pitches, spans, bins)."""
    rows = np.array([(1 + 2.5 * n, 2.5 + 2.5 * n, LOWEST_PITCH + n, 80) for n in range(PITCHES)])
    spectrum = note_spectrum(play_font([(program, False, rows)], font, seconds=2.5 * PITCHES + 3))
    starts = np.rint(rows[:, 0] * RATE_HZ / HOP).astype(int)
    return np.array([[unit(spectrum[at + a : at + b].mean(axis=0)) for a, b in FONT_SPANS] for at in starts])


def piano_tones(folder: Path) -> np.ndarray:
    """Spectra of the sampled piano, every pitch moved from its two nearest samples."""
    samples = salamander_samples(folder)
    keys = sorted({pitch for pitch, _ in samples})
    tones = np.zeros((PITCHES, 3, note_spectrum(np.zeros(HOP, np.float32)).shape[1]))
    for index in range(PITCHES):
        pitch = LOWEST_PITCH + index
        for key in sorted(keys, key=lambda key: abs(key - pitch))[:2]:
            for (sampled, _), (sound, rate_hz) in samples.items():
                if sampled != key:
                    continue
                moved = soxr.resample(sound, rate_hz * 2 ** ((pitch - key) / 12), RATE_HZ, quality="MQ")[: 3 * RATE_HZ]
                spectrum = note_spectrum(np.concatenate([np.zeros(2 * WINDOW, np.float32), moved]))
                at = 2 * WINDOW // HOP
                for span, (a, b) in enumerate(PIANO_SPANS):
                    tones[index, span] += unit(spectrum[at + a : at + b].mean(axis=0)) / (1 + abs(key - pitch))
    return unit(tones)


def make_templates(sounds: Sounds) -> np.ndarray:
    """(pitches, 8, bins) float16: the piano's three spans, two of plucked, and sustained, brass and flutes."""
    wanted = (0, *PLUCKED, *SUSTAINED, *BRASS, *FLUTES)
    tones = {program: font_tones(program, sounds.train_font) for program in wanted}
    piano = 0.6 * piano_tones(sounds.salamander) + 0.4 * tones[0]
    groups = [piano[:, 0], piano[:, 1], piano[:, 2]]
    groups += [np.mean([tones[program][:, span] for program in PLUCKED], axis=0) for span in (0, 1)]
    groups += [np.mean([tones[program][:, 1] for program in family], axis=0) for family in (SUSTAINED, BRASS, FLUTES)]
    templates = np.stack(groups, axis=1)
    silent = templates.sum(axis=2) < 0.5  # an instrument without that pitch: the piano's stands in
    templates[silent] = np.repeat(piano[:, 1:2], templates.shape[1], axis=1)[silent]
    return unit(templates).astype(np.float16)


def see(clip: Clip, templates: np.ndarray) -> Candidates:
    spectrum = note_spectrum(clip.signal)
    flat = templates.reshape(-1, templates.shape[-1]).astype(np.float32)
    return find_candidates(spectrum, activate(spectrum, flat).reshape(len(spectrum), PITCHES, -1), clip.signal)


def label(found: Candidates, notes: np.ndarray) -> np.ndarray:
    """Row of the note each candidate is, or -1; each note has one candidate at most."""
    time_s = found.frame * (HOP / RATE_HZ)
    truth = np.full(len(time_s), -1)
    for number, (onset, _, pitch, _) in enumerate(notes):
        near = np.flatnonzero((found.pitch_index == pitch - LOWEST_PITCH) & (np.abs(time_s - onset - 0.012) <= TOLERANCE_S) & (truth < 0))
        if len(near):
            truth[near[np.abs(time_s[near] - onset - 0.012).argmin()]] = number
    return truth


def ridge(values: np.ndarray, target: np.ndarray, weight: float = 10.0) -> np.ndarray:
    wide = np.hstack([values, np.ones((len(values), 1))])
    return np.linalg.solve(wide.T @ wide + weight * np.eye(wide.shape[1]), wide.T @ target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("data", "salamander", "font", "tune-font"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    sounds = Sounds(salamander=given.salamander, train_font=given.font, tune_font=given.tune_font)
    templates = make_templates(sounds)
    seen = [(clip, see(clip, templates)) for clip in clips(given.data, sounds)]
    truth = [label(found, clip.notes) for clip, found in seen]
    training = [number for number, (clip, _) in enumerate(seen) if not clip.tuning]
    features = np.concatenate([seen[number][1].features for number in training])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    network = MLPClassifier(HIDDEN, alpha=1e-3, early_stopping=True, random_state=0, max_iter=40, batch_size=512)
    network.fit((features - mean) / scale, np.concatenate([truth[number] >= 0 for number in training]))
    hits, velocity, lag_s = [], [], []
    for number in training:
        clip, found = seen[number]
        if clip.piano:
            right = truth[number] >= 0
            hits.append((found.features[right] - mean) / scale)
            velocity.append(clip.notes[truth[number][right], 3] / 127)
            lag_s.append(clip.notes[truth[number][right], 0] - found.frame[right] * (HOP / RATE_HZ))
    table = {"templates": templates, "mean": mean, "scale": scale}
    table["velocity"] = ridge(np.concatenate(hits), np.concatenate(velocity))
    table["lag"] = ridge(np.concatenate(hits), np.concatenate(lag_s))
    for layer, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        table[f"weight{layer}"], table[f"bias{layer}"] = weight, bias
    with WEIGHTS.open("wb") as file:
        np.savez_compressed(
            file, **{name: array if array.dtype == np.float16 else array.astype(np.float32) for name, array in table.items()}
        )
    scores: dict[str, list[float]] = {}
    for clip, found in (pair for pair in seen if pair[0].tuning):
        scaled = (found.features - mean) / scale
        chance = network.predict_proba(scaled)[:, 1]
        onset = np.maximum(found.frame * (HOP / RATE_HZ) + np.hstack([scaled, np.ones((len(scaled), 1))]) @ table["lag"], 0)
        for threshold in THRESHOLDS:
            kept = chance >= threshold
            heard = np.stack([onset[kept], onset[kept] + 0.1], axis=1)
            f = note_f(clip.notes[:, :2], clip.notes[:, 2], heard, found.pitch_index[kept] + float(LOWEST_PITCH)).f
            scores.setdefault(f"{'piano' if clip.piano else 'band'} {threshold}", []).append(f)
    print(json.dumps({name: round(float(np.mean(values)), 4) for name, values in scores.items()}, indent=1))


if __name__ == "__main__":
    main()
