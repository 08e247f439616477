"""Labels agree with the sound: measured on what is rendered, and each measure fails for labels that are a little wrong."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hearing import BANDS_HZ, appearing, at_times, band, cents_off, chord_wins, flux, fresh, lag_s, lonely, mono, rising

from hexachord.arrays import FloatArray
from hexachord.knowledge.model import Segments
from hexachord.processing.effects.chain import Chain
from hexachord.processing.effects.levels import fade, silence_gaps
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.presence import family_of, sounding_program
from hexachord.rendering.producing import draw_production
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import Rendered, render_take
from hexachord.rendering.take import KINDS, draw_take

RATE_HZ = 22050
LENGTH_S = 8.0
STRUCK = ("piano", "mallets", "guitar", "bass", "percussive")
TUNES = ("sung", "lead", "solo")
UNSTEADY = ("organ", "ensemble", "synth_pad", "synth_effects", "sound_effects", "percussive")
"""Families whose pitch is several at once (feet, players) or none: not measured by the cent."""
FEW, MANY = {"band": 4}, {"band": 40}
"""How many takes of each kind; of others one, or eight."""

Shares = tuple[float, float, float]


def rendered(shelf: Shelf, instruments: Instruments, *, kind: str, seed: int) -> Rendered:
    take = draw_take(seed, shelf, kind=kind, length_s=LENGTH_S)
    return render_take(take, draw_production(take, instruments, seed=seed), instruments, rate_hz=RATE_HZ, stems=True)


@pytest.fixture(scope="module", params=["few", pytest.param("many", marks=pytest.mark.slow)])
def renders(request: pytest.FixtureRequest, shelf: Shelf, everyone: Instruments) -> list[Rendered]:
    counts, others = (FEW, 1) if request.param == "few" else (MANY, 8)
    return [rendered(shelf, everyone, kind=kind, seed=seed) for kind in KINDS for seed in range(counts.get(kind, others))]


def shifted(measure: Callable[[float], list[FloatArray]]) -> Shares:
    """The share of labels that hold as they are, 50 ms too early, and 50 ms too late."""
    right, early, late = (float(np.concatenate(measure(shift_s)).mean()) for shift_s in (0.0, -0.05, 0.05))
    return right, early, late


def test_sound_is_whole_finite_within_bounds_and_the_sum_of_its_stems(renders: list[Rendered]) -> None:
    for one in renders:
        assert one.audio.shape == one.mix.shape == (2, round(LENGTH_S * RATE_HZ)), one.take.id
        assert np.isfinite(one.audio).all(), one.take.id
        assert np.abs(one.audio).max() > 0.01, one.take.id
        assert np.abs(one.audio).max() <= 1.001, one.take.id
        assert np.abs(sum(one.stems) - one.mix).max() < 1e-5, one.take.id
        for track, part, stem in zip(one.take.tracks, one.production.parts, one.stems, strict=True):
            assert np.abs(stem).max() > 1e-4 or not track.strokes, (one.take.id, part.origin, part.program)


def test_flat_tops_are_only_there_where_something_cuts(renders: list[Rendered]) -> None:
    cutting = {"clip", "limiter", "saturate", "speech", "noise"}
    for one in renders:
        effects = {step.effect for step in (*one.production.mix.steps, *one.production.medium.steps)}
        if effects & cutting:
            continue
        sound = mono(one.audio)
        top = np.abs(sound) > 0.9999 * np.abs(sound).max()
        assert not (top[:-2] & top[1:-1] & top[2:]).any(), one.take.id


def test_nothing_in_a_mix_moves_the_clock(renders: list[Rendered]) -> None:
    lags = np.array([lag_s(mono(one.audio), mono(one.mix), rate_hz=RATE_HZ) for one in renders])
    assert np.abs(lags).max() <= 0.004


def test_stems_are_silent_before_their_first_stroke_and_while_they_rest(renders: list[Rendered]) -> None:
    for one in renders:
        assert one.take.presence is not None
        for index, (track, stem) in enumerate(zip(one.take.tracks, one.stems, strict=True)):
            power = mono(stem).astype(np.float64) ** 2
            first = round((track.strokes[0].onset_s - 0.004) * RATE_HZ) if track.strokes else len(power)
            if first > 200 and track.strokes:
                assert power[:first].mean() <= 1e-5 * power.max(), (one.take.id, track.name)
            mine = one.take.presence.track == index
            playing = np.zeros(len(power), dtype=bool)
            for start, end in zip(one.take.presence.start_s[mine], one.take.presence.end_s[mine], strict=True):
                playing[round(start * RATE_HZ) : round((end + 2.0) * RATE_HZ)] = True
            assert power[~playing].sum() <= 0.03 * power.sum(), (one.take.id, track.name)


def test_struck_notes_begin_where_their_labels_say(renders: list[Rendered]) -> None:
    def measure(shift_s: float) -> list[FloatArray]:
        found = []
        for one in renders:
            for track, part, stem in zip(one.take.tracks, one.production.parts, one.stems, strict=True):
                if not track.is_percussion and track.strokes and family_of(sounding_program(part)) in STRUCK:
                    onset, key = fresh(track, to_s=LENGTH_S - 0.2)
                    cents = 1200 * np.log2(one.production.a4_hz / 440.0) + part.detune_cents
                    found.append(appearing(mono(stem), onset + shift_s, key, rate_hz=RATE_HZ, cents=cents))
        return found

    right, early, late = shifted(measure)
    assert sum(map(len, measure(0.0))) > 60
    assert right > 0.85
    assert early < right - 0.3
    assert late < right - 0.2


def test_drums_are_heard_in_their_bands_when_they_are_struck(renders: list[Rendered]) -> None:
    def measure(shift_s: float) -> list[FloatArray]:
        found = []
        for one in renders:
            drums = one.take.drums
            played = [stem for track, stem in zip(one.take.tracks, one.stems, strict=True) if track.is_percussion]
            if not played or drums is None:
                continue
            label, sound = np.array(drums.label), mono(np.sum(played, axis=0))
            for name, (low_hz, high_hz) in BANDS_HZ.items():
                onset = lonely(np.unique(drums.time_s[label == name]), drums.time_s, to_s=LENGTH_S - 0.1)
                found.append(rising(band(sound, low_hz, high_hz, rate_hz=RATE_HZ), onset + shift_s, rate_hz=RATE_HZ, by_db=3.0))
        return found

    right, early, late = shifted(measure)
    assert sum(map(len, measure(0.0))) > 40
    assert right > 0.85
    assert early < 0.3
    assert late < 0.4


def test_beats_are_where_the_mix_begins_things(renders: list[Rendered]) -> None:
    better = []
    for one in renders:
        beats = one.take.truth.beats
        struck = any(track.is_percussion or family_of(track.program) in STRUCK for track in one.take.tracks)
        if beats is None or len(beats) < 8 or not struck:
            continue
        curve = flux(mono(one.audio), rate_hz=RATE_HZ)
        right, early, late = (at_times(curve, beats.time_s + shift_s) for shift_s in (0.0, -0.05, 0.06))
        better.append(right > max(early, late))
    assert len(better) >= 6
    assert np.mean(better) >= 0.85


def test_melodies_sound_at_the_pitch_of_their_labels(renders: list[Rendered]) -> None:
    medians = []
    for one in renders:
        melody = one.take.truth.melody
        if melody is None:
            continue
        singer = next(index for index, role in enumerate(one.take.roles) if role in TUNES)
        if family_of(sounding_program(one.production.parts[singer])) in UNSTEADY:
            continue
        cents = cents_off(mono(one.stems[singer]), melody, rate_hz=RATE_HZ)
        if len(cents) > 50:
            medians.append(float(np.median(np.abs(cents))))
            if medians[-1] < 20:
                wrong = cents_off(mono(one.stems[singer]), replace(melody, f0_hz=melody.f0_hz * 2 ** (1 / 12)), rate_hz=RATE_HZ)
                assert np.median(np.abs(wrong)) > 70
    assert len(medians) >= 4
    assert np.median(medians) < 15
    assert np.mean(np.array(medians) < 30) >= 0.8


def test_chords_are_in_the_sound(renders: list[Rendered]) -> None:
    wins, wrong, spans = 0, 0, 0
    for one in renders:
        chords, tuning = one.take.truth.chords, one.take.truth.tuning
        if chords is None or tuning is None:
            continue
        pitched = [stem for track, stem in zip(one.take.tracks, one.stems, strict=True) if not track.is_percussion]
        if not pitched:
            continue
        sound = mono(np.sum(pitched, axis=0))
        won, count = chord_wins(sound, chords, rate_hz=RATE_HZ, tuning_cents=tuning.cents)
        wins, spans = wins + won, spans + count
        moved = Segments(start_s=chords.start_s, end_s=chords.end_s, label=tuple(_semitone_up(label) for label in chords.label))
        wrong += chord_wins(sound, moved, rate_hz=RATE_HZ, tuning_cents=tuning.cents)[0]
    assert spans > 20
    assert wins > 0.85 * spans
    assert wrong < 0.6 * spans


def _semitone_up(label: str) -> str:
    names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    same = {"Db": "C#", "D#": "Eb", "Gb": "F#", "G#": "Ab", "A#": "Bb", "Cb": "B", "B#": "C", "Fb": "E", "E#": "F"}
    root, colon, rest = label.partition(":")
    root, slash, bass = root.partition("/")
    if root in ("N", "X"):
        return label
    return names[(names.index(same.get(root, root)) + 1) % 12] + slash + bass + colon + rest


def test_tuning_is_the_productions_and_each_players_own(shelf: Shelf, everyone: Instruments) -> None:
    take = draw_take(1, shelf, kind="band", length_s=6.0)
    made = draw_production(take, everyone, seed=1)
    parts = tuple(replace(part, detune_cents=25.0, stretch_cents_per_octave=0.0) for part in made.parts)
    one = render_take(take, replace(made, a4_hz=452.0, parts=parts), everyone, rate_hz=RATE_HZ)
    assert one.take.truth.tuning is not None
    assert one.take.truth.tuning.a4_hz == pytest.approx(452.0)
    assert take.truth.melody is not None
    assert one.take.truth.melody is not None
    voiced = take.truth.melody.f0_hz > 0
    ratio = one.take.truth.melody.f0_hz[voiced] / take.truth.melody.f0_hz[voiced]
    assert 1200 * np.log2(ratio) == pytest.approx(1200 * np.log2(452 / 440) + 25.0, abs=1e-6)


def test_what_is_cut_out_of_the_sound_is_cut_out_of_the_labels(shelf: Shelf, everyone: Instruments) -> None:
    take = draw_take(4, shelf, kind="band", length_s=LENGTH_S)
    cut = Chain(name="", steps=(silence_gaps.step(start_s=(4.0,), end_s=(6.0,)), fade.step(in_s=0.5, out_s=1.0)))
    made = draw_production(take, everyone, seed=4)
    one = render_take(take, replace(made, ends=cut), everyone, rate_hz=RATE_HZ)
    assert not one.audio[:, round(4.01 * RATE_HZ) : round(5.99 * RATE_HZ)].any()
    truth = one.take.truth
    assert one.take.heard is not None
    assert len(one.take.heard) == 2
    for table in (truth.notes, truth.melody_notes):
        assert table is not None
        assert not ((table.onset_s > 4.01) & (table.onset_s < 5.99)).any()
        assert not ((table.onset_s < 4.0) & (table.offset_s > 4.01)).any()
    assert truth.melody is not None
    assert not truth.melody.voicing[(truth.melody.time_s > 4.01) & (truth.melody.time_s < 5.99)].any()
    assert one.take.drums is not None
    assert not ((one.take.drums.time_s > 4.01) & (one.take.drums.time_s < 5.99)).any()
    assert truth.chords is not None
    assert truth.chords.label[int(np.searchsorted(truth.chords.start_s, 5.0, side="right")) - 1] == "N"
    assert truth.beats is take.truth.beats


def test_beats_are_as_even_as_people_play(shelf: Shelf) -> None:
    uneven = []
    for seed in range(40):
        beats = draw_take(seed, shelf, length_s=20.0).truth.beats
        if beats is not None and len(beats) > 4:
            uneven.append(np.abs(np.diff(np.log(np.diff(beats.time_s)))) > np.log(1.35))
    assert np.concatenate(uneven).mean() < 0.02
