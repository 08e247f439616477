"""Hydrogen's drum kits, on a tiny kit made here: layers, groups, names, and files that try something."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from hexachord.errors import InputError
from hexachord.synthesis.banks import choose_bank, open_bank
from hexachord.synthesis.hydrogen import load_kit
from hexachord.synthesis.hydrogen.drum_names import keys_of_kit, kind_of
from hexachord.synthesis.model import Strike, Stroke, Track
from hexachord.synthesis.player import render_tracks

RATE_HZ = 44100


def instrument_xml(name: str, layers: str, extra: str = "") -> str:
    return f"<instrument><name>{name}</name><volume>1</volume>{extra}{layers}</instrument>"


def layer_xml(file: str, low: float = 0.0, high: float = 1.0, gain: float = 1.0, pitch: float = 0.0) -> str:
    return f"<layer><filename>{file}</filename><min>{low}</min><max>{high}</max><gain>{gain}</gain><pitch>{pitch}</pitch></layer>"


def write_kit(folder: Path, instruments: str, *, head: str = "", root: str = "drumkit_info") -> Path:
    folder.mkdir(exist_ok=True)
    text = (
        f"<?xml version='1.0'?>{head}<{root}><name>Toy</name><license>CC0</license><instrumentList>{instruments}</instrumentList></{root}>"
    )
    (folder / "drumkit.xml").write_text(text, encoding="utf-8")
    return folder


def write_tone(path: Path, hz: float, *, seconds: float = 0.5, level: float = 0.5) -> None:
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    soundfile.write(path, level * np.sin(2 * np.pi * hz * time_s), RATE_HZ, subtype="FLOAT")


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    folder = tmp_path / "Toy Kit"
    folder.mkdir()
    for name, hz in {"soft": 200.0, "hard": 400.0, "closed": 3000.0, "open": 2000.0, "snare": 800.0, "low": 100.0, "high": 300.0}.items():
        write_tone(folder / f"{name}.wav", hz, seconds=2.0 if name == "open" else 0.5)
    return write_kit(
        folder,
        instrument_xml("Kick", layer_xml("soft.wav", 0.0, 0.5) + layer_xml("hard.wav", 0.6, 1.0, gain=0.5))
        + instrument_xml("Snare 1", layer_xml("snare.wav", pitch=12), "<pan_L>0</pan_L><pan_R>1</pan_R>")
        + instrument_xml("Closed HH", layer_xml("closed.wav"))
        + instrument_xml("Open HH", layer_xml("open.wav"))
        + instrument_xml("Floor Tom", layer_xml("low.wav"))
        + instrument_xml("Tom Hi", layer_xml("high.wav"))
        + instrument_xml("Snare 2", layer_xml("closed.wav"))
        + instrument_xml("17", ""),
    )


def sound_of(folder: Path, *strokes: tuple[float, int, int], program: int = 0) -> np.ndarray:
    instrument = load_kit(folder).instrument(program=program, is_percussion=True)
    track = Track(is_percussion=True, strokes=tuple(Stroke(onset, onset + 0.1, key, velocity) for onset, key, velocity in strokes))
    return np.concatenate([block.dry[0] for block in render_tracks([track], [instrument], rate_hz=RATE_HZ)], axis=1)


def loudest_hz(sound: np.ndarray) -> float:
    level = np.abs(np.fft.rfft(sound.sum(axis=0)))
    return float(np.fft.rfftfreq(sound.shape[1], 1 / RATE_HZ)[np.argmax(level)])


def test_velocity_chooses_the_layer_and_gaps_go_to_the_nearest(kit):
    assert loudest_hz(sound_of(kit, (0.0, 36, 40))) == pytest.approx(200, abs=3)
    assert loudest_hz(sound_of(kit, (0.0, 36, 67))) == pytest.approx(200, abs=3)
    assert loudest_hz(sound_of(kit, (0.0, 36, 74))) == pytest.approx(400, abs=3)


def test_loudness_is_velocity_times_every_gain(kit):
    loud, soft = (np.abs(sound_of(kit, (0.0, 42, velocity))).max() for velocity in (127, 32))
    assert loud / soft == pytest.approx(127 / 32, rel=0.01)
    kick, hat = (np.abs(sound_of(kit, (0.0, key, 127))).max() for key in (36, 42))
    assert kick / hat == pytest.approx(0.5, rel=0.05)


def test_pitch_and_pan_are_as_written(kit):
    snare = sound_of(kit, (0.0, 38, 100))
    assert loudest_hz(snare) == pytest.approx(1600, abs=4)
    assert np.abs(snare[0]).max() < 0.02 * np.abs(snare[1]).max()


def test_a_closed_hat_ends_an_open_one_and_itself_sounds_on(kit):
    alone, cut = sound_of(kit, (0.0, 46, 100)), sound_of(kit, (0.0, 46, 100), (0.5, 42, 100))
    late = slice(round(1.2 * RATE_HZ), round(1.4 * RATE_HZ))
    assert np.abs(alone[:, late]).max() > 0.05
    assert np.abs(cut[:, late]).max(initial=0.0) == 0
    twice = sound_of(kit, (0.0, 42, 100), (0.2, 42, 100))
    assert np.abs(twice[:, round(0.3 * RATE_HZ)] - sound_of(kit, (0.0, 42, 100))[:, round(0.3 * RATE_HZ)]).max() > 0


def test_groups_of_the_kit_hold_as_well(tmp_path):
    folder = tmp_path / "groups"
    folder.mkdir()
    for name in ("a", "b"):
        write_tone(folder / f"{name}.wav", 500.0, seconds=2.0)
    group = "<muteGroup>3</muteGroup>"
    write_kit(folder, instrument_xml("Kick", layer_xml("a.wav"), group) + instrument_xml("Snare", layer_xml("b.wav"), group))
    assert sound_of(folder, (0.0, 36, 100), (0.5, 38, 100)).shape[1] == pytest.approx(2.5 * RATE_HZ, rel=0.02)
    kick = load_kit(folder).instrument(program=0, is_percussion=True).attack(Strike(36, 100, {}, {}))[0]
    assert kick.group == kick.cuts != 0


def test_layers_for_one_velocity_take_turns(tmp_path):
    folder = tmp_path / "turns"
    folder.mkdir()
    for name, hz in (("a", 500.0), ("b", 900.0)):
        write_tone(folder / f"{name}.wav", hz, seconds=0.4)
    write_kit(folder, instrument_xml("Kick", layer_xml("a.wav") + layer_xml("b.wav")) + instrument_xml("Snare", layer_xml("a.wav")))
    counts: dict[int, int] = {}
    instrument = load_kit(folder).instrument(program=0, is_percussion=True)
    names = [instrument.attack(Strike(36, 90, {}, counts))[0].sample.name for _ in range(4)]
    assert names == ["a.wav", "b.wav", "a.wav", "b.wav"]


def test_missing_drums_go_to_the_nearest_and_toms_spread(kit):
    instrument = load_kit(kit).instrument(program=0, is_percussion=True)
    assert {key for key in (41, 43, 45) if instrument.attack(Strike(key, 90, {}, {}))[0].sample.name == "low.wav"} == {41, 43, 45}
    assert instrument.attack(Strike(50, 90, {}, {}))[0].sample.name == "high.wav"
    ride, open_hat = (instrument.attack(Strike(key, 90, {}, {}))[0] for key in (51, 46))
    assert ride.sample is open_hat.sample
    assert ride.gain_db == pytest.approx(open_hat.gain_db - 6.0)
    assert 51 not in instrument.own_keys
    assert {36, 38, 42, 46, 45} <= instrument.own_keys
    assert instrument.attack(Strike(60, 90, {}, {})) == ()


def test_the_program_chooses_among_several(kit):
    assert loudest_hz(sound_of(kit, (0.0, 38, 100), program=1)) == pytest.approx(3000, abs=5)


def test_names_of_kits_in_use_are_understood():
    for name, kind in {
        "BassDrum": "kick", "Pearl Side Stick": "rim", "Snare Rimshot (Pearl)": "snare", "redo super opaco": "snare", "tomhi2": "tom",
        "VariBreaks Hat 1 Op": "hat open", "Hi-Hat Semiopen": "hat open", "Sabian Hat Pedal": "hat pedal", "crash16inch": "crash",
        "Hand Clap": "clap", "f3 - bass drum 2": "kick", "17": "", "ride-crash20inch": "ride", "Crash/Ride Bell": "crash",
        "Ride Bow": "ride",
    }.items():  # fmt: skip
        assert kind_of(name) == kind, name


def test_a_kit_whose_names_tell_nothing_is_played_in_order():
    assert {key: heard.number for key, heard in keys_of_kit(["a1", "b2", "c3"]).items()} == {36: 0, 37: 1, 38: 2}


def test_open_bank_takes_the_folder_and_the_file_and_melodies_go_elsewhere(kit):
    assert choose_bank(kit).name == "Toy Kit"
    for path in (kit, kit / "drumkit.xml"):
        bank = open_bank(path)
        assert bank.name == "Toy"
        assert bank.licence == "CC0"
        assert bank.instrument(program=0).attack(Strike(60, 90, {}, {}))
        assert "drum kit" in bank.warnings[0]


def test_old_kits_with_one_sample_to_an_instrument(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    write_tone(folder / "bd.wav", 60.0)
    write_kit(folder, "<instrument><filename>bd.wav</filename><name>Kick</name><volume>0,5</volume></instrument>")
    voice = load_kit(folder).instrument(program=0, is_percussion=True).attack(Strike(36, 127, {}, {}))[0]
    assert voice.gain_db == pytest.approx(-6.02, abs=0.01)


@pytest.mark.parametrize(
    "head", ['<!DOCTYPE drumkit_info [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE drumkit_info SYSTEM "file:///etc/passwd">']
)
def test_declarations_are_refused(tmp_path, head):
    with pytest.raises(InputError, match="attack"):
        load_kit(write_kit(tmp_path / "bad", instrument_xml("Kick", layer_xml("a.wav")), head=head))


def test_what_is_no_kit_says_so(tmp_path):
    (tmp_path / "drumkit.xml").write_text("<drumkit_info><instrumentList>", encoding="utf-8")
    with pytest.raises(InputError, match="broken XML"):
        load_kit(tmp_path)
    with pytest.raises(InputError, match="root <other>"):
        load_kit(write_kit(tmp_path / "other", "", root="other"))
    with pytest.raises(InputError, match="without a recording"):
        load_kit(write_kit(tmp_path / "none", instrument_xml("Kick", "")))
    with pytest.raises(InputError, match="without its recordings"):
        load_kit(write_kit(tmp_path / "gone", instrument_xml("Kick", layer_xml("gone.wav"))))
    (tmp_path / "drumkit.xml").write_bytes(b"<" * (9 << 20))
    with pytest.raises(InputError, match="MB of XML"):
        load_kit(tmp_path)


def test_a_sample_never_comes_from_outside_the_kit(kit, tmp_path):
    write_tone(tmp_path / "secret.wav", 440.0)
    (kit / "link.wav").symlink_to(tmp_path / "secret.wav")
    write_kit(
        kit,
        instrument_xml("Kick", layer_xml("../secret.wav"))
        + instrument_xml("Snare", layer_xml("link.wav"))
        + instrument_xml("Closed HH", layer_xml("closed.wav")),
    )
    bank = load_kit(kit)
    instrument = bank.instrument(program=0, is_percussion=True)
    for key in (36, 38):
        assert instrument.attack(Strike(key, 90, {}, {})) == ()
    assert instrument.attack(Strike(42, 90, {}, {}))
    assert any("leads out" in warning for warning in bank.warnings)
