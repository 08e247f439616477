import numpy as np
import pytest
import soundfile

import hexachord
from hexachord.audio import load_audio
from hexachord.errors import InputError, OutputError
from hexachord.journeys.perform import perform, perform_file
from hexachord.journeys.performance_results import NothingSounds
from hexachord.score.builtin import builtin_score
from hexachord.score.model import ChordSymbol, Note, Part, Score
from hexachord.synthesis.soundfont import FontInstrument, FontPreset, FontSample, FontZone, write_soundfont

RATE_HZ = 22050
CEILING = 10 ** (-1 / 20)


def small_band():
    """Two bars for three parts, two of one name."""
    notes = tuple(Note(240 * i, 240, 60 + (0, 4, 7, 4)[i % 4], velocity=90) for i in range(16))
    bass = tuple(Note(960 * i, 900, 36) for i in range(4))
    beat = tuple(Note(480 * i, 240, (36, 38)[i % 2]) for i in range(8))
    parts = (Part(notes=notes, name="Part: A"), Part(notes=bass, name="Part: A", program=33), Part(notes=beat, is_percussion=True))
    return Score(ticks_per_quarter=480, parts=parts, title="Band")


def test_the_public_verb():
    made = hexachord.perform(small_band(), soundfont="plain", rate_hz=RATE_HZ, stems=True)
    assert list(made.stems) == ["1-Part A", "2-Part A", "3-part"]
    assert made.facts.soundfont == "plain"
    assert made.facts.licence == "MIT"
    assert made.facts.loudness_lufs == pytest.approx(-16, abs=0.7)
    assert np.abs(made.mix.samples).max() <= CEILING + 1e-6
    assert made.mix.provenance.engine == "perform/player"
    assert made.mix.provenance.model == "plain"


def test_stems_sum_to_the_mix_before_the_limiter():
    made = perform(small_band(), soundfont="plain", rate_hz=RATE_HZ, stems=True, limiter=False, reverb="hall")
    total = np.sum([stem.samples for stem in made.stems.values()], axis=0)
    assert 20 * np.log10(np.abs(total - made.mix.samples).max()) < -110
    assert made.facts.reduction_db == 0.0
    assert np.abs(made.mix.samples).max() <= CEILING + 1e-6  # without a limiter the level gives way


def test_memory_and_files_hold_the_same(tmp_path):
    made = perform(small_band(), soundfont="plain", rate_hz=RATE_HZ, stems=True)
    files = perform_file(small_band(), tmp_path / "band.wav", soundfont="plain", rate_hz=RATE_HZ, bits="float", stems=True)
    assert (load_audio(files.path).samples == made.mix.samples).all()
    assert [path.name for path in files.stems] == ["1-Part A.flac", "2-Part A.flac", "3-part.flac"]
    assert files.stems[0].parent == tmp_path / "band-stems"
    for path, stem in zip(files.stems, made.stems.values(), strict=True):
        gain = 10 ** (files.facts.stem_gain_db / 20)
        assert np.abs(load_audio(path).samples - gain * stem.samples).max() < 2e-7 * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["band-stems", "band.wav"]


def test_stems_that_would_not_fit_come_down_together(tmp_path):
    loud = perform_file(small_band(), tmp_path / "a.flac", soundfont="plain", rate_hz=8000, stems=True, level_lufs=-4)
    assert loud.facts.stem_gain_db < 0
    stems = [load_audio(path).samples for path in loud.stems]
    assert max(np.abs(stem).max() for stem in stems) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg", ".opus"])
def test_every_format(tmp_path, suffix):
    files = perform_file("scale", tmp_path / f"scale{suffix}", soundfont="plain", level_lufs=-20)
    sound = load_audio(files.path)
    assert sound.rate_hz == (48000 if suffix == ".opus" else 44100)
    assert sound.duration_s == pytest.approx(files.facts.duration_s, abs=0.1)


@pytest.mark.parametrize("rate_hz", [8000, 96000, 192000])
def test_every_rate(tmp_path, rate_hz):
    score = Score(ticks_per_quarter=480, parts=(Part(notes=(Note(0, 240, 60),)),))
    files = perform_file(score, tmp_path / "a.wav", soundfont="plain", rate_hz=rate_hz)
    assert soundfile.info(files.path).samplerate == rate_hz


def test_bits(tmp_path):
    subtypes = {}
    for bits in ("16", "24", "float", None):
        files = perform_file(small_band(), tmp_path / f"{bits}.wav", soundfont="plain", rate_hz=8000, bits=bits)
        subtypes[bits] = soundfile.info(files.path).subtype
    assert subtypes == {"16": "PCM_16", "24": "PCM_24", "float": "FLOAT", None: "PCM_24"}
    exact, coarse = (load_audio(tmp_path / name).samples.astype(np.float64) * 32768 for name in ("float.wav", "16.wav"))
    error = coarse - exact
    assert np.abs(error).max() <= 1.5 + 1e-3
    assert np.mean(error**2) == pytest.approx(1 / 12 + 1 / 6, rel=0.05)  # rounding and triangular noise
    assert abs(error.mean()) < 0.02
    again = perform_file(small_band(), tmp_path / "again.wav", soundfont="plain", rate_hz=8000, bits="16")
    assert again.path.read_bytes() == (tmp_path / "16.wav").read_bytes()


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("a.docx", {}, "docx"),
        ("a.mp3", {"rate_hz": 96000}, "96000"),
        ("a.mp3", {"bits": "16"}, "no bits"),
        ("a.flac", {"bits": "float"}, "whole numbers"),
        ("a.wav", {"bits": "12"}, "12"),
        ("a.wav", {"rate_hz": 4000}, "8000 to 192000"),
        ("a.wav", {"reverb": "cave"}, "cave"),
        ("a.wav", {"level_lufs": 3.0}, "LUFS"),
        ("a.wav", {"soundfont": "no-such-font"}, "at hand"),
    ],
)
def test_bad_wishes_are_refused_before_any_work(tmp_path, name, options, words):
    with pytest.raises(InputError, match=words):
        perform_file(small_band(), tmp_path / name, **{"soundfont": "plain", **options})
    assert list(tmp_path.iterdir()) == []


def test_an_empty_score_is_refused(tmp_path):
    for score in (Score(), Score(parts=(Part(),))):
        with pytest.raises(InputError, match="without notes"):
            perform(score, soundfont="plain")


def test_a_font_without_a_kit_leaves_drums_out_and_says_so(tmp_path):
    sample = FontSample(name="sine", signal=0.5 * np.sin(np.arange(8000) / 8).astype(np.float32), rate_hz=22050, loop=(0, 8000))
    write_soundfont(
        tmp_path / "tiny.sf2",
        samples=[sample],
        instruments=[FontInstrument(name="tone", zones=[FontZone(plays="sine")])],
        presets=[FontPreset(name="Tone", zones=[FontZone(plays="tone")])],
        name="Tiny",
        licence="CC0",
    )
    made = perform(small_band(), soundfont=tmp_path / "tiny.sf2", rate_hz=8000, stems=True)
    assert made.facts.soundfont == "Tiny"
    assert made.facts.licence == "CC0"
    assert any("kit" in warning for warning in made.facts.warnings)
    assert np.abs(made.stems["3-part"].samples).max() == 0.0
    drums = Score(parts=(Part(notes=(Note(0, 480, 36),), is_percussion=True),))
    with pytest.raises(NothingSounds, match=r"nothing that sounds with the font Tiny.*drum kit"):
        perform(drums, soundfont=tmp_path / "tiny.sf2", rate_hz=8000)


def test_a_full_disk_while_playing(tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hexachord.journeys.raw_take.np.ascontiguousarray", full)
    with pytest.raises(OutputError, match="No space left"):
        perform_file(small_band(), tmp_path / "a.wav", soundfont="plain", rate_hz=8000)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(OutputError, match="taken"):
        perform_file(small_band(), tmp_path / "taken" / "a.wav", soundfont="plain", rate_hz=8000)


def test_progress_runs_from_nothing_to_one(tmp_path):
    heard = []
    perform_file(builtin_score("scale"), tmp_path / "a.wav", soundfont="plain", rate_hz=8000, progress=heard.append)
    assert heard == sorted(heard)
    assert 0 < heard[0] < 0.9
    assert heard[-1] == 1.0


@pytest.mark.slow
def test_an_hour_in_bounded_memory(tmp_path):
    """An hour of music in a process whose peak memory stays far below the 1.2 GB its samples would take."""
    import resource
    import subprocess
    import sys

    code = f"""
from hexachord.score.model import ChordSymbol, Note, Part, Score
from hexachord.journeys.perform import perform_file
import resource
part = Part(notes=tuple(Note(480 * i, 480, 48 + i * 7 % 36) for i in range(7200)))
perform_file(Score(ticks_per_quarter=480, parts=(part,)), {str(tmp_path / "hour.flac")!r}, soundfont="plain")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 900_000
    assert resource.RUSAGE_SELF is not None
    assert soundfile.info(tmp_path / "hour.flac").duration == pytest.approx(3600, abs=15)


def test_silent_chord_symbols_are_said():
    tune = tuple(Note(480 * i, 480, 60 + i) for i in range(4))
    symbols = (ChordSymbol(0, "C:maj"),)
    lead_sheet = Score(ticks_per_quarter=480, parts=(Part(notes=tune),), chords=symbols)
    song = Score(ticks_per_quarter=480, parts=(Part(notes=tune), Part(notes=(Note(0, 1920, 48),))), chords=symbols)
    said, unsaid = (perform(score, soundfont="plain", rate_hz=8000, reverb=None).facts.warnings for score in (lead_sheet, song))
    assert said == ("the chord symbols are silent: an accompaniment would be a composition",)
    assert unsaid == ()
