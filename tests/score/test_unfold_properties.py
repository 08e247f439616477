"""Whatever signs a page has, unfolding ends, keeps every played note, and knows the way back."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from score_strategies import written_scores

from hexachord.score.edit import with_bars, with_sorted_notes
from hexachord.score.model import Direction, Score
from hexachord.score.playing_order import playing_order
from hexachord.score.timing import tempo_map_of
from hexachord.score.unfold import unfold

ENDINGS = st.sampled_from(((), (), (), (1,), (2,), (1, 2), (3,)))
REPEATS = st.sampled_from((0, 0, 0, 2, 3))
JUMPS = st.lists(st.tuples(st.sampled_from(("segno", "coda", "dacapo", "dalsegno", "tocoda", "fine")), st.integers(0, 40)), max_size=4)


@st.composite
def repeated_scores(draw: st.DrawFn) -> Score:
    score = with_sorted_notes(with_bars(draw(written_scores())))
    bars = tuple(
        bar._replace(repeat_start=draw(st.integers(0, 5)) == 0, repeat_end=draw(REPEATS), endings=draw(ENDINGS)) for bar in score.bars
    )
    jumps = tuple(Direction(tick * 5040, kind) for kind, tick in draw(JUMPS))
    first = score.parts[0]
    directions = tuple(sorted((*first.directions, *jumps), key=lambda sign: sign.tick))
    return with_bars(replace(score, bars=bars, parts=(replace(first, directions=directions), *score.parts[1:])))


@settings(max_examples=80, deadline=None)
@given(repeated_scores())
def test_unfolding_keeps_its_promises(score: Score) -> None:
    found = unfold(score)
    played = found.score
    assert len(found.bar_indexes) <= 40 * len(score.bars)
    assert sum(stretch.duration for stretch in found.stretches) >= sum(bar.duration for bar in played.bars)
    assert unfold(played).is_plain
    for part, written, indexes in zip(played.parts, score.parts, found.note_indexes, strict=True):
        onsets = np.array([note.onset for note in part.notes], dtype=np.int64)
        assert np.all(onsets[1:] >= onsets[:-1])
        for note, index in zip(part.notes, indexes.tolist(), strict=True):
            source = written.notes[index]
            assert (note.pitch, note.voice, note.staff, note.marks) == (source.pitch, source.voice, source.staff, source.marks)
            assert note.duration <= source.duration
            if source.onset < score.bars[-1].end:  # a grace note after the last bar stands at a seam
                assert found.written_tick(note.onset).item() == source.onset
        heard = set(indexes.tolist())
        bars_heard = set(found.bar_indexes.tolist())
        for index, note in enumerate(written.notes):
            bar = max(place for place, bar in enumerate(score.bars) if bar.tick <= note.onset)
            assert (index in heard) == (bar in bars_heard)
    order = playing_order(score)
    assert order.bars == tuple(found.bar_indexes.tolist())
    for index in set(order.bars):
        passes = [number for bar, number in zip(order.bars, order.passes, strict=True) if bar == index]
        assert passes == list(range(1, len(passes) + 1))
    clock, written_clock = tempo_map_of(played), tempo_map_of(score)
    for bar, index in zip(played.bars, found.bar_indexes.tolist(), strict=True):
        source_bar = score.bars[index]
        length = clock.seconds(bar.end) - clock.seconds(bar.tick)
        written_length = written_clock.seconds(source_bar.end) - written_clock.seconds(source_bar.tick)
        np.testing.assert_allclose(length, written_length, rtol=1e-9)  # every bar is played at its own tempo
