import numpy as np
import pytest

from hexachord.dsp.loudness import measure_loudness
from hexachord.score.model import Bar, Note, Part, Score
from hexachord.synthesis.mix import gain_for, render_score
from hexachord.synthesis.plain import PlainBank

RATE_HZ = 22050


def duet():
    piano = tuple(Note(480 * i, 480, 60 + i) for i in range(4))
    drums = tuple(Note(240 * i, 240, (36, 42, 38, 42)[i % 4]) for i in range(8))
    strings = (Note(0, 1920, 52), Note(0, 1920, 59))
    return Score(
        ticks_per_quarter=480,
        parts=(Part(notes=piano), Part(notes=drums, is_percussion=True), Part(), Part(notes=strings, program=48, pan=0.6)),
    )


def rendered(score=None, **options):
    return np.concatenate(list(render_score(score or duet(), PlainBank(), rate_hz=RATE_HZ, **options)), axis=2)


def test_stems_with_their_rooms_add_up_to_the_mix():
    mix = rendered()
    stems = rendered(groups=[(0,), (1,), (3,)])
    assert mix.shape == (1, *stems.shape[1:])
    assert 20 * np.log10(np.abs(stems.sum(axis=0) - mix[0]).max() / np.abs(mix).max()) < -110
    assert (np.abs(stems).max(axis=(1, 2)) > 0.01).all()
    together = rendered(groups=[(0, 3), (1, 2)])
    assert np.abs(together.sum(axis=0) - mix[0]).max() < 1e-6


@pytest.mark.parametrize("block_s", [0.1, 1.7])
def test_how_it_is_cut_makes_no_difference(block_s):
    assert np.abs(rendered(block_s=block_s) - rendered(block_s=4.0)).max() < 1e-6


def test_the_room_is_added_and_nothing_else():
    dry, wet = rendered(reverb=None), rendered(reverb="hall")
    length = min(dry.shape[2], wet.shape[2])
    room = wet[:, :, :length] - dry[:, :, :length]
    level_db = 10 * np.log10(np.mean(room**2) / np.mean(dry[:, :, :length] ** 2))
    assert -20 < level_db < -8
    assert wet.shape[2] > dry.shape[2] + 0.3 * RATE_HZ


def test_the_same_seed_is_the_same_sound():
    assert (rendered(seed=3) == rendered(seed=3)).all()


def test_repeats():
    page = Score(ticks_per_quarter=1, bars=(Bar(0, 4, repeat_end=2),), parts=(Part(notes=(Note(0, 4, 60),)),))
    once, twice = rendered(page, repeats=False), rendered(page)
    assert twice.shape[2] - once.shape[2] == pytest.approx(2 * RATE_HZ, abs=0.1 * RATE_HZ)


def test_the_first_sound_is_where_the_score_begins():
    sound = rendered(Score(ticks_per_quarter=480, parts=(Part(notes=(Note(480, 480, 69),)),)), reverb=None)
    first = np.argmax(np.abs(sound).max(axis=(0, 1)) > 1e-4)
    assert first / RATE_HZ == pytest.approx(0.5, abs=0.003)


def loudness_of(samples):
    return measure_loudness(samples, rate_hz=48000)


def test_the_gain_reaches_the_level_within_reason():
    tone = np.sin(np.arange(5 * 48000) / 7)[np.newaxis]
    assert loudness_of(0.05 * tone * 10 ** (gain_for(loudness_of(0.05 * tone), level_lufs=-20, ceiling_db=-1) / 20)).integrated_lufs == (
        pytest.approx(-20, abs=0.1)
    )
    assert gain_for(loudness_of(0 * tone), level_lufs=-16, ceiling_db=-1) == 0.0
    assert gain_for(loudness_of(1e-3 * tone), level_lufs=-16, ceiling_db=-1) == 30.0  # not to absurd levels
    click = np.zeros((1, 5 * 48000))
    click[0, ::48000] = 0.5
    assert gain_for(loudness_of(click), level_lufs=-16, ceiling_db=-1) == pytest.approx(-1 + 6 + 6, abs=0.1)
    assert gain_for(loudness_of(click), level_lufs=-16, ceiling_db=-1, most_reduction_db=0) == pytest.approx(-1 + 6, abs=0.1)
