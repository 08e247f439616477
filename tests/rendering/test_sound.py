"""Sound from takes: the same bytes from the same seed, and instruments that answer."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.arrays import Float32Array
from hexachord.rendering.answering import Prompt, silence_frames, unanswered, without
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.model import Take
from hexachord.rendering.producing import draw_production
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.sound import render_take
from hexachord.rendering.take import draw_take
from hexachord.synthesis.model import Sample, Strike, Voice

RATE_HZ = 22050


@pytest.mark.parametrize(("kind", "seed"), [("band", 3), ("drums", 1), ("piano", 2)])
def test_the_same_seed_gives_the_same_bytes(kind: str, seed: int, shelf: Shelf, everyone: Instruments, small_band: Instruments) -> None:
    def make() -> tuple[bytes, bytes]:
        take = draw_take(seed, shelf, kind=kind, length_s=6.0)
        one = render_take(take, draw_production(take, everyone, seed=seed), everyone, rate_hz=RATE_HZ)
        return one.audio.tobytes(), one.mix.tobytes()

    first = make()
    between = draw_take(seed + 1, shelf, kind="band", length_s=3.0)
    render_take(between, draw_production(between, everyone, seed=9), everyone, rate_hz=RATE_HZ)
    assert make() == first


def test_another_seed_of_production_gives_another_sound(shelf: Shelf, everyone: Instruments) -> None:
    take = draw_take(3, shelf, kind="band", length_s=4.0)
    sounds = [render_take(take, draw_production(take, everyone, seed=seed), everyone, rate_hz=RATE_HZ).audio for seed in (1, 2)]
    assert not np.allclose(sounds[0], sounds[1], atol=1e-3)


def test_stems_are_made_on_request_and_do_not_change_the_mix(shelf: Shelf, everyone: Instruments) -> None:
    take = draw_take(5, shelf, kind="band", length_s=4.0)
    production = draw_production(take, everyone, seed=5)
    with_stems = render_take(take, production, everyone, rate_hz=RATE_HZ, stems=True)
    without_stems = render_take(take, production, everyone, rate_hz=RATE_HZ)
    assert len(with_stems.stems) == len(take.tracks)
    assert not without_stems.stems
    assert np.abs(with_stems.mix - without_stems.mix).max() < 1e-4


class Clave:
    """A kit of one drum, recorded with 20 ms of silence before it."""

    name = "clave"

    def __init__(self, key: int) -> None:
        self.key = key
        sound: Float32Array = np.zeros((1, 4410), dtype=np.float32)
        sound[0, 882:] = np.exp(-np.arange(4410 - 882) / 400.0)
        self.voice = Voice(sample=Sample(name="clave", rate_hz=44100.0, frames=4410, channels=1, read=lambda: sound), one_shot=True)

    def attack(self, strike: Strike) -> tuple[Voice, ...]:
        return (self.voice,) if strike.key == self.key else ()

    def release(self, strike: Strike, *, held_s: float) -> tuple[Voice, ...]:
        return ()


def test_recordings_of_drums_begin_with_their_sound() -> None:
    clave = Clave(38)
    assert silence_frames(clave.voice.sample) == pytest.approx(882 - 44, abs=1)
    prompt = Prompt(clave)
    (voice,) = prompt.attack(Strike(38, 100, {}, {}))
    assert voice.start == silence_frames(clave.voice.sample)
    assert prompt.attack(Strike(38, 100, {}, {}))[0] is voice  # the player keeps sounds by their voice


def test_strokes_that_nobody_can_play_leave_the_truth(takes: list[Take]) -> None:
    take = next(take for take in takes if take.drums is not None and {"kick", "snare"} <= set(take.drums.label))
    kit = next(index for index, track in enumerate(take.tracks) if track.is_percussion)
    missing = tuple(unanswered(track, Clave(38)) if index == kit else frozenset() for index, track in enumerate(take.tracks))
    left = without(take, missing)
    assert left.drums is not None
    assert set(left.drums.label) == {"snare"}
    assert {stroke.key for stroke in left.tracks[kit].strokes} == {38}
    assert left.truth.notes is take.truth.notes


def test_notes_that_nobody_can_play_leave_the_truth(takes: list[Take]) -> None:
    take = next(take for take in takes if take.truth.melody_notes is not None and len(take.truth.melody_notes) > 5)
    singer = next(index for index, role in enumerate(take.roles) if role in ("sung", "lead", "solo"))
    stroke = take.tracks[singer].strokes[2]
    gone = frozenset({(stroke.onset_s, stroke.key)})
    others = [s for index, track in enumerate(take.tracks) if index != singer and not track.is_percussion for s in track.strokes]
    assert (stroke.onset_s, stroke.key) not in {(s.onset_s, s.key) for s in others}
    left = without(take, tuple(gone if index == singer else frozenset() for index in range(len(take.tracks))))
    assert take.truth.notes is not None
    assert left.truth.notes is not None
    assert len(left.truth.notes) == len(take.truth.notes) - 1
    assert left.truth.melody is not None
    silent = (left.truth.melody.time_s >= stroke.onset_s) & (left.truth.melody.time_s < stroke.release_s)
    assert not left.truth.melody.voicing[silent].any()
    assert without(take, (frozenset(),) * len(take.tracks)) is take
    assert replace(take) is not take
