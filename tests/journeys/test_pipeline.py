import threading
import time

import pytest

from hexachord.errors import InputError, OutputError
from hexachord.journeys.pipeline import Stage, run_stages
from hexachord.knowledge import Descriptor, Key, Knowledge
from hexachord.song import Song, StepResult


@pytest.fixture
def song(tmp_path):
    source = tmp_path / "x.bin"
    source.write_bytes(b"x")
    song = Song.create(tmp_path / "song", source=source)
    with song.locked():
        yield song


def nothing(work):
    return StepResult()


def stage(name, function=nothing, **more):
    return Stage(name=name, title=name.upper(), function=function, engine=f"{name}/test", **more)


def raising(error):
    def function(work):
        raise error

    return function


def run(song, stages, **options):
    events = []
    outcome = run_stages(stages, song, knowledge=Knowledge(duration_s=100.0), listener=events.append, **options)
    return outcome, [(event.kind, event.stage) for event in events]


def test_independent_stages_run_side_by_side(song):
    barrier = threading.Barrier(2, timeout=5)  # passes only if both are inside at once

    def meet(work):
        barrier.wait()
        return StepResult()

    outcome, _ = run(song, [stage("a", meet), stage("b", meet)], threads=2)
    assert set(outcome.wall_s) == {"a", "b"}


def test_one_stage_at_a_time_when_asked(song):
    inside = []

    def alone(work):
        inside.append(1)
        assert len(inside) == 1
        time.sleep(0.01)
        inside.pop()
        return StepResult()

    outcome, _ = run(song, [stage(name, alone) for name in "abcd"], threads=1)
    assert not outcome.failed


def test_a_bug_in_one_stage_does_not_take_the_others(song):
    stages = [stage("a", raising(RuntimeError("oops")), provides=("chords",)), stage("b", needs=("a",)), stage("c", uses=("a",))]
    outcome, events = run(song, stages)
    assert outcome.failed == {"a": "RuntimeError: oops"}
    assert isinstance(outcome.errors[0], RuntimeError)
    assert outcome.knowledge.skipped == {"chords": "a bug stopped the step that finds it", "b": "it needs a, which could not be done"}
    assert ("failed", "a") in events
    assert ("skipped", "b") in events
    assert ("done", "c") in events


@pytest.mark.parametrize(("error", "expected"), [(InputError("x", found="y"), InputError), (OSError(28, "No space left"), OutputError)])
def test_bad_input_and_a_full_disk_end_the_run(song, error, expected):
    with pytest.raises(expected):
        run(song, [stage("a", raising(error)), stage("b", needs=("a",))])


def test_too_long_says_so(song):
    outcome, _ = run(song, [stage("a", longest_s=60.0, why_limited="its matrix would not fit", provides=("sections",))])
    assert outcome.knowledge.skipped == {"sections": "only done up to 1 minutes: its matrix would not fit"}


def test_a_length_found_on_the_way_counts(song):
    def measure(work):
        return StepResult(observations={"duration_s": 7200.0})

    outcome, _ = run(song, [stage("decode", measure), stage("a", needs=("decode",), longest_s=3600.0), stage("b", longest_s=3600.0)])
    assert outcome.knowledge.skipped == {"a": "only done up to 60 minutes"}
    assert outcome.knowledge.duration_s == 7200.0


def test_a_stage_sees_what_it_needs_and_nothing_else(song):
    seen = {}

    def look(work):
        seen[work.stage.name] = (work.knowledge.key, sorted(work.knowledge.descriptors))
        return StepResult()

    def tell_key(work):
        return StepResult(observations={"key": Key(tonic="C", mode="major")})

    def tell_descriptor(work):
        return StepResult(observations={"descriptors": {work.stage.name: Descriptor(value=1.0)}})

    stages = [
        stage("key", tell_key),
        stage("d1", tell_descriptor, needs=("key",)),
        stage("d2", tell_descriptor),
        stage("through", look, needs=("d1",)),
        stage("alone", look),
        stage("both", look, needs=("d1",), uses=("d2",)),
    ]
    outcome, _ = run(song, stages, threads=1)
    assert seen["through"][0].tonic == "C"
    assert seen["through"][1] == ["d1"]
    assert seen["alone"] == (None, [])
    assert seen["both"][1] == ["d1", "d2"]
    assert list(outcome.knowledge.descriptors) == ["d1", "d2"]


def test_shared_things_are_made_once(song):
    made = []

    def take(work):
        work.share("thing", lambda: (time.sleep(0.02), made.append(1)))
        return StepResult()

    run(song, [stage(name, take) for name in "abc"], threads=3)
    assert made == [1]


def test_stages_must_stand_in_order(song):
    with pytest.raises(ValueError, match="b stands before"):
        run(song, [stage("b", needs=("a",)), stage("a")])


def test_events_tell_the_story(song):
    def slow(work):
        work.progress(0.5)
        return StepResult()

    _, events = run(song, [stage("a", slow)])
    assert events == [("plan", ""), ("start", "a"), ("progress", "a"), ("done", "a")]
    _, events = run(song, [stage("a", slow)])
    assert events == [("plan", ""), ("recalled", "a")]


def test_scores_are_engraved_in_any_thread():
    """Verovio keeps its resource path per thread; the first thread to import it must not be the only one that can engrave."""
    from hexachord.score.builtin import builtin_score
    from hexachord.score.engraving import engrave

    score = builtin_score("bach-invention-4")
    pages = []
    for _ in range(2):
        thread = threading.Thread(target=lambda: pages.append(len(engrave(score).svg_pages)))
        thread.start()
        thread.join()
    assert len(pages) == 2
