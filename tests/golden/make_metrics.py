"""Make metrics.json: generated cases scored by mir_eval 0.8, for tests/metrics. Run in the environment of the `peers` extra.

    python tests/golden/make_metrics.py

Inputs are rounded to what the JSON keeps before they are scored, so the test scores exactly the same numbers. Velocity and overlap scores
depend on which of several maximum matchings is taken, so those cases keep notes of one pitch apart.
"""

import json
import warnings
from pathlib import Path

import mir_eval
import numpy as np

warnings.simplefilter("ignore")
RNG = np.random.default_rng(20)
QUALITIES = [
    "maj",
    "min",
    "7",
    "maj7",
    "min7",
    "sus4",
    "dim",
    "aug",
    "hdim7",
    "maj6",
    "5",
    "1",
    "9",
    "min9",
    "sus2",
    "dim7",
    "minmaj7",
    "11",
    "13",
]


def times(count, mean, *, jitter, start=0.3):
    return np.round(start + np.cumsum(mean * (1 + jitter * RNG.standard_normal(count)).clip(0.2)), 3)


def beats():
    cases = []
    for kind in ("close", "double", "half", "off", "drift", "random", "short", "one", "empty", "same", "two"):
        ref = times(40, 0.5, jitter=0.03)
        est = np.sort(np.round(ref + 0.03 * RNG.standard_normal(len(ref)), 3))
        if kind == "double":
            est = np.sort(np.round(np.concatenate([ref, (ref[1:] + ref[:-1]) / 2]) + 0.01 * RNG.standard_normal(2 * len(ref) - 1), 3))
        if kind == "half":
            est = est[::2]
        if kind == "off":
            est = np.round((est[1:] + est[:-1]) / 2, 3)
        if kind == "drift":
            est = np.round(ref * 1.03, 3)
        if kind == "random":
            est = np.sort(np.round(RNG.uniform(0, 20, 37), 3))
        if kind == "short":
            ref, est = ref[:3], est[:4]
        if kind == "one":
            est = est[:1]
        if kind == "empty":
            est = est[:0]
        if kind == "same":
            est = ref
        if kind == "two":
            ref = ref[:2]
        cemgil = mir_eval.beat.cemgil(ref, est)
        continuity = mir_eval.beat.continuity(ref, est)
        cases.append(
            {
                "kind": kind,
                "reference": ref.tolist(),
                "estimated": est.tolist(),
                "expected": {
                    "f": mir_eval.beat.f_measure(ref, est),
                    "cemgil": cemgil[0],
                    "cemgil_best": cemgil[1],
                    "cmlc": continuity[0],
                    "cmlt": continuity[1],
                    "amlc": continuity[2],
                    "amlt": continuity[3],
                    "p_score": mir_eval.beat.p_score(ref, est),
                    "onset_f": mir_eval.onset.f_measure(ref, est)[0],
                    "onset_precision": mir_eval.onset.f_measure(ref, est)[1],
                },
            }
        )
    return cases


def tempi():
    cases = []
    for _ in range(20):
        ref, weight = np.round(RNG.uniform(60, 180, 2), 1), float(np.round(RNG.uniform(), 3))
        est = np.round(ref[RNG.permutation(2)] * RNG.choice([1.0, 1.05, 1.2, 2.0], 2), 1)
        p, one, both = mir_eval.tempo.detection(ref, weight, est)
        case = {"reference": ref.tolist(), "weight": weight, "estimated": est.tolist()}
        cases.append({**case, "expected": {"p": float(p), "one": bool(one), "both": bool(both)}})
    return cases


def keys():
    names = [f"{tonic} {mode}" for tonic in ("C", "C#", "Eb", "F#", "G", "A", "Bb", "B") for mode in ("major", "minor")]
    return [[a, b, mir_eval.key.weighted_score(a, b)] for a in names for b in names]


def chord_label():
    root = RNG.choice(["C", "C#", "Db", "D", "Eb", "E", "F", "F#", "Gb", "G", "Ab", "A", "Bb", "B", "Cb", "F##"])
    quality = str(RNG.choice(QUALITIES, p=np.array([8, 6, 3, 2, 3] + [1] * 14) / 36))
    label = f"{root}:{quality}"
    if RNG.uniform() < 0.15:
        label += str(RNG.choice(["(9)", "(*3)", "(b7)", "(4,*3)", "(#11)", "(b9,13)", "(*5)"]))
    if RNG.uniform() < 0.2:
        label += str(RNG.choice(["/3", "/b3", "/5", "/b7", "/2", "/9"]))
    chance = RNG.uniform()
    return "N" if chance < 0.05 else "X" if chance < 0.08 else f"{root}:(1,3,b7)" if chance < 0.11 else label


def segments(end, count, label, *, start=0.0):
    cuts = np.round(np.sort(RNG.uniform(start + 0.2, end - 0.2, count)), 3)
    bounds = np.unique(np.concatenate([[start], cuts, [end]]))
    return np.stack([bounds[:-1], bounds[1:]], axis=1), [label() for _ in bounds[1:]]


def chords():
    cases = []
    for number in range(12):
        ref, ref_labels = segments(60.0, 30, chord_label)
        # Half of the time the estimate says what the reference says, and it starts late and ends early or late.
        est, est_labels = segments(float(RNG.choice([55.0, 60.0, 64.0])), 34, chord_label, start=float(RNG.choice([0.0, 1.5])))
        middle = ref_labels[:]
        est_labels = [
            middle[min(int(np.searchsorted(ref[:, 1], (a + b) / 2)), len(middle) - 1)] if RNG.uniform() < 0.6 else label
            for (a, b), label in zip(est, est_labels, strict=True)
        ]
        if number == 10:
            est, est_labels = ref.copy(), ref_labels[:]
        if number == 11:
            est, est_labels = np.array([[0.0, 60.0]]), ["N"]
        scores = mir_eval.chord.evaluate(ref.copy(), list(ref_labels), est.copy(), list(est_labels))
        names = ("root", "majmin", "thirds", "triads", "sevenths", "tetrads", "mirex", "overseg", "underseg", "seg")
        cases.append(
            {
                "reference": ref.tolist(),
                "reference_labels": ref_labels,
                "estimated": est.tolist(),
                "estimated_labels": est_labels,
                "expected": {name: float(scores[name]) for name in names},
            }
        )
    return cases


def labels():
    found = {}
    for _ in range(400):
        label = chord_label()
        plain, folded = mir_eval.chord.encode(label), mir_eval.chord.encode(label, reduce_extended_chords=True)
        bits = ["".join(str(max(bit, 0)) for bit in bitmap) for bitmap in (plain[1], folded[1])]
        found[label] = [int(plain[0]), *bits, int(plain[2])]
    return found


def sections():
    cases = []
    for number in range(10):

        def name():
            return str(RNG.choice(list("ABCD")))

        ref, ref_labels = segments(120.0 + 0.37, 9, name)
        est, est_labels = segments(float(RNG.choice([110.0, 120.37, 130.0])), 10, name)
        if number % 2:
            est = np.round(np.clip(ref + np.concatenate([[[0, 0]], 0.8 * RNG.standard_normal((len(ref) - 1, 2))]), 0, None), 3)
            est[:-1, 1] = est[1:, 0]
            est_labels = ref_labels[:]
            if (np.diff(est, axis=1) <= 0).any():
                est, est_labels = ref, ref_labels[:]
        if number == 8:
            est, est_labels = np.array([[0.0, 120.37]]), ["A"]
        scores = mir_eval.segment.evaluate(ref.copy(), list(ref_labels), est.copy(), list(est_labels))
        end = ref.max()
        fitted = mir_eval.util.adjust_intervals(est.copy(), list(est_labels), t_min=0.0, t_max=end)[0]
        expected = {
            "hit_05": scores["F-measure@0.5"],
            "hit_3": scores["F-measure@3.0"],
            "hit_05_trimmed": mir_eval.segment.detection(ref, fitted, window=0.5, trim=True)[2],
            "hit_3_trimmed": mir_eval.segment.detection(ref, fitted, window=3.0, trim=True)[2],
            "pairwise_f": scores["Pairwise F-measure"],
            "pairwise_precision": scores["Pairwise Precision"],
            "pairwise_recall": scores["Pairwise Recall"],
            "nce_over": scores["NCE Over"],
            "nce_under": scores["NCE Under"],
            "nce_f": scores["NCE F-measure"],
            "v_f": scores["V-measure"],
        }
        cases.append(
            {
                "reference": ref.tolist(),
                "reference_labels": ref_labels,
                "estimated": est.tolist(),
                "estimated_labels": est_labels,
                "deviation": [float(value) for value in mir_eval.segment.deviation(ref, fitted)],
                "expected": {name: float(value) for name, value in expected.items()},
            }
        )
    return cases


def melodies():
    cases = []
    for number in range(8):
        ref_time = np.round(np.arange(300) * 0.01, 6)
        ref_f0 = np.round(220 * 2 ** (np.cumsum(0.05 * RNG.standard_normal(300)) / 12), 3)
        for start in RNG.integers(0, 280, 4):
            ref_f0[start : start + 20] = 0
        hop, count = [(0.01, 300), (0.0058, 500), (0.012, 200), (0.01, 320)][number % 4]
        est_time = np.round(np.arange(count) * hop + (0.004 if number >= 4 and number != 7 else 0.0), 6)
        est_f0 = np.interp(est_time, ref_time, np.where(ref_f0 > 0, ref_f0, 220)) * 2 ** (0.3 * RNG.standard_normal(count) / 12)
        est_f0[RNG.uniform(size=count) < 0.1] *= 2
        est_f0 = np.round(np.where(RNG.uniform(size=count) < 0.1, 0, est_f0), 3)
        if number % 2:
            est_f0 = np.where(RNG.uniform(size=count) < 0.1, -est_f0, est_f0)
        voicing = np.round(RNG.uniform(size=count), 2) if number in (2, 5) else None
        scores = mir_eval.melody.evaluate(
            ref_time,
            ref_f0.copy(),
            est_time,
            np.abs(est_f0) if voicing is not None else est_f0.copy(),
            est_voicing=None if voicing is None else voicing.copy(),
        )
        cases.append(
            {
                "reference": [ref_time.tolist(), ref_f0.tolist()],
                "estimated": [est_time.tolist(), (np.abs(est_f0) if voicing is not None else est_f0).tolist()],
                "voicing": None if voicing is None else voicing.tolist(),
                "expected": {
                    "rpa": float(scores["Raw Pitch Accuracy"]),
                    "rca": float(scores["Raw Chroma Accuracy"]),
                    "oa": float(scores["Overall Accuracy"]),
                    "voicing_recall": float(scores["Voicing Recall"]),
                    "voicing_false_alarm": float(scores["Voicing False Alarm"]),
                },
            }
        )
    return cases


def notes():
    cases = []
    for number in range(8):
        count = 120
        onset = np.round(np.sort(RNG.uniform(0, 20, count)), 3)
        pitch = RNG.integers(40, 80, count)
        if number >= 4:  # one pitch never sounds twice within the window: the matching is unique
            onset, pitch = np.round(np.arange(count) * 0.21 + 0.05, 3), 40 + np.arange(count) % 37
        ref = np.stack([onset, np.round(onset + RNG.uniform(0.05, 1.5, count), 3)], axis=1)
        velocity = RNG.integers(20, 110, count)
        keep = RNG.uniform(size=count) < 0.8
        est = np.round(ref[keep] + 0.035 * RNG.standard_normal((keep.sum(), 2)), 3).clip(0)
        est[:, 1] = np.maximum(est[:, 1], est[:, 0] + 0.01).round(3)
        est_pitch = pitch[keep] + RNG.choice([0, 0, 0, 0, 12, 1], keep.sum())
        est_velocity = np.round(0.5 * velocity[keep] + 10 + 6 * RNG.standard_normal(keep.sum()), 1)
        if number == 3:
            est, est_pitch, est_velocity = est[:0], est_pitch[:0], est_velocity[:0]
        hz = mir_eval.util.midi_to_hz
        args = (ref, hz(pitch), est, hz(est_pitch))
        on = mir_eval.transcription.precision_recall_f1_overlap(*args, offset_ratio=None)
        off = mir_eval.transcription.precision_recall_f1_overlap(*args)
        expected = {"onset_f": on[2], "onset_precision": on[0], "onset_recall": on[1], "onset_offset_f": off[2]}
        expected["onset_only_f"] = mir_eval.transcription.onset_precision_recall_f1(ref, est)[2]
        if number >= 4:
            expected["velocity_f"] = mir_eval.transcription_velocity.precision_recall_f1_overlap(
                ref, hz(pitch), velocity, est, hz(est_pitch), est_velocity, offset_ratio=None
            )[2]
        cases.append(
            {
                "reference": [ref.tolist(), pitch.tolist(), velocity.tolist()],
                "estimated": [est.tolist(), est_pitch.tolist(), est_velocity.tolist()],
                "expected": {name: float(value) for name, value in expected.items()},
            }
        )
    return cases


if __name__ == "__main__":
    golden = {
        "mir_eval": mir_eval.__version__,
        "beats": beats(),
        "tempi": tempi(),
        "keys": keys(),
        "labels": labels(),
        "chords": chords(),
        "sections": sections(),
        "melodies": melodies(),
        "notes": notes(),
    }
    target = Path(__file__).with_name("metrics.json")
    target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(target.name, target.stat().st_size, "bytes")
