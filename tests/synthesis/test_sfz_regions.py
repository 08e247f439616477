"""SFZ opcodes and headers: names, ranges, inheritance, and what is said of what is not played."""

import math

import numpy as np
import pytest

from hexachord.synthesis.sfz.curves import BIPOLAR, CONCAVE, FADE_IN, FADE_OUT, curve_value, fade_gain, velocity_gain
from hexachord.synthesis.sfz.opcodes import OPCODES, is_silent, number, understood, verdict
from hexachord.synthesis.sfz.regions import KEYCENTER_OF_SAMPLE, Bounds, Definition, Fade, Modulation, define
from hexachord.synthesis.sfz.text import Statement


def defined(text: str) -> Definition:
    statements = []
    for word in text.split():
        if word.startswith("<"):
            statements.append(Statement(word.strip("<>"), is_header=True))
        else:
            name, _, value = word.partition("=")
            statements.append(Statement(name, value))
    return define(statements)


def test_headers_inherit_and_forget() -> None:
    found = defined(
        "<global> volume=-1 pan=5 <master> tune=3 <group> volume=-2 <region> sample=a <region> volume=-3 sample=b "
        "<group> <region> sample=c <master> <group> pan=7 <region> sample=d <global> <region> sample=e"
    )
    values = [(region.sample, region.number("volume"), region.number("pan"), region.number("pitch")) for region in found.regions]
    assert values == [("a", -2, 5, 3), ("b", -3, 5, 3), ("c", -1, 5, 3), ("d", -1, 7, 0), ("e", 0, 0, 0)]


def test_key_means_three_things_unless_they_are_said() -> None:
    found = defined(
        "<group> key=60 <region> sample=a <region> sample=b lokey=50 <region> sample=c pitch_keycenter=48 key=49 "
        "<region> sample=d lokey=-1 hikey=-1"
    )
    assert [(list(region.keys)[:1], len(region.keys), region.number("pitch_keycenter")) for region in found.regions] == [
        ([60], 1, 60),
        ([50], 11, 60),
        ([49], 1, 48),
        ([], 0, 60),
    ]


def test_default_path_holds_from_where_it_stands_and_shifts_move_every_key() -> None:
    found = defined(
        "<control> default_path=one/ <region> sample=a <region> sample=*sine "
        "<control> default_path=two/x_ note_offset=2 octave_offset=-1 <region> sample=b key=40 sw_last=c2 <region> sample=c"
    )
    assert [region.sample for region in found.regions] == ["one/a", "*sine", "two/x_b", "two/x_c"]
    third, fourth = found.regions[2:]
    assert list(third.keys) == [50]  # a key ten higher reaches the region, whose pitch stays
    assert third.number("pitch_keycenter") == 50
    assert third.number("sw_last") == 46
    assert fourth.number("pitch_keycenter") == 70


def test_controls_conditions_fades_and_curves() -> None:
    found = defined(
        "<control> set_cc1=20 set_hdcc72=0.5 <curve> curve_index=9 v000=1 v064=0 v127=0.5 "
        "<group> locc64=1 hihdcc20=0.5 xfin_locc1=10 xfin_hicc1=20 "
        "xfout_hicc1=120 <region> sample=a ampeg_releasecc72=2 volume_cc3=6 volume_curvecc3=9 cutoff_oncc4=-1200 "
        "amp_velcurve_64=0.5 gain_cc5=3"
    )
    region = found.regions[0]
    assert found.controls == {1: 20.0, 72: 63.5}
    assert curve_value(9, 64, found.curves) == 0.0
    assert curve_value(9, 32, found.curves) == pytest.approx(0.5)
    assert set(region.bounds) == {Bounds(64, low=1), Bounds(20, high=63.5)}
    assert region.fades == (Fade(1, 10, 20, 127, 120),)
    assert region.velocity_points == ((64, 0.5),)
    assert set(region.modulations) == {
        Modulation("ampeg_release", 72, 2.0),
        Modulation("volume", 3, 6.0, 9),
        Modulation("cutoff", 4, -1200.0),
        Modulation("volume", 5, 3.0),
    }


def test_what_is_not_played_unknown_refused_or_limited_is_said_once() -> None:
    found = defined(
        "<region> sample=a cutof=500 cutof=600 cutoff2=900 eg01_time1=2 eg02_time1=3 volume=nan pan=inf tune=1e300 hivel=128 "
        "loop_mode=forever "
        "label_cc1=x sw_label=y region_label=z fil_type=lpf_4p on_locc64=1 wibble=3 key=h9 <effect> type=reverb <region> key=60"
    )
    text = "\n".join(found.notes)
    assert "cutof: like cutoff (2 times)" in text
    assert "cutoff2" in text
    assert "egN_timeN (2 times)" in text
    assert "on_loccN" in text
    assert "lpf_4p (lpf_2p plays in its place)" in text
    assert "<effect>" in text
    assert "wibble" in text
    for refused in ("volume=nan", "pan=inf", "tune=1e300", "loop_mode=forever", "key=h9"):
        assert refused in text
    assert "hivel=128 to 127" in text
    assert "label" not in text
    assert "1 region without a sample" in text
    region = found.regions[0]
    assert (region.number("volume"), region.number("pan"), region.number("pitch")) == (0, 0, 0)
    assert region.word("fil_type", "") == "lpf_2p"


def test_names_with_numbers_and_aliases() -> None:
    assert understood("loopmode").base == "loop_mode"  # type: ignore[union-attr]
    for name in ("ampeg_attackcc5", "ampeg_attack_cc5", "ampeg_attack_oncc5"):
        assert understood(name)[0::2][:2] == ("ampeg_attack", 5)  # type: ignore[index]
    for name in ("resonance_oncc9", "position_oncc9", "eq01_gaincc9", "lfo2_pitch_oncc9", "pitchlfo_depthcc9"):
        assert understood(name).how == "on", name  # type: ignore[union-attr]
    assert understood("eq4_gain") is None  # the format has three bands
    assert understood("lfo12_pitch").base == "lfo12_pitch"  # type: ignore[union-attr]
    assert understood("amp_velcurve_128") is None
    assert understood("locc9999") is None
    assert understood("samplecc1") is None


@pytest.mark.parametrize("name", ["volumee", "hikeyy", "_", "cc", "oncc1", "amp_velcurve_x", "sample2"])
def test_misspelt_names_are_unknown(name: str) -> None:
    assert understood(name) is None
    assert not is_silent(name)
    assert verdict(name).startswith("unknown")


def test_values_of_keys() -> None:
    key = OPCODES["key"]
    assert [number(text, key) for text in ("60", "c4", "C#4", "db4", "c-1", "g9", "60.9")] == [
        (60, False),
        (60, False),
        (61, False),
        (61, False),
        (0, False),
        (127, False),
        (60, False),
    ]
    assert number("c12", key) == (127, True)
    assert number("nan", key) is None
    assert number("72offset=320", key) == (72, True)  # typing errors of real libraries
    assert number("-3.5dB", OPCODES["volume"]) == (-3.5, True)
    assert defined("<region> sample=a pitch_keycenter=sample").regions[0].number("pitch_keycenter") == KEYCENTER_OF_SAMPLE


def test_velocity_curves() -> None:
    assert 20 * math.log10(velocity_gain(64, 100)) == pytest.approx(40 * math.log10(64 / 127))
    assert velocity_gain(127, -100) == 0.0
    assert velocity_gain(64, 100, [(1, 0.5)]) == pytest.approx(0.75)
    assert velocity_gain(100, 100, [(64, 1.0)]) == 1.0
    assert all(np.diff([velocity_gain(velocity, 73) for velocity in range(1, 128)]) > 0)


def test_built_in_curves_and_crossfades() -> None:
    assert curve_value(BIPOLAR, 0, {}) == -1.0
    assert curve_value(CONCAVE, 127, {}) == 1.0
    assert curve_value(FADE_IN, 32, {}) ** 2 + curve_value(FADE_OUT, 32, {}) ** 2 == pytest.approx(1.0)
    assert curve_value(200, 127, {}) == 1.0
    for is_power in (False, True):
        at = [
            (
                fade_gain(value, in_low=20, in_high=40, out_low=127, out_high=127, is_power=is_power),
                fade_gain(value, in_low=0, in_high=0, out_low=20, out_high=40, is_power=is_power),
            )
            for value in range(15, 45)
        ]
        sums = [rising**2 + falling**2 if is_power else rising + falling for rising, falling in at]
        assert sums == pytest.approx([1.0] * len(sums))
