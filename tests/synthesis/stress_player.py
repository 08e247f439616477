"""Dense music on a bank made in memory: how many times faster than it sounds is it rendered? Run by hand or by the slow test."""

import sys
import time

import numpy as np
from toy_bank import RATE, Toy, sample_of

from hexachord.synthesis.model import (
    AmplitudeEnvelope,
    Filter,
    Lfo,
    Loop,
    ModulationEnvelope,
    Modulator,
    Route,
    Shape,
    Strike,
    Stroke,
    Track,
    Voice,
)
from hexachord.synthesis.player import render_tracks


def stereo_layers(*, sweep: bool = False, vibrato: bool = False) -> Toy:
    """Two voices for a stroke, left and right, filtered as velocity decides."""
    rng = np.random.default_rng(0)
    bell = np.exp(-np.arange(2 * RATE) / RATE * 1.5)
    sides = [sample_of(0.3 * rng.standard_normal(2 * RATE) * bell), sample_of(0.3 * rng.standard_normal(2 * RATE) * bell)]
    modulators: tuple[Modulator, ...] = ()
    if sweep:
        modulators += (Modulator(ModulationEnvelope(attack_s=0.01, decay_s=0.5, sustain=0.3), "cutoff_cents", 2400.0),)
    if vibrato:
        modulators += (Modulator(Lfo(rate_hz=5.0, delay_s=0.1), "pitch_cents", 30.0),)
    answers: dict[tuple[int, int], tuple[Voice, ...]] = {}
    routes = (Route(7, Shape("concave", falling=True, full=127.0), -96.0), Route(91, Shape(full=127.0), 0.2, "reverb_send"))

    def attack(strike: Strike) -> tuple[Voice, ...]:
        key = strike.key, strike.velocity
        if key not in answers:
            answers[key] = tuple(
                Voice(
                    sample=side,
                    loop=Loop(RATE, 2 * RATE - 100),
                    pitch_cents=100.0 * (strike.key - 60),
                    gain_db=40.0 * np.log10(strike.velocity / 127),
                    pan=pan,
                    envelope=AmplitudeEnvelope(attack_s=0.002, decay_db_per_s=20.0, sustain_db=-20.0, release_db_per_s=200.0),
                    filter=Filter("lowpass2", 6000.0 * strike.velocity / 127, 1.0),
                    modulators=modulators,
                    routes=routes,
                )
                for side, pan in zip(sides, (-1.0, 1.0), strict=True)
            )
        return answers[key]

    return Toy(attack)


def dense_tracks(parts: int, *, per_second: float, seconds: float, held_s: float) -> list[Track]:
    """Tracks with strokes at random keys and velocities."""
    rng = np.random.default_rng(1)
    tracks = []
    for _ in range(parts):
        onsets = np.sort(rng.uniform(0, seconds, int(seconds * per_second)))
        strokes = tuple(
            Stroke(float(t), float(t + held_s * rng.uniform(0.5, 1.5)), int(rng.integers(40, 80)), int(rng.integers(40, 120)))
            for t in onsets
        )
        tracks.append(Track(strokes=strokes))
    return tracks


def times_realtime(tracks: list[Track], toy: Toy) -> float:
    """Seconds of sound for each second of work."""
    start = time.process_time()
    frames = sum(block.dry.shape[2] for block in render_tracks(tracks, [toy] * len(tracks)))
    return frames / RATE / (time.process_time() - start)


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    for name, per_part, held_s in (("32 a second in all", 2.0, 0.5), ("32 a second in each part", 32.0, 0.1)):
        for sweep, vibrato in ((False, False), (True, False), (False, True)):
            speed = times_realtime(
                dense_tracks(16, per_second=per_part, seconds=seconds, held_s=held_s), stereo_layers(sweep=sweep, vibrato=vibrato)
            )
            print(f"{name}; sweep {sweep}, vibrato {vibrato}: {speed:.1f} x real time", flush=True)
