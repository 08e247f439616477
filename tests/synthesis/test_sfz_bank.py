"""Which samples of an SFZ instrument answer a stroke, and what becomes of damaged or hostile ones."""

import math
import time
from pathlib import Path

import numpy as np
import pytest
from sfz_library import Hands, add_marks, bank_of, write_tone

from hexachord.errors import InputError
from hexachord.synthesis.model import BEND, BEND_RANGE, EXPRESSION, PAN, VOLUME, Loop, SoundBank, Strike
from hexachord.synthesis.sfz import SfzInstrument, load_sfz
from hexachord.synthesis.sfz.opcodes import OPCODES
from hexachord.synthesis.sfz.voices import FALL_DB
from hexachord.synthesis.shapes import shaped


def test_keys_and_velocity_layers(tmp_path: Path) -> None:
    hands = Hands(
        bank_of(
            tmp_path,
            "<group> lokey=60 hikey=c5 <region> hivel=63 sample=a.wav <region> lovel=64 sample=b.wav <region> key=59 sample=c.wav",
            *"abc",
        )
    )
    assert [hands.names(*pair) for pair in ((60, 1), (72, 63), (72, 64), (60, 127), (59, 90), (58, 90), (73, 90))] == [
        "a",
        "a",
        "b",
        "b",
        "c",
        "",
        "",
    ]


def test_a_bank_is_what_the_contract_says(tmp_path: Path) -> None:
    bank: SoundBank = bank_of(tmp_path, "<region> sample=a.wav", "a")
    assert bank.instrument(program=3, bank=8).name == "instrument"
    assert bank.warnings == ()
    assert bank.licence == ""


def test_round_robins_turn_for_each_region_and_each_part(tmp_path: Path) -> None:
    text = "<group> seq_length=3 key=60 " + " ".join(f"<region> seq_position={n + 1} sample={name}.wav" for n, name in enumerate("abc"))
    bank = bank_of(tmp_path, text, *"abc")
    first, second = Hands(bank), Hands(bank)
    assert [first.names(60) for _ in range(5)] == ["a", "b", "c", "a", "b"]
    assert second.names(60) == "a"
    assert first.names(60) == "c"


def test_round_robins_of_layers_do_not_turn_each_other(tmp_path: Path) -> None:
    text = "<group> seq_length=2 key=60 hivel=63 <region> sample=a.wav <region> seq_position=2 sample=b.wav "
    text += "<group> seq_length=2 key=60 lovel=64 <region> sample=c.wav <region> seq_position=2 sample=d.wav"
    hands = Hands(bank_of(tmp_path, text, *"abcd"))
    assert [hands.names(60, velocity) for velocity in (10, 100, 10, 100, 10)] == ["a", "c", "b", "d", "a"]


def test_chance_chooses_one_of_the_regions(tmp_path: Path) -> None:
    hands = Hands(bank_of(tmp_path, "<region> hirand=0.4 sample=a.wav <region> lorand=0.4 hirand=1 sample=b.wav", *"ab"))
    assert [hands.names(60, chance=chance) for chance in (0.0, 0.39999, 0.4, 0.999999)] == ["a", "a", "b", "b"]


def test_controls_choose_and_stand_where_the_file_puts_them(tmp_path: Path) -> None:
    hands = Hands(bank_of(tmp_path, "<control> set_cc20=100 <region> hicc20=63 sample=a.wav <region> locc20=64 sample=b.wav", *"ab"))
    assert [hands.names(60), hands.names(60, 127, {20: 10.0}), hands.names(60, 127, {21: 0.0})] == ["b", "a", "b"]


def test_keyswitches_hold_and_the_default_comes_first(tmp_path: Path) -> None:
    text = "<global> sw_lokey=c1 sw_hikey=d1 sw_default=c#1 lokey=40 <region> sw_last=c1 sample=a.wav <region> sw_last=c#1 sample=b.wav"
    bank = bank_of(tmp_path, text, *"ab")
    hands = Hands(bank)
    assert hands.names(60) == "b"
    assert hands.names(24) == ""  # the switch itself is silent
    assert [hands.names(60), hands.names(61)] == ["a", "a"]
    assert hands.names(26) == ""  # in the range, but no region waits for it
    assert hands.names(60) == "a"
    assert hands.names(25) == ""
    assert hands.names(60) == "b"
    assert bank.warnings == ("instrument has nothing on the keys 26: their notes are silent",)


def test_keyswitches_without_a_range_or_a_default(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, "<region> sw_last=24 sample=a.wav lokey=30 <region> sw_last=25 sample=b.wav lokey=30", *"ab")
    hands = Hands(bank)
    assert [hands.names(60), hands.names(25), hands.names(60), hands.names(61)] == ["a", "", "b", "b"]
    assert "keyswitch 24 holds" in bank.warnings[0]


def test_switches_that_are_held_and_the_key_before(tmp_path: Path) -> None:
    text = "<group> lokey=40 <region> sw_down=24 sample=a.wav <region> sw_up=24 sample=b.wav <region> sw_previous=50 sample=c.wav"
    hands = Hands(bank_of(tmp_path, text, *"abc"))
    assert [hands.names(60), hands.names(50, held=(24, 30)), hands.names(60, held=(24,)), hands.names(60)] == ["b", "a", "a c", "b"]


def test_first_and_legato_notes(tmp_path: Path) -> None:
    hands = Hands(bank_of(tmp_path, "<region> trigger=first sample=a.wav <region> trigger=legato sample=b.wav", *"ab"))
    assert [hands.names(60), hands.names(62, held=(60,))] == ["a", "b"]


def test_release_samples_fade_with_the_time_the_key_was_down(tmp_path: Path) -> None:
    hands = Hands(
        bank_of(tmp_path, "<region> sample=a.wav <region> trigger=release rt_decay=6 sample=b.wav loop_mode=loop_continuous", *"ab")
    )
    assert hands.names(60) == "a"
    (early,) = hands.release(60, held_s=0.5)
    (late,) = hands.release(60, held_s=2.0)
    assert early.sample.name == "b.wav"
    assert early.one_shot
    assert early.loop is None
    assert early.gain_db == pytest.approx(-3.0)
    assert late.gain_db == pytest.approx(-12.0)
    assert hands.release(60, 64, held_s=0.0)[0].gain_db == pytest.approx(40 * math.log10(64 / 127))


def test_pitch(tmp_path: Path) -> None:
    text = "<region> sample=a.wav pitch_keycenter=58 tune=-7 transpose=1 pitch_veltrack=10 <region> key=1 sample=a.wav pitch_keycenter=60 "
    text += "pitch_keytrack=0 <region> key=2 sample=a.wav pitch_keycenter=0 pitch_keytrack=50 "
    text += "<region> key=3 sample=marked.wav pitch_keycenter=sample"
    write_tone(tmp_path / "marked.wav", 300)
    add_marks(tmp_path / "marked.wav", key=2, first=147, last=293, fraction=0.25)
    hands = Hands(bank_of(tmp_path, text, "a"))
    assert hands.strike(60)[0].pitch_cents == pytest.approx(200 - 7 + 100 + 10)
    assert hands.strike(1)[1].pitch_cents == 0.0
    assert hands.strike(2)[1].pitch_cents == 100.0
    marked = hands.strike(3)[1]
    assert marked.pitch_cents == pytest.approx(75.0)
    assert marked.loop == Loop(147, 294)  # stored in the file: the loop plays without being asked for


def test_loops_ends_and_offsets(tmp_path: Path) -> None:
    modes = {
        1: ("loop_mode=loop_continuous loop_start=100 loop_end=199", Loop(100, 200)),
        2: ("loop_mode=loop_sustain loopstart=100 loopend=199", Loop(100, 200, until_release=True)),
        3: ("loop_mode=loop_continuous", Loop(0, 44_100)),
        4: ("loop_start=100 loop_end=199", None),
        5: ("loop_mode=loop_continuous loop_start=900 loop_end=100", None),
        6: ("loop_mode=loop_continuous loop_start=100 loop_end=4294967295", Loop(100, 44_100)),
        7: ("loop_mode=loop_continuous loop_start=100 loop_end=4000 end=999", Loop(100, 1000)),
        8: ("loop_mode=no_loop offset=500 offset_oncc4=127", None),
    }
    hands = Hands(bank_of(tmp_path, " ".join(f"<region> key={key} sample=a.wav {text}" for key, (text, _) in modes.items()), "a"))
    for key, (_, loop) in modes.items():
        assert hands.strike(key)[0].loop == loop, key
    assert hands.strike(7)[0].end == 1000
    assert hands.strike(8)[0].start == 500
    assert hands.strike(8, 127, {4: 127.0})[0].start == 627
    assert hands.strike(8)[0].envelope.attack_s > 0.0  # a start inside a wave is eased in
    assert hands.strike(1)[0].envelope.attack_s == 0.0


def test_a_loop_end_is_the_last_frame_or_the_one_after_whichever_joins(tmp_path: Path) -> None:
    for last in (40_099, 40_100):
        (voice,) = Hands(
            bank_of(tmp_path, f"<region> sample=a.wav loop_mode=loop_continuous loop_start=20100 loop_end={last}", "a")
        ).strike(60)
        assert voice.loop == Loop(20_100, 40_100)
        np.testing.assert_allclose(voice.sample.read()[:, 40_000:40_100], voice.sample.read()[:, 20_000:20_100], atol=1e-6)


def test_a_crossfade_is_worked_into_the_loop(tmp_path: Path) -> None:
    text = "<region> sample=a.wav loop_mode=loop_continuous loop_start=20000 loop_end=39969 "
    seams = {}
    original = Hands(bank_of(tmp_path, "<region> sample=a.wav", "a")).strike(60)[0].sample.read()
    for crossfade, frames in (("", 128), ("loop_crossfade=0.1", 4410)):
        voice = Hands(bank_of(tmp_path, text + crossfade, "a")).strike(60)[0]
        assert voice.loop is not None
        faded = voice.sample.read()
        np.testing.assert_array_equal(faded[:, : voice.loop.end - frames], original[:, : voice.loop.end - frames])
        played = np.concatenate([faded[0, : voice.loop.end], faded[0, voice.loop.start : voice.loop.start + 500]])
        steepest = 2 * np.pi * 441 / 44_100 * 0.5
        seams[crossfade] = np.abs(np.diff(played[-1000:])).max() / steepest
    assert seams[""] < 1.8  # 30 of 100 frames out of phase: a step of 23 times the slope without the seam
    assert seams["loop_crossfade=0.1"] < 1.1


def test_levels_add_up(tmp_path: Path) -> None:
    text = "<region> sample=a.wav volume=-3 amplitude=50 group_volume=1 amp_keytrack=0.5 amp_keycenter=50 amp_veltrack=0 "
    text += "gain_cc3=6 volume_curvecc3=2"
    hands = Hands(bank_of(tmp_path, text, "a"))
    half = 20 * math.log10(0.5)
    (voice,) = hands.strike(60, 10)
    routes = {route.control: route for route in voice.routes}
    assert voice.gain_db == pytest.approx(-3 + half + 1 + 5)
    assert routes[3].amount * float(shaped(routes[3].shape, 0.0)) == pytest.approx(6.0)
    assert routes[3].amount * float(shaped(routes[3].shape, 127.0)) == pytest.approx(0.0)
    assert {VOLUME, EXPRESSION, PAN, BEND} <= routes.keys()


def test_a_control_that_is_an_amplitude(tmp_path: Path) -> None:
    text = "<control> set_cc20=127 set_hdcc21=0.5 <region> sample=a.wav amplitude_oncc20=100 amplitude_oncc21=200"
    hands = Hands(bank_of(tmp_path, text, "a"))
    assert hands.strike(60)[0].gain_db == pytest.approx(0.0)  # both stand where they change nothing
    moved = hands.strike(60, 127, {20: 63.5})[0]
    (route,) = [route for route in moved.routes if route.control == 20]
    assert moved.gain_db + route.amount * float(shaped(route.shape, 63.5)) == pytest.approx(20 * math.log10(0.5))
    silent = bank_of(tmp_path / "silent", "<region> sample=a.wav amplitude_oncc20=100", "a")
    assert Hands(silent).strike(60) == ()


def test_where_a_file_puts_a_control_counts_until_it_moves(tmp_path: Path) -> None:
    text = "<control> set_cc7=127 set_cc30=127 <region> sample=a.wav pan_oncc30=-100 tune_oncc31=100 tune_curvecc31=1"
    hands = Hands(bank_of(tmp_path, text, "a"))
    voice = hands.strike(60)[0]
    assert voice.pan == -1.0  # the player starts from 0, and adds nothing
    assert voice.gain_db == pytest.approx(-40 * math.log10(100 / 127))  # the player takes 100 for the volume's default
    moved = hands.strike(60, 127, {7: 90.0, 30: 0.0})[0]
    assert (moved.pan, moved.gain_db) == (0.0, 0.0)
    (tuned,) = [route for route in moved.routes if route.control == 31]
    assert tuned.shape.bipolar
    assert tuned.amount == 100.0


def test_bends_follow_the_part_unless_the_file_has_its_own_range(tmp_path: Path) -> None:
    for text, amount, second in (("", 12_700.0, BEND_RANGE), ("bend_up=1200 bend_down=-1200", 1200.0, None)):
        (voice,) = Hands(bank_of(tmp_path, f"<region> sample=a.wav {text}", "a")).strike(60)
        (bend,) = [route for route in voice.routes if route.control == BEND]
        assert (bend.amount, bend.second) == (amount, second)


def test_envelopes_in_the_players_units(tmp_path: Path) -> None:
    text = "<region> sample=a.wav ampeg_delay=0.1 ampeg_attack=0.2 ampeg_hold=0.3 ampeg_decay=2 ampeg_sustain=50 "
    text += "ampeg_release=0.5 ampeg_start=25 "
    text += "ampeg_vel2attack=-0.1 ampeg_release_oncc72=1 fileg_attack=1 fileg_sustain=40 fileg_depth=1200 fileg_vel2depth=600 cutoff=800 "
    text += "pitcheg_decay=3 pitcheg_sustain=0 pitcheg_depth=-100"
    hands = Hands(bank_of(tmp_path, text, "a"))
    (voice,) = hands.strike(60)
    envelope = voice.envelope
    assert (envelope.delay_s, envelope.attack_s, envelope.hold_s, envelope.start) == pytest.approx((0.1, 0.1, 0.3, 0.25))
    assert envelope.decay_db_per_s == pytest.approx(FALL_DB / 2)
    assert envelope.sustain_db == pytest.approx(20 * math.log10(0.5))
    assert envelope.release_db_per_s == pytest.approx(FALL_DB / 0.5)
    assert hands.strike(60, 127, {72: 127.0})[0].envelope.release_db_per_s == pytest.approx(FALL_DB / 1.5)
    pitch, cutoff = voice.modulators
    assert (pitch.target, pitch.depth, pitch.source.decay_s) == ("pitch_cents", -100.0, 3.0)  # type: ignore[union-attr]
    assert (cutoff.target, cutoff.depth, cutoff.source.sustain) == ("cutoff_cents", 1800.0, 0.4)  # type: ignore[union-attr]


def test_oscillations_deepen_with_the_wheel(tmp_path: Path) -> None:
    text = "<region> sample=a.wav pitchlfo_freq=5 pitchlfo_depth=10 pitchlfo_depthcc1=50 amplfo_freq=3 amplfo_depth=2 pitchlfo_fade=0.5 "
    text += "lfo02_freq=1 lfo02_wave=0 lfo02_pan=40 lfo02_cutoff_oncc1=1200 lfo02_delay=0.2"
    (voice,) = Hands(bank_of(tmp_path, text, "a")).strike(60)
    depths = [(modulator.target, modulator.source.rate_hz, modulator.depth) for modulator in voice.modulators]  # type: ignore[union-attr]
    assert depths == [("gain_db", 3.0, 2.0), ("pitch_cents", 5.0, 10.0), ("cutoff_cents", 1.0, 0.0), ("pan", 1.0, pytest.approx(0.4))]
    wheel = {route.modulator: route.amount for route in voice.routes if route.control == 1}
    assert wheel == {1: 50.0, 2: 1200.0}
    assert voice.modulators[3].source.shape == "triangle"  # type: ignore[union-attr]


def test_filters_and_bands(tmp_path: Path) -> None:
    text = "<region> key=60 sample=a.wav cutoff=1000 resonance=6 fil_type=hpf_2p fil_keytrack=100 fil_keycenter=48 "
    text += "fil_veltrack=1200 cutoff_oncc5=-600 "
    text += "eq1_gain=6 eq1_freq=200 eq1_bw=2 eq3_gain=0 eq3_vel2gain=-4 eq2_freq=700 <region> key=61 sample=a.wav cutoff=25000"
    hands = Hands(bank_of(tmp_path, text, "a"))
    voice = hands.strike(60, 127)[0]
    assert voice.filter is not None
    assert (voice.filter.kind, voice.filter.resonance_db) == ("highpass2", 6.0)
    assert voice.filter.frequency_hz == pytest.approx(4000.0)
    assert [(route.amount, route.target) for route in voice.routes if route.control == 5] == [(-600.0, "cutoff_cents")]
    assert [(band.frequency_hz, band.gain_db, band.bandwidth_octaves) for band in voice.equalizer] == [(200, 6, 2), (5000, -4, 1)]
    assert hands.strike(61)[0].filter is None  # wide open
    shelf = bank_of(tmp_path, "<region> sample=a.wav cutoff=500 fil_type=lsh", "a")
    assert Hands(shelf).strike(60)[0].filter is None  # a lowpass would be worse than nothing
    assert shelf.warnings == ("not played: fil_type=lsh (no filter plays in its place)",)


def test_groups_end_each_other(tmp_path: Path) -> None:
    text = "<group> group=1 off_by=2 <region> key=46 sample=a.wav <group> group=2 "
    text += "<region> key=42 sample=b.wav off_by=1 off_mode=time off_time=0.2 "
    text += (
        "<region> key=44 sample=*silence <group> note_polyphony=1 ampeg_release=0.3 off_mode=normal <region> lokey=60 hikey=70 sample=a.wav"
    )
    hands = Hands(bank_of(tmp_path, text, *"ab"))
    open_hat, closed_hat, mute = hands.strike(46)[0], hands.strike(42)[0], hands.strike(44)[0]
    assert (open_hat.group, open_hat.cuts, open_hat.off_s) == (2, 1, 0.006)
    assert (closed_hat.group, closed_hat.cuts, closed_hat.off_s) == (1, 2, 0.2)
    assert mute.cuts == open_hat.group
    again, other = hands.strike(60)[0], hands.strike(61)[0]
    assert again.group == again.cuts == hands.strike(60, 3)[0].group != 0
    assert other.group not in (0, again.group)
    assert again.off_s == pytest.approx(0.3)


def test_crossfades_by_key_velocity_and_control(tmp_path: Path) -> None:
    text = "<region> sample=a.wav xfout_lovel=40 xfout_hivel=80 amp_veltrack=0 "
    text += "<region> sample=b.wav xfin_lovel=40 xfin_hivel=80 amp_veltrack=0 "
    text += "xfin_lokey=50 xfin_hikey=60 xf_keycurve=gain xfin_locc1=0 xfin_hicc1=127"
    hands = Hands(bank_of(tmp_path, text, *"ab"))
    assert hands.names(60, 30, {1: 127.0}) == "a"
    assert hands.names(60, 100, {1: 127.0}) == "b"
    one, two = hands.strike(60, 60, {1: 127.0})
    assert one.gain_db == pytest.approx(two.gain_db) == pytest.approx(10 * math.log10(0.5))
    assert hands.strike(55, 90, {1: 127.0})[0].gain_db == pytest.approx(20 * math.log10(0.5))
    assert hands.strike(60, 90, {1: 63.5})[0].gain_db == pytest.approx(10 * math.log10(0.5))


def test_what_is_random_is_decided_by_the_strokes_chance(tmp_path: Path) -> None:
    text = "<region> sample=a.wav amp_random=6 pitch_random=50 delay=0.1 delay_random=0.2 offset_random=1000"
    hands = Hands(bank_of(tmp_path, text, "a"))
    drawn = [hands.strike(60, chance=chance / 200)[0] for chance in range(200)]
    again = hands.strike(60, chance=50 / 200)[0]
    assert (again.pitch_cents, again.delay_s) == (drawn[50].pitch_cents, drawn[50].delay_s)
    for values, low, high in (
        ([voice.gain_db for voice in drawn], -6, 6),
        ([voice.pitch_cents for voice in drawn], -50, 50),
        ([voice.delay_s for voice in drawn], 0.1, 0.3),
        ([float(voice.start) for voice in drawn], 0, 1000),
    ):
        assert low <= min(values) < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < max(values) <= high
    assert abs(np.corrcoef([voice.gain_db for voice in drawn], [voice.pitch_cents for voice in drawn])[0, 1]) < 0.3


def test_built_in_waves(tmp_path: Path) -> None:
    waves = ("sine", "saw", "square", "triangle", "noise", "silence")
    bank = bank_of(
        tmp_path, " ".join(f"<region> key={60 + n} sample=*{name}" for n, name in enumerate(waves)) + " <region> key=1 sample=*gong"
    )
    hands = Hands(bank)
    for n, name in enumerate(waves[:-1]):
        (voice,) = hands.strike(60 + n)
        samples = voice.sample.read()
        assert samples.shape == (voice.sample.channels, voice.sample.frames)
        assert voice.loop == Loop(0, voice.sample.frames)
        assert np.abs(samples).max() == pytest.approx(1.0, abs=1e-3)
        if name not in ("noise",):
            assert samples.mean() == pytest.approx(0.0, abs=1e-6)
    assert hands.strike(65) == ()
    assert any("*gong" in warning for warning in bank.warnings)


def test_samples_that_are_missing_or_outside_leave_the_rest_playing(tmp_path: Path) -> None:
    folder = tmp_path / "library" / "programs"
    write_tone(tmp_path / "secret.wav", 500)
    (folder.parent / "Samples").mkdir(parents=True)
    folder.mkdir()
    (folder / "link.wav").symlink_to(tmp_path / "secret.wav")
    (folder / "text.wav").write_text("not a sound")
    write_tone(folder.parent / "Samples" / "C4.flac", 300)
    text = "<control> default_path=..\\samples\\ <region> key=60 sample=c4.WAV <region> key=61 sample=gone1.wav "
    text += "<region> key=61 sample=gone2.wav "
    text += "<control> default_path= <region> key=62 sample=../../secret.wav <region> key=62 sample=/etc/passwd "
    text += "<region> key=62 sample=link.wav "
    text += "<region> key=63 sample=text.wav"
    bank = bank_of(folder, text)
    hands = Hands(bank)
    assert [len(hands.strike(key)) for key in (60, 61, 62, 63)] == [1, 0, 0, 0]
    said = "\n".join(bank.warnings)
    assert "2 samples are silent: there is no such file (../samples/gone1.wav" in said.replace("\\", "/")
    assert "3 samples are silent: it leads out of the instrument's library" in said
    assert "1 sample is silent: it holds content that no decoder here knows as sound (text.wav)" in said


def test_an_instrument_without_any_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 regions without a sample") as caught:
        bank_of(tmp_path, "<region> sample=a.wav <region> sample=b.wav")
    assert "there is no such file (a.wav, b.wav)" in str(caught.value)


def test_parts_that_do_not_suit_the_instrument_are_played_by_the_plain_one_and_named_once(tmp_path: Path) -> None:
    piano = bank_of(tmp_path / "piano", "<region> sample=a.wav", "a")
    drums = " ".join(f"<region> key={key} sample=a.wav" for key in range(35, 60))
    kit = bank_of(tmp_path / "kit", f"<global> loop_mode=one_shot {drums}", "a")
    horn = bank_of(tmp_path / "horn", drums, "a")
    pads = bank_of(tmp_path / "pads", "<region> key=36 sample=a.wav <region> key=38 sample=a.wav", "a")
    own = {bank.name: bank.instrument(program=0, is_percussion=bank in (kit, pads)) for bank in (piano, kit, horn, pads)}
    assert all(isinstance(instrument, SfzInstrument) for instrument in own.values())
    assert (piano.warnings, kit.warnings, horn.warnings) == ((), (), ())
    assert ["few of the drums" in text for text in pads.warnings] == [True]
    for _ in range(2):
        assert piano.instrument(program=0, is_percussion=True).attack(Strike(38, 100, {}, {}))
        assert not isinstance(piano.instrument(program=0, is_percussion=True), SfzInstrument)
        assert not isinstance(kit.instrument(program=0), SfzInstrument)
        assert isinstance(horn.instrument(program=0), SfzInstrument)  # recorded key by key, but not struck
    assert ["the plain kit plays the drums" in text for text in piano.warnings] == [True]
    assert ["plain synthesizer plays the melodic parts" in text for text in kit.warnings] == [True]


def test_files_that_tell_programs_and_drums_apart(tmp_path: Path) -> None:
    text = "<master> loprog=0 hiprog=7 hichan=9 <region> sample=a.wav <master> loprog=40 hiprog=47 <region> sample=b.wav "
    text += "<master> lochan=10 hichan=10 <region> sample=c.wav"
    bank = bank_of(tmp_path, text, *"abc")

    def heard(program: int, *, is_percussion: bool = False) -> list[str]:
        instrument = bank.instrument(program=program, is_percussion=is_percussion)
        return [voice.sample.name[0] for voice in instrument.attack(Strike(60, 100, {}, {}))]

    assert [heard(0), heard(41), heard(3), heard(0, is_percussion=True)] == [["a"], ["b"], ["a"], ["c"]]
    assert bank.warnings == ()
    assert heard(90) == ["b"]
    assert "instrument has no sound for program 90: the nearest it has plays" in bank.warnings
    assert bank.instrument(program=1) is bank.instrument(program=2)


def test_samples_are_opened_when_struck_and_read_once(tmp_path: Path) -> None:
    bank = bank_of(tmp_path, "<region> key=60 sample=a.wav <region> key=61 sample=b.wav", *"ab")
    (tmp_path / "b.wav").write_bytes(b"broken after loading")
    hands = Hands(bank)
    (voice,) = hands.strike(60)
    assert voice.sample.read() is hands.strike(60, 50)[0].sample.read()
    assert hands.strike(60)[0] is hands.strike(60)[0]  # equal strokes share their voice
    assert hands.strike(61) == ()
    assert "b.wav" in bank.warnings[0]


def test_the_licence_is_that_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "LICENSE.txt").write_text("# CC0 1.0\n\nUniversal\nand more")
    write_tone(tmp_path / "samples" / "a.wav", 441)
    (tmp_path / "programs").mkdir()
    assert bank_of(tmp_path / "programs", "<region> sample=../samples/a.wav").licence == "CC0 1.0, Universal"
    assert bank_of(tmp_path / "programs", "<region> sample=a.wav", "a").licence == ""  # the folder above is someone else's


def test_a_loop_in_a_damaged_wav_is_not_trusted(tmp_path: Path) -> None:
    write_tone(tmp_path / "a.wav", 300)
    write_tone(tmp_path / "b.wav", 300)
    add_marks(tmp_path / "a.wav", key=60, first=10, last=10**9)
    add_marks(tmp_path / "b.wav", key=60, first=10, last=20)
    (tmp_path / "b.wav").write_bytes((tmp_path / "b.wav").read_bytes()[:-30])
    hands = Hands(bank_of(tmp_path, "<region> key=60 sample=a.wav <region> key=61 sample=b.wav"))
    assert [hands.strike(key)[0].loop for key in (60, 61)] == [None, None]


def test_a_kit_with_many_regions_answers_quickly(tmp_path: Path) -> None:
    write_tone(tmp_path / "a.wav", 300, seconds=0.01)
    text = "".join(f"<region> key={20 + n % 88} lovel={1 + n % 16 * 8} hivel={n % 16 * 8 + 8} sample=a.wav\n" for n in range(3000))
    hands = Hands(bank_of(tmp_path, text))
    strokes = [(20 + n % 88, 1 + n % 127) for n in range(2000)]
    for stroke in strokes:
        hands.strike(*stroke)
    started = time.process_time()
    for stroke in strokes * 10:
        hands.strike(*stroke)
    assert time.process_time() - started < 1.0  # 50 µs a stroke; 3 when this was written


def test_no_text_breaks_anything(tmp_path: Path) -> None:
    """Names and values thrown together: what comes is an instrument whose voices are finite, or a refusal in words."""
    rng = np.random.default_rng(8)
    names = [
        *OPCODES,
        "cutoff_oncc1",
        "pitch_curvecc1",
        "locc1",
        "hicc1",
        "xfin_locc1",
        "set_cc1",
        "amplitude_oncc1",
        "ampeg_attack_oncc135",
    ]
    names += ["v064", "pan_oncc10", "lfo1_pan_oncc1"]
    values = [
        "0",
        "-1",
        "1",
        "60",
        "127",
        "1e9",
        "-1e9",
        "1e300",
        "nan",
        "inf",
        "c4",
        "$a",
        "release",
        "loop_sustain",
        "hpf_1p",
        "0.5",
        "4294967296",
        "=",
        "*",
    ]
    headers = [
        "<region> sample=a.wav",
        "<group>",
        "<control>",
        "<curve>",
        "<global>",
        "<region> sample=*saw",
        "<region>",
        "#define $a 9",
        "$a",
    ]
    write_tone(tmp_path / "a.wav", 441)
    loaded = 0
    for _ in range(300):
        words = ["<region> sample=a.wav"]
        for name in rng.choice(names, size=int(rng.integers(1, 40))):
            if name not in ("sample", "default_path"):
                words.append(f"{name.replace('N', '1')}={rng.choice(values)}")
            if rng.random() < 0.1:
                words.append(str(rng.choice(headers)))
        try:
            hands = Hands(bank_of(tmp_path, " ".join(words)))
        except InputError:
            continue
        loaded += 1
        for key in (0, 59, 60, 127):
            for voice in (*hands.strike(key, 1), *hands.strike(key, 127, {1: 64.0}, chance=0.7), *hands.release(key)):
                numbers = [voice.pitch_cents, voice.gain_db, voice.pan, voice.width, voice.delay_s]
                numbers += [number for move in (*voice.routes, *voice.modulators) for number in move if isinstance(number, float)]
                assert np.isfinite(numbers).all(), words
                assert 0 <= voice.start < voice.sample.frames
                assert voice.end is None or voice.start < voice.end <= voice.sample.frames
                assert voice.loop is None or 0 <= voice.loop.start < voice.loop.end <= voice.sample.frames
    assert loaded > 250


class TestUprightPiano:
    """The Upright Piano KW of FreePats."""

    def test_every_key_sounds_in_two_layers_and_nothing_is_left_out(self, data_dir: Path) -> None:
        bank = load_sfz(data_dir / "instruments" / "upright_kw" / "UprightPianoKW.sfz")
        hands = Hands(bank)
        for key in range(21, 109):
            soft, loud = hands.strike(key, 80), hands.strike(key, 81)
            assert len(soft) == len(loud) == 1
            assert soft[0].sample.name != loud[0].sample.name or key > 67
            assert abs(loud[0].pitch_cents) <= 300
            assert loud[0].envelope.release_db_per_s == pytest.approx(FALL_DB / 0.6)
        assert bank.warnings == ()
        assert "CC0" in bank.licence
        assert hands.strike(60, 60)[0].filter is not None
        assert hands.strike(20) == ()
