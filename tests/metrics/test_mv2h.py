"""MV2H: what it says of small pages worked out by hand, and what must hold of any page."""

from dataclasses import replace

import numpy as np
import pytest

from hexachord.metrics import mv2h
from hexachord.metrics.mv2h import NotatedMusic, nested_groupings


def _page(*notes, groupings=((0.0, 4.0),), keys=(("C major", 0.0, 4.0),)):
    """Notes are (onset, offset, pitch, voice)."""
    rows = np.array(notes, dtype=float).reshape(-1, 4)
    voice = rows[:, 3].astype(int)
    return NotatedMusic(
        onset_s=rows[:, 0],
        offset_s=rows[:, 1],
        pitch=rows[:, 2].astype(int),
        voice=voice,
        hand=voice,
        groupings_s=np.array(groupings, dtype=float).reshape(-1, 2),
        key_intervals_s=np.array([key[1:] for key in keys], dtype=float).reshape(-1, 2),
        key_labels=tuple(key[0] for key in keys),
    )


TUNE = _page((0, 1, 72, 1), (1, 2, 74, 1), (2, 4, 76, 1), (0, 2, 48, 2), (2, 4, 50, 2))


def _random_page(seed, count=300):
    random = np.random.default_rng(seed)
    onset = np.sort(random.integers(0, 200, count)) * 0.25
    rows = np.column_stack(
        [onset, onset + random.choice([0.25, 0.5, 1.0], count), random.integers(40, 90, count), random.integers(1, 3, count)]
    )
    rows = rows[np.unique(rows[:, [0, 2]], axis=0, return_index=True)[1]]
    beats = np.arange(0.0, 52.0)
    return replace(
        _page(*rows, keys=(("G major", 0, 20), ("E minor", 20, 52))),
        groupings_s=nested_groupings(beats, np.arange(len(beats)) % 3 + 1, parts=2),
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_page_agrees_with_itself_in_everything(seed):
    page = _random_page(seed)
    found = mv2h.evaluate(page, page)
    assert set(found.flat().values()) == {1.0}
    assert found.matched == found.compared == len(page.onset_s)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_notes_and_the_numbers_of_voices_do_not_matter(seed):
    page, other = _random_page(seed), _random_page(seed)
    random = np.random.default_rng(seed)
    order = random.permutation(len(page.onset_s))
    offset = np.where(random.random(len(order)) < 0.2, other.onset_s + 0.25, other.offset_s)
    other = replace(other, offset_s=offset)
    shuffled = replace(
        other, **{name: getattr(other, name)[order] for name in ("onset_s", "offset_s", "pitch", "hand")}, voice=7 - other.voice[order]
    )
    plain, mixed = mv2h.evaluate(page, other).flat(), mv2h.evaluate(page, shuffled).flat()
    assert plain["value"] < 1.0
    for name, number in plain.items():
        assert mixed[name] == pytest.approx(number, abs=1e-12), name


@pytest.mark.parametrize("seed", range(4))
def test_precision_and_recall_change_places_with_the_pages(seed):
    page, other = _random_page(seed), _random_page(seed + 1)
    other = replace(other, pitch=np.where(np.arange(len(other.pitch)) % 3 > 0, other.pitch, 60))
    one, two = mv2h.evaluate(page, other), mv2h.evaluate(other, page)
    for part in ("multi_pitch", "voice", "metre"):
        here, there = getattr(one, part), getattr(two, part)
        assert here.precision == pytest.approx(there.recall)
        assert here.f == pytest.approx(there.f)


def test_a_note_is_right_by_its_pitch_and_onset_within_fifty_milliseconds():
    late = replace(TUNE, onset_s=TUNE.onset_s + np.array([0.049, 0.051, 0.0, 0.0, 0.0]))
    assert mv2h.multi_pitch(TUNE, late).f == pytest.approx(4 / 5)
    assert mv2h.multi_pitch(TUNE, replace(TUNE, pitch=TUNE.pitch + np.array([0, 0, 0, 1, 0]))).f == pytest.approx(4 / 5)
    assert mv2h.multi_pitch(TUNE, replace(TUNE, offset_s=TUNE.onset_s + 9.0)).f == 1.0


def test_a_struck_again_note_is_matched_once():
    twice = _page((0, 1, 60, 1), (0.03, 1, 60, 1))
    found = mv2h.multi_pitch(_page((0.01, 1, 60, 1)), twice)
    assert (found.precision, found.recall) == (0.5, 1.0)


def test_voices_are_judged_among_matched_notes_only():
    without = _page((0, 1, 72, 1), (2, 4, 76, 1), (0, 2, 48, 2), (2, 4, 50, 2))
    assert mv2h.voice(TUNE, without).f == 1.0
    assert mv2h.evaluate(TUNE, without).multi_pitch.recall == pytest.approx(4 / 5)


def test_a_note_in_the_wrong_voice_breaks_the_links_around_it():
    moved = replace(TUNE, voice=np.array([1, 2, 1, 2, 2]))
    # True links: 72-74, 74-76, 48-50. Found: 72-76, 74-50, 48-50 (48 ends at 2, when 74 has begun and 50 begins).
    found = mv2h.voice(TUNE, moved)
    assert (found.precision, found.recall) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_a_rest_does_not_break_a_link_and_chords_weigh_as_much_as_single_notes():
    chords = _page((0, 1, 60, 1), (0, 1, 64, 1), (0, 1, 67, 1), (1, 2, 72, 1), (2, 3, 74, 1), (3, 4, 76, 2))
    short = replace(chords, offset_s=chords.offset_s - 0.5)
    assert mv2h.voice(chords, short).f == 1.0
    # The last chord's link is lost and a wrong one stands for it: one of two moments with links is right, the chord of three counts once.
    wrong = replace(chords, voice=np.array([1, 1, 1, 1, 2, 2]))
    found = mv2h.voice(chords, wrong)
    assert found.recall == pytest.approx(1 / (1 + 2))  # the lost link, alone on its side, weighs two
    assert found.precision == pytest.approx(1 / (1 + 2))


def test_values_lose_their_share_and_a_tenth_of_a_second_is_forgiven():
    off = replace(TUNE, offset_s=TUNE.offset_s + np.array([-0.09, -0.5, 0.0, -0.5, 1.0]))
    # 72 within the slack, 74 loses half, 76 right, 48 a quarter, 50 (of 2 s, too long by 1) a half.
    assert mv2h.value(TUNE, off) == pytest.approx((1 + 0.5 + 1 + 0.75 + 0.5) / 5)
    assert mv2h.value(TUNE, off, slack_s=0.0) == pytest.approx((0.91 + 0.5 + 1 + 0.75 + 0.5) / 5)


def test_only_values_whose_voice_goes_on_rightly_are_compared():
    moved = replace(TUNE, voice=np.array([1, 2, 1, 2, 2]))
    found = mv2h.evaluate(TUNE, moved)
    assert found.compared == 3  # 48 leads on rightly, 76 and 50 end their voices
    nowhere = replace(TUNE, pitch=TUNE.pitch + 30)
    assert mv2h.value(TUNE, nowhere) == 0.0


def test_a_grouping_is_right_if_both_ends_are():
    page = replace(TUNE, groupings_s=nested_groupings(np.arange(5.0), np.array([1, 2, 3, 4, 1]), parts=2))
    assert len(page.groupings_s) == 1 + 4 + 8
    half = replace(TUNE, groupings_s=nested_groupings(np.arange(0.0, 5.0, 0.5), np.arange(10) % 4 + 1, parts=2))
    # Twice as fast: of its bars of two seconds none, of beats 8 right, of sub-beats none; one more beat from 4 to 4.5 that was not there.
    found = mv2h.metre(page, half)
    assert found.recall == pytest.approx(8 / 13)
    shifted = replace(page, groupings_s=page.groupings_s + np.array([0.0, 0.06]))
    assert mv2h.metre(page, shifted).f == 0.0


def test_keys_are_weighed_by_how_long_they_last():
    true = _page(keys=(("C major", 0, 2), ("A minor", 2, 4)))
    found = _page(keys=(("C major", 0, 3), ("E minor", 3, 3.5)))
    assert mv2h.key(true, found) == pytest.approx((2 + 0.3 + 0.5 * 0.5) / 4)


def test_hands_are_no_part_of_the_mean_and_may_not_be_known():
    crossed = replace(TUNE, hand=np.array([1, 1, 2, 2, 0]))
    found = mv2h.evaluate(TUNE, crossed)
    assert found.hands == pytest.approx(3 / 4)
    assert found.mv2h == 1.0
    assert "hands" not in mv2h.evaluate(TUNE, replace(TUNE, hand=np.zeros(0, dtype=int))).flat()


def test_nothing_scores_nothing():
    empty = _page(groupings=(), keys=())
    assert set(mv2h.evaluate(TUNE, empty).flat().values()) == {0.0}
    assert set(mv2h.evaluate(empty, TUNE).flat().values()) == {0.0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"offset_s": np.zeros(4)}, "one onset, offset, pitch and voice per note"),
        ({"hand": np.ones(2, dtype=int)}, "5 notes but 2 hands"),
        ({"onset_s": np.array([0.0, np.nan, 2.0, 0.0, 2.0])}, "NaN"),
        ({"offset_s": np.array([0.0, 1.0, 1.0, 2.0, 4.0]) - 0.5}, "ends before it starts"),
        ({"groupings_s": np.array([[1.0, 1.0]])}, "groupings"),
        ({"key_labels": ("H major", "C major")}, "keys"),
    ],
)
def test_a_malformed_page_is_named(change, said):
    with pytest.raises(ValueError, match=said):
        mv2h.validate(TUNE, replace(TUNE, **change))


def test_thousands_of_notes_take_no_time():
    import time

    page = _random_page(0, count=20_000)
    begin = time.perf_counter()
    mv2h.evaluate(page, page)
    assert time.perf_counter() - begin < 2.0
