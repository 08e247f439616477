import numpy as np
import pytest
import soundfile

from hexachord.errors import InputError
from hexachord.synthesis import banks
from hexachord.synthesis.banks import choose_bank, find_banks, open_bank
from hexachord.synthesis.soundfont import FontInstrument, FontPreset, FontSample, FontZone, write_soundfont


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """A machine with no fonts but those in tmp_path/system."""
    (tmp_path / "system").mkdir()
    monkeypatch.delenv(banks.VARIABLE, raising=False)
    monkeypatch.setattr(banks, "_sound_folders", lambda: iter([tmp_path / "system", tmp_path / "missing"]))
    monkeypatch.setattr(banks, "SOUNDFONT", banks.SOUNDFONT.__class__(name="soundfont", file="none.sf3", what="", meanwhile=""))
    return tmp_path / "system"


@pytest.fixture
def sfz(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    soundfile.write(folder / "tone.wav", np.sin(np.arange(22050) / 8) * 0.3, 22050)
    (folder / "Piano.sfz").write_text("<region> sample=tone.wav pitch_keycenter=60\n")
    return folder / "Piano.sfz"


def test_without_any_font_the_plain_synthesizer_plays(nowhere):
    assert [bank.name for bank in find_banks()] == ["plain"]
    assert open_bank().name == "plain"
    assert choose_bank().licence == "MIT"


def test_fonts_are_found_in_order(nowhere, tmp_path, monkeypatch):
    (nowhere / "zebra.sf2").write_bytes(b"x")
    (nowhere / "default-GM.sf3").write_bytes(b"x")
    (nowhere / "notes.txt").write_bytes(b"x")
    (nowhere / "deep").mkdir()
    (nowhere / "deep" / "Apple.SF2").write_bytes(b"x")
    (nowhere / "again.sf2").symlink_to(nowhere / "zebra.sf2")
    assert [bank.name for bank in find_banks()] == ["default-GM", "zebra", "Apple", "plain"]
    mine = tmp_path / "mine.sf2"
    mine.write_bytes(b"x")
    monkeypatch.setenv(banks.VARIABLE, str(mine))
    assert [bank.origin for bank in find_banks()] == ["setting", "system", "system", "system", "built in"]
    assert choose_bank().path == mine
    assert choose_bank().identity == "mine.sf2 1"


def test_the_setting_may_be_plain_or_wrong(nowhere, monkeypatch):
    monkeypatch.setenv(banks.VARIABLE, "plain")
    assert choose_bank().path is None
    monkeypatch.setenv(banks.VARIABLE, "/no/such/font.sf2")
    with pytest.raises(InputError, match=r"HEXACHORD_SOUNDFONT=.*no such file"):
        choose_bank()


def test_names_in_any_case_and_by_their_beginning(nowhere):
    for name in ("FluidR3.sf2", "FluidMono.sf3", "Grand.sf2"):
        (nowhere / name).write_bytes(b"x")
    assert choose_bank("grand").name == "Grand"
    assert choose_bank("fluidr").name == "FluidR3"
    with pytest.raises(InputError, match=r"2 banks of that name.*Fluid.*Fluid"):
        choose_bank("fluid")
    with pytest.raises(InputError, match=r"no bank of that name.*at hand are.*plain"):
        choose_bank("steinway")
    with pytest.raises(InputError, match="no such file"):
        choose_bank("steinway.sf2")


def test_what_a_file_is_its_first_bytes_say(tmp_path, sfz):
    from hexachord.synthesis.sfz import SfzBank
    from hexachord.synthesis.soundfont import SoundFontBank

    sample = FontSample(name="sine", signal=np.sin(np.arange(2000) / 8).astype(np.float32), rate_hz=22050)
    instrument = FontInstrument(name="tone", zones=[FontZone(plays="sine")])
    preset = FontPreset(name="Tone", zones=[FontZone(plays="tone")])
    write_soundfont(tmp_path / "font.sf2", samples=[sample], instruments=[instrument], presets=[preset])
    disguised = tmp_path / "font.sfz"
    disguised.write_bytes((tmp_path / "font.sf2").read_bytes())
    assert isinstance(open_bank(disguised), SoundFontBank)
    assert isinstance(open_bank(sfz), SfzBank)
    unnamed = sfz.with_name("Piano.txt")
    unnamed.write_text(sfz.read_text())
    assert isinstance(open_bank(unnamed), SfzBank)


def test_a_folder_with_one_font_is_that_font(sfz, tmp_path):
    assert choose_bank(sfz.parent).path == sfz
    sfz.with_name("Second.sfz").write_text(sfz.read_text())
    with pytest.raises(InputError, match=r"2 banks: Piano\.sfz, Second\.sfz"):
        choose_bank(sfz.parent)
    (tmp_path / "void").mkdir()
    with pytest.raises(InputError, match="0 banks"):
        choose_bank(tmp_path / "void")


@pytest.mark.parametrize(("name", "content"), [("a.sf2", b"hello"), ("b.sf2", b""), ("c.wav", b"RIFF\0\0\0\0WAVEfmt "), ("d", b"\0\1")])
def test_what_is_no_font_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError):
        open_bank(tmp_path / name)
