"""SoundFont files: written and read back, compressed, in 24 bits, and damaged in every way."""

from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.synthesis.model import Strike
from hexachord.synthesis.soundfont import FontInstrument, FontPreset, FontSample, FontZone, Generator, load_soundfont, write_soundfont
from hexachord.synthesis.soundfont.file import LAYOUTS, read_tables
from hexachord.synthesis.soundfont.riff import chunks, pack

RATE_HZ = 44_100
TONE = (0.5 * np.sin(2 * np.pi * 441 * np.arange(44_100) / RATE_HZ)).astype(np.float32)


def small_font(path: Path, encoding: str = "int16") -> Path:
    return write_soundfont(
        path,
        samples=[
            FontSample(name="left", signal=TONE, rate_hz=RATE_HZ, root_key=69, loop=(22_050, 44_100), side="left", partner="right"),
            FontSample(name="right", signal=-0.5 * TONE, rate_hz=RATE_HZ, root_key=69, correction_cents=-7, side="right", partner="left"),
        ],
        instruments=[
            FontInstrument(
                name="pair",
                zones=[
                    FontZone(generators={Generator.VOLUME_ENVELOPE_RELEASE: -2400}),
                    FontZone(plays="left", generators={Generator.PAN: -500, Generator.SAMPLE_MODES: 1}),
                    FontZone(plays="right", keys=(60, 72), generators={Generator.PAN: 500}),
                ],
            )
        ],
        presets=[FontPreset(name="Pair", zones=[FontZone(plays="pair")], program=3, bank=0)],
        name="Test font",
        licence="none needed",
        encoding=encoding,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("encoding", "error"), [("int16", 2**-16), ("int24", 1.01 * 2**-24), ("vorbis", 0.02)])
def test_what_is_written_is_read_back(tmp_path: Path, encoding: str, error: float) -> None:
    bank = load_soundfont(small_font(tmp_path / "a.sf2", encoding))
    assert (bank.name, bank.licence) == ("Test font", "none needed")
    assert [tuple(preset) for preset in bank.presets] == [(0, 3, "Pair")]
    left, right = bank.instrument(program=3).attack(Strike(64, 100, {}, {}))
    assert (left.sample.name, right.sample.name, left.sample.rate_hz) == ("left", "right", RATE_HZ)
    assert left.sample.frames == len(TONE)
    assert left.loop == (22_050, 44_100, False)
    assert right.loop is None
    assert right.pitch_cents == pytest.approx(-507.0)
    sound = left.sample.read()
    assert sound.shape == (1, len(TONE))
    assert sound.dtype == np.float32
    assert np.abs(sound[0] - TONE).max() < error
    assert np.abs(right.sample.read()[0] + 0.5 * TONE).max() < error
    assert len(bank.instrument(program=3).attack(Strike(59, 100, {}, {}))) == 1
    assert bank.warnings == ()


def test_records_have_the_lengths_of_the_specification() -> None:
    lengths = {name: layout.itemsize for name, layout in LAYOUTS.items()}
    assert lengths == {"phdr": 38, "pbag": 4, "pmod": 10, "pgen": 4, "inst": 22, "ibag": 4, "imod": 10, "igen": 4, "shdr": 46}


def test_samples_are_followed_by_silence_and_chunks_even(tmp_path: Path) -> None:
    tables = read_tables(small_font(tmp_path / "a.sf2"))
    first, second = tables.shdr[0], tables.shdr[1]
    assert second["start"] - first["end"] == 46
    assert not np.any(tables.frames[first["end"] : second["start"]])
    assert len((tmp_path / "a.sf2").read_bytes()) % 2 == 0


def test_padding_that_a_writer_left_out_is_not_missed() -> None:
    body = b"abcd" + (3).to_bytes(4, "little") + b"xyz" + pack("next", b"12")
    assert [chunk.name for chunk in chunks(np.frombuffer(body, dtype=np.uint8))] == ["abcd", "next"]
    padded = pack("abcd", b"xyz") + pack("next", b"12")
    assert [chunk.name for chunk in chunks(np.frombuffer(padded, dtype=np.uint8))] == ["abcd", "next"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "a RIFF file of kind 'WAVE'"),
        (b"OggS" + bytes(40), "Ogg sound"),
        (b"just a text, nothing more", "plain text"),
        (bytes(range(256)), "something else"),
        (pack("RIFF", b"sfbk"), "no table phdr"),
    ],
)
def test_a_font_that_is_not_one_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "font.sf2"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        load_soundfont(path)
    assert words in str(raised.value)
    assert "font.sf2" in str(raised.value)
    assert "SoundFont bank" in str(raised.value)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_soundfont(tmp_path / "nothing.sf2")
    with pytest.raises(InputError, match="a folder"):
        load_soundfont(tmp_path)


def test_a_font_cut_off_anywhere_is_refused_or_plays(tmp_path: Path) -> None:
    whole = small_font(tmp_path / "a.sf2").read_bytes()
    path = tmp_path / "cut.sf2"
    refused = named = 0
    for length in [*range(0, 200, 7), *np.linspace(200, len(whole) - 1, 60, dtype=int).tolist()]:
        path.write_bytes(whole[:length])
        try:
            bank = load_soundfont(path)
        except InputError as error:
            refused += 1
            named += "cut.sf2" in str(error)
            continue
        assert bank.warnings, length
        for voice in bank.instrument(program=3).attack(Strike(64, 100, {}, {})):
            assert voice.sample.read().shape == (1, voice.sample.frames)
    assert named == refused > 50


def test_a_font_with_broken_bytes_never_breaks_the_reader(tmp_path: Path) -> None:
    whole = bytearray(small_font(tmp_path / "a.sf2").read_bytes())
    tables_at = whole.index(b"pdta")
    rng = np.random.default_rng(1)
    path = tmp_path / "broken.sf2"
    played = 0
    for _ in range(300):
        broken = whole.copy()
        for at in rng.integers(tables_at, len(whole), rng.integers(1, 6)):
            broken[at] = rng.integers(0, 256)
        path.write_bytes(broken)
        try:
            bank = load_soundfont(path)
        except InputError:
            continue
        for key in (0, 64, 127):
            for voice in bank.instrument(program=3).attack(Strike(key, 100, {}, {})):
                sound = voice.sample.read()
                assert sound.shape == (1, voice.sample.frames)
                assert sound.size <= len(whole)  # no declared size is believed
                assert 0 <= voice.start < (voice.end or 0) <= voice.sample.frames
                assert voice.loop is None or 0 <= voice.loop.start < voice.loop.end <= voice.sample.frames
                assert np.isfinite([voice.pitch_cents, voice.gain_db, voice.pan, voice.envelope.attack_s, voice.envelope.sustain_db]).all()
                played += 1
    assert played > 300


def test_a_zone_beyond_the_tables_is_left_out_and_the_rest_plays(tmp_path: Path) -> None:
    path = small_font(tmp_path / "a.sf2")
    data = bytearray(path.read_bytes())
    at = data.index(b"ibag") + 8
    bags = np.frombuffer(bytes(data[at : at + 16]), dtype=LAYOUTS["ibag"]).copy()
    bags["generator"][2] = 60_000  # the zone of the left sample ends there, that of the right one begins there
    data[at : at + 16] = bags.tobytes()
    (tmp_path / "b.sf2").write_bytes(data)
    bank = load_soundfont(tmp_path / "b.sf2")
    assert bank.instrument(program=3).attack(Strike(64, 100, {}, {})) == ()
    assert any("points outside the tables" in warning for warning in bank.warnings)
    assert any("nothing that can be played" in warning for warning in bank.warnings)


def test_a_font_that_claims_billions_of_layers_is_cut_short(tmp_path: Path) -> None:
    bank = load_soundfont(
        write_soundfont(
            tmp_path / "hostile.sf2",
            samples=[FontSample(name="s", signal=TONE[:100], rate_hz=RATE_HZ)],
            instruments=[FontInstrument(name="i", zones=[FontZone(plays="s", keys=(127, 0))] * 20_000)],
            presets=[FontPreset(name="p", zones=[FontZone(plays="i")] * 20_000)],
        )
    )
    assert bank.instrument(program=0).attack(Strike(60, 100, {}, {})) == ()
    assert any("the rest is left out" in warning for warning in bank.warnings)


def test_a_vorbis_stream_that_is_none_or_breaks_off(tmp_path: Path) -> None:
    whole = bytearray(small_font(tmp_path / "a.sf3", "vorbis").read_bytes())
    first = whole.index(b"OggS")
    broken = whole.copy()
    broken[first : first + 4] = b"Nope"
    (tmp_path / "b.sf3").write_bytes(broken)
    bank = load_soundfont(tmp_path / "b.sf3")
    assert [voice.sample.name for voice in bank.instrument(program=3).attack(Strike(64, 100, {}, {}))] == ["right"]
    assert any("'left' is no Ogg Vorbis stream" in warning for warning in bank.warnings)
    broken = whole.copy()
    middle = whole.index(b"OggS", first + 3000)
    broken[middle : middle + 400] = bytes(400)
    (tmp_path / "c.sf3").write_bytes(broken)
    for voice in load_soundfont(tmp_path / "c.sf3").instrument(program=3).attack(Strike(64, 100, {}, {})):
        assert voice.sample.read().shape == (1, voice.sample.frames)


def test_the_writer_refuses_what_points_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'ghost'"):
        write_soundfont(
            tmp_path / "a.sf2",
            samples=[FontSample(name="s", signal=TONE, rate_hz=RATE_HZ)],
            instruments=[FontInstrument(name="i", zones=[FontZone(plays="ghost")])],
            presets=[FontPreset(name="p", zones=[FontZone(plays="i")])],
        )
    assert not (tmp_path / "a.sf2").exists()
