from dataclasses import replace

from hexachord.journeys.truth import written_knowledge
from hexachord.score.builtin import builtin_score


def test_symbols_that_do_not_sound_are_no_truth_about_the_sound():
    song = builtin_score("six-small-notes")
    assert written_knowledge(song).chords is not None
    assert written_knowledge(replace(song, parts=song.parts[:1])).chords is None  # the tune alone
