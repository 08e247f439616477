"""Eight buttons: the contour is kept whatever is pressed, locks hold, chance is seeded, bad presses are put into words."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hexachord.composition.genie.cues import (
    BUTTONS,
    ENCODER_CUES,
    buttons_by_rule,
    contour_kept,
    encoder_cues,
    in_moments,
    repaired,
    scale_of,
    tones_of,
    waits,
)  # fmt: skip
from hexachord.composition.genie.network import GenieSteps, encode_buttons, note_nats, raw_buttons, told_logits
from hexachord.composition.genie.playing import Genie, GenieOptions, keyboard_range
from hexachord.errors import InputError
from hexachord.models.row_sampling import Chance

ODE = np.array([64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 62, 60, 60])
ODE_S = np.arange(len(ODE)) * 0.5
WILD = Chance(temperature=3.0)


def pressed(count: int, seed: int) -> list[int]:
    return (np.random.default_rng(seed).integers(1, BUTTONS + 1, count)).tolist()


def test_notes_of_a_moment_go_from_the_lowest() -> None:
    order, moment_s = in_moments(np.array([1.0, 0.0, 1.02, 0.99, 2.0]), np.array([72, 60, 64, 67, 48]))
    assert order.tolist() == [1, 2, 3, 0, 4]
    np.testing.assert_allclose(moment_s, [0.0, 0.99, 0.99, 0.99, 2.0])
    assert waits(moment_s).tolist() == [8.0, 0.99, 0.0, 0.0, 1.01]


def test_the_encoder_sees_steps_and_waits() -> None:
    cues = encoder_cues(np.array([60, 64, 62]), np.array([8.0, 0.25, 0.0]))
    assert cues.shape == (3, ENCODER_CUES)
    assert cues[:, 4].tolist() == [0.0, 1.0, -1.0]
    assert cues[:, 5].tolist() == [1.0, -1.0, 0.0]
    assert cues[:, 8].tolist() == [0.0, 0.0, 1.0]
    assert cues[1, 6] == 0.0  # a quarter of a second
    assert encoder_cues(np.zeros(0, dtype=int), np.zeros(0)).shape == (0, ENCODER_CUES)


@pytest.mark.parametrize("press", [buttons_by_rule, lambda pitch: encode_buttons(pitch, ODE_S[: len(pitch)])])
def test_buttons_follow_a_tune(press) -> None:
    buttons = press(ODE)
    assert buttons.min() >= 1
    assert buttons.max() <= BUTTONS
    assert contour_kept(buttons, ODE) == 1.0
    assert (buttons[1:][np.diff(ODE) == 0] == buttons[:-1][np.diff(ODE) == 0]).all()


def test_a_scale_longer_than_the_buttons_stays_at_the_last() -> None:
    assert repaired(np.full(12, 4), np.arange(60, 72)).tolist() == [4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8, 8]
    assert contour_kept(np.array([3]), np.array([60])) == 1.0
    assert raw_buttons(np.zeros(0, dtype=int), []).shape == (0,)


def test_scales_and_chords_are_pitch_classes() -> None:
    assert np.flatnonzero(scale_of("D major")).tolist() == [1, 2, 4, 6, 7, 9, 11]
    assert not scale_of("").any()
    assert np.flatnonzero(tones_of("G:7")).tolist() == [2, 5, 7, 11]
    assert not tones_of("N").any()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_pressed_the_contour_is_kept(seed) -> None:
    buttons = pressed(120, seed)
    options = GenieOptions(chance=WILD, seed=seed, low=55, high=67, key="Eb minor", scale=True)  # little room, much chance
    sounded = np.array([each[0] for each in Genie(options).play(buttons, np.arange(120) * 0.2)])
    assert contour_kept(np.array(buttons), sounded) == 1.0
    assert scale_of("Eb minor")[sounded % 12].all()
    assert sounded.min() >= 55
    assert sounded.max() <= 67
    same = np.diff(buttons) == 0
    assert (np.abs(np.diff(sounded))[same] <= 4).all()


def test_where_there_is_room_a_button_further_right_is_higher() -> None:
    buttons = [4, 5, 6, 5, 6, 7, 3, 4]
    sounded = [each[0] for each in Genie(GenieOptions(chance=WILD)).play(buttons, np.arange(8) * 0.3)]
    assert [np.sign(b - a) for a, b in pairwise(sounded)] == [np.sign(b - a) for a, b in pairwise(buttons)]


def test_without_the_promise_the_network_alone_follows() -> None:
    buttons = pressed(200, 1)
    free = np.array([each[0] for each in Genie(GenieOptions(contour=False, chance=WILD)).play(buttons, np.arange(200) * 0.2)])
    assert contour_kept(np.array(buttons), free) < 1.0


def test_chords_are_ordered_as_their_buttons_and_fit_the_chord_before() -> None:
    genie = Genie(GenieOptions(kind="piano", seed=5))
    first = genie.press((5, 1, 3), 0.0)
    assert len(first) == 3
    assert list(first) == sorted(set(first))
    between = genie.press(4, 0.5)[0]
    assert first[1] <= between <= first[2]
    apart = Genie(GenieOptions(kind="piano", seed=5))
    rolled = [apart.press(button, 0.01 * index)[0] for index, button in enumerate((1, 3, 5))]
    assert tuple(rolled) == first  # pressed within 35 ms it is the same chord


def test_locks_hold_and_a_chord_can_change() -> None:
    genie = Genie(GenieOptions(chord_tones=True, chance=WILD, seed=2))
    for label, tones in (("C:maj", {0, 4, 7}), ("F#:min", {6, 9, 1}), ("B:dim", {11, 2, 5})):
        genie.set_chord(label)
        at = genie._time_s if np.isfinite(genie._time_s) else 0.0
        heard = genie.play([3, 4, 5, 4, 3], at + 0.3 * np.arange(1, 6))
        assert {each[0] % 12 for each in heard} <= tones
    genie.set_chord("N")
    assert len({each[0] % 12 for each in genie.play(pressed(40, 3), 100 + np.arange(40) * 0.3)}) > 3
    assert keyboard_range(61) == (36, 96)


def test_the_same_seed_plays_the_same() -> None:
    buttons, times_s = pressed(60, 9), np.arange(60) * 0.25
    one, same, other = (Genie(GenieOptions(seed=seed)).play(buttons, times_s) for seed in (1, 1, 2))
    assert one == same
    assert one != other
    genie = Genie(GenieOptions(seed=1))
    assert genie.play(buttons, times_s) == one
    genie.restart()
    assert genie.play(buttons, times_s) == one
    calm = GenieOptions(chance=Chance(temperature=0.0))
    assert Genie(calm).play(buttons, times_s) == Genie(calm).play(buttons, times_s)


def test_the_network_knows_what_buttons_say() -> None:
    """Told the notes so far, buttons make the tune likelier, and the step's memory is what was told before."""
    steps = GenieSteps(kind="melody")
    buttons = encode_buttons(ODE, ODE_S)
    wait_s = waits(ODE_S)
    given = {"with": buttons, "without": None}
    nats = {name: note_nats(told_logits(steps, ODE, wait_s, buttons=each), ODE).mean() for name, each in given.items()}
    wrong = note_nats(told_logits(steps, ODE, wait_s, buttons=9 - buttons), ODE).mean()
    assert nats["with"] < nats["without"] < np.log(88)
    assert nats["with"] < wrong
    again = told_logits(steps, ODE, wait_s, buttons=buttons)
    np.testing.assert_array_equal(again, told_logits(steps, ODE, wait_s, buttons=buttons))
    other = told_logits(steps, np.append(40, ODE[1:]), wait_s, buttons=buttons)
    assert np.abs(other[1:] - again[1:]).max() > 1e-3
    np.testing.assert_array_equal(other[0], again[0])


def test_bad_presses_are_put_into_words() -> None:
    genie = Genie()
    with pytest.raises(InputError, match="button 9"):
        genie.press(9, 0.0)
    with pytest.raises(InputError, match="button 0"):
        genie.press((0, 3), 0.0)
    with pytest.raises(InputError, match="no button"):
        genie.press((), 0.0)
    with pytest.raises(InputError, match="twice"):
        genie.press((3, 3), 0.0)
    with pytest.raises(InputError, match="before the last"):
        genie.play([1, 2], [1.0, 0.5])
    with pytest.raises(InputError, match="before the last"):
        genie.press(1, float("nan"))
    with pytest.raises(InputError, match="1 buttons and 2 times"):
        genie.play([1], [2.0, 3.0])
    with pytest.raises(InputError, match="no chord"):
        genie.set_chord("H:maj")
    assert genie.play([], []) == []


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"kind": "organ"}, "organ"), ({"low": 10}, "range"), ({"low": 70, "high": 60}, "range"), ({"key": "H major"}, "no key"),
        ({"key": "C major", "scale": True, "low": 61, "high": 61}, "no note of C major"), ({"seed": -1}, "-1"),
    ],
)  # fmt: skip
def test_bad_wishes_are_put_into_words(wish, words) -> None:
    with pytest.raises(InputError, match=words):
        GenieOptions(**wish)


def test_another_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no key whose scale"):
        Genie(GenieOptions(scale=True))
    with pytest.raises(InputError, match="something else"):
        Genie(network="groove")
    with pytest.raises(InputError, match="no such file"):
        Genie(network=tmp_path / "nothing.onnx")
    with pytest.raises(InputError, match="44 keys"):
        keyboard_range(44)


def test_a_browsers_runtime_knows_every_operator() -> None:
    onnx = pytest.importorskip("onnx")
    from hexachord.models.networks import network_path

    for name in ("genie", "genie_encoder"):
        model = onnx.load(str(network_path(name)))
        assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
        plain = {
            "Abs", "Add", "BatchNormalization", "Cast", "Clip", "Concat", "Constant", "Conv", "Div", "Equal", "Exp", "Expand", "Gather",
            "Gemm", "Greater", "Identity", "Less", "LessOrEqual", "Log", "MatMul", "Mul", "Not", "Relu", "Reshape", "Shape", "Sigmoid",
            "Slice", "Split", "Squeeze", "Sub", "Tanh", "Transpose", "Unsqueeze", "Where",
        }  # fmt: skip
        assert {node.op_type for node in model.graph.node} <= plain
