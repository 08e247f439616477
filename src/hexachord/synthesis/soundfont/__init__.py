"""SoundFont 2 and 3 banks: read, resolved into voices, written."""

from hexachord.synthesis.soundfont.bank import Preset, SoundFontBank, load_soundfont
from hexachord.synthesis.soundfont.generators import Generator
from hexachord.synthesis.soundfont.modulators import ModulatorRecord, Source
from hexachord.synthesis.soundfont.write import FontInstrument, FontPreset, FontSample, FontZone, write_soundfont

__all__ = [
    "FontInstrument",
    "FontPreset",
    "FontSample",
    "FontZone",
    "Generator",
    "ModulatorRecord",
    "Preset",
    "SoundFontBank",
    "Source",
    "load_soundfont",
    "write_soundfont",
]
