import base64
import gzip
import itertools
import shlex
from urllib.parse import unquote

import click
import numpy as np
import pytest
import typer
from page_reading import content_of

from hexachord.cli.app import app
from hexachord.cli.routing import route
from hexachord.journeys.sentences import write_sentences
from hexachord.knowledge import model
from hexachord.page.columns import beats_columns, chord_tone_columns, curve_columns, key_choices, notes_columns, section_columns
from hexachord.page.commands import panel_commands, reading_commands, score_command, tour_command
from hexachord.page.data import page_content
from hexachord.page.evidence import PANELS, evident_sentences
from hexachord.page.facts import descriptor_rows, single_facts
from hexachord.page.spelling import chord_notes, chord_text, key_text, signs


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("C:maj/3", "C/E"),
        ("Ab:min7/b7", "A♭m7/G♭"),
        ("F#:hdim7", "F♯ø7"),
        ("B:7/7", "B7/A♯"),
        ("Eb:maj(9)", "E♭(9)"),
        ("G:sus4(b7)", "Gsus4(♭7)"),
        ("D:min/5", "Dm/A"),
        ("A/5", "A/E"),
        ("Cb:maj/b3", "C♭/E♭♭"),
        ("nonsense", "nonsense"),
    ],
)
def test_chords_for_the_eye(label, text):
    assert chord_text(label) == text


def test_signs_leave_words_alone():
    assert signs("Bb Ab major, Ebb, Dbm7 in Abba at the Ebbe of D#5 and F##") == "B♭ A♭ major, E♭♭, D♭m7 in Abba at the Ebbe of D♯5 and F♯♯"
    assert key_text("Eb:maj") == "E♭ major"


def test_facts_say_what_is_not_known_by_leaving_it_out():
    known = model.Knowledge(
        duration_s=10.0,
        tempo=model.Tempo(hypotheses=(), engine="x"),
        tuning=model.Tuning(cents=float("nan")),
        loudness=model.Loudness(integrated_lufs=-np.inf, range_lu=0.0, true_peak_dbtp=-np.inf),
        descriptors={"level": model.Descriptor(value=float("nan")), "flat": model.Descriptor(value=0.5, std=0.25, unit="dB")},
    )
    assert [(fact["id"], fact["value"]) for fact in single_facts(known)] == [
        ("loudness", "silence"),
        ("loudness-range", "0.0"),
        ("true-peak", "silence"),
        ("length", "0:10.0"),
    ]
    assert [(row["name"], row["value"]) for row in descriptor_rows(known)] == [("flat", "0.5 ± 0.25")]


def test_columns_round_and_say_none():
    beats = beats_columns(model.Beats(time_s=np.array([0.123456]), position=np.array([1]), engine="e"))
    assert beats == {"time_s": [0.1235], "position": [1], "confidence": [None], "engine": "e"}
    notes = model.Notes(onset_s=np.array([0.0]), offset_s=np.array([1.0]), pitch=np.array([60.0]), velocity=np.array([np.nan]))
    columns = notes_columns(notes)
    assert columns is not None
    assert columns["pitch"] == [60]
    assert 0 <= columns["velocity"][0] <= 1


def test_a_curve_keeps_its_pitches_at_their_times():
    time_s = np.arange(0, 10, 0.0029)
    f0_hz = np.where(time_s < 5, 220.0, 440.0)
    f0_hz[(time_s > 2) & (time_s < 3)] = 0.0
    curve = curve_columns(model.F0(time_s=time_s, f0_hz=f0_hz, voicing=np.where(time_s < 7, 1.0, 0.2)))
    assert curve is not None
    assert curve["hop_s"] == pytest.approx(0.0087, abs=1e-6)
    times_s = curve["start_s"] + np.arange(len(curve["midi"])) * curve["hop_s"]
    assert times_s[-1] == pytest.approx(time_s[-1], abs=0.01)
    for at_s, pitch in zip(times_s, curve["midi"], strict=True):
        if min(abs(at_s - edge) for edge in (2, 3, 5)) > 0.01:
            assert pitch == (None if 2 < at_s < 3 else 57.0 if at_s < 5 else 69.0)
    voicing = np.frombuffer(base64.b64decode(curve["voicing"]), np.uint8)
    assert len(voicing) == len(curve["midi"])
    assert set(voicing[times_s < 6.98]) == {255}
    assert set(voicing[times_s > 7.02]) == {51}


def test_notes_of_chords_are_spelt_from_the_root():
    assert chord_notes("F#:7") == ("F♯", "A♯", "C♯", "E")
    assert chord_notes("Db:min") == ("D♭", "F♭", "A♭")
    assert chord_notes("E:7(#9)") == ("E", "G♯", "B", "D", "F♯♯")
    assert chord_notes("D:maj/3") == ("D", "F♯", "A")
    assert chord_notes("N") == chord_notes("X") == chord_notes("no chord at all") == ()
    columns = chord_tone_columns(model.Segments(start_s=np.arange(3.0), end_s=np.arange(1.0, 4.0), label=("D:maj/3", "N", "tutti")))
    assert columns == {"classes": [[2, 6, 9], [], []], "bass": [6, None, None], "names": ["D F♯ A", "", ""]}


def test_sections_are_named_by_what_they_are_for_where_that_is_likely():
    sections = model.Segments(
        start_s=np.array([0.0, 9.0]),
        end_s=np.array([9.0, 20.0]),
        label=("A", "B"),
        function=("intro", "verse"),
        function_confidence=np.array([0.9, 0.1]),
    )
    columns = section_columns(sections)
    assert columns is not None
    assert (columns["label"], columns["text"]) == (["A", "B"], ["A (intro)", "B"])
    assert section_columns(None) is None


def test_the_key_stands_before_what_else_it_could_be():
    key = model.Key(tonic="Bb", mode="minor", confidence=0.7, alternatives=(("Db major", 0.2),))
    assert key_choices(key) == {"label": ["Bb minor", "Db major"], "text": ["B♭ minor", "D♭ major"], "confidence": [0.7, 0.2], "engine": ""}
    assert key_choices(None) is None


def test_every_sentence_that_can_be_written_finds_a_panel():
    spans = model.Segments(start_s=np.array([0.0, 20.0]), end_s=np.array([20.0, 40.0]), label=("C:maj", "Gb:min7"))
    rich = model.Knowledge(
        duration_s=40.0,
        tempo=model.Tempo(hypotheses=(model.TempoHypothesis(bpm=100.0, confidence=0.5), model.TempoHypothesis(bpm=50.0, confidence=0.2))),
        metre=model.Metre(beats_per_bar=3, confidence=0.5),
        key=model.Key(tonic="C", mode="major", confidence=0.5, alternatives=(("A minor", 0.4),)),
        local_keys=spans,
        tuning=model.Tuning(cents=12.0),
        chords=spans,
        sections=model.Segments(start_s=np.array([0.0, 20.0]), end_s=np.array([20.0, 40.0]), label=("verse", "chorus")),
        loudness=model.Loudness(integrated_lufs=-14.0, range_lu=3.0, true_peak_dbtp=0.5),
        descriptors={"onset_rate": model.Descriptor(value=3.0)},
        skipped={"notes": "it is too long"},
    )
    for known in (rich, model.Knowledge(duration_s=4.0), model.Knowledge(duration_s=40.0, chords=spans, sections=spans)):
        from dataclasses import replace

        told = evident_sentences(replace(known, sentences=write_sentences(known)))
        assert {sentence["panel"] for sentence in told} <= set(PANELS)
        assert all(fact["value"] for sentence in told for fact in sentence["facts"])
    told = evident_sentences(replace(rich, sentences=write_sentences(rich)))
    by_panel = {sentence["panel"]: sentence for sentence in told}
    assert "G♭m7" in by_panel["chords"]["text"]
    assert by_panel["sections"]["start_s"] == 20.0
    assert any(sentence["start_s"] == 20.0 and sentence["panel"] == "keys" for sentence in told)


@pytest.mark.parametrize("name", ["song.mp3", "my song's $(rm -rf).mp3", "-o.wav", "a b;c&d.flac", "naïve\u2028.ogg"])
def test_commands_are_what_the_command_line_takes(name):
    commands = panel_commands(name, folder="its folder", is_score=False)
    commands |= {"lead": score_command(name, stem="lead-sheet", is_score=False), "piano": score_command(name, stem="piano", is_score=False)}
    commands |= {f"score {panel}": line for panel, line in panel_commands(name, folder="x", is_score=True).items()}
    commands["tour"] = tour_command("its folder.flac").replace(".musicxml", "")
    commands["score"] = score_command(name, stem="score", is_score=True)
    commands |= {f"reading {row}": line for row, line in enumerate(reading_commands(2, folder="its folder"))}
    assert {*PANELS, "sentences", "downloads", "page", "stems"} <= set(commands)
    assert tour_command("six-small-notes.flac") == "hexachord tour"
    root = typer.main.get_command(app)
    names = list(root.commands)
    for panel, line in commands.items():
        program, *arguments = shlex.split(line)
        assert program == "hexachord"
        routed = route(arguments, commands=names)
        with click.Context(root) as context:
            command = root
            while hasattr(command, "commands"):
                _, command, routed = command.resolve_command(context, routed)
            parsed = command.make_context(panel, list(routed), parent=context)
            given = [str(value) for value in parsed.params.values()]
            assert any(value.endswith((name, "x", "its folder")) for value in given), line


def test_tasks_in_commands_exist():
    from hexachord.journeys.audio_stages import audio_stages

    provided = {name for stage in audio_stages(engines={}) for name in stage.provides}
    for line in panel_commands("a.wav", folder="a", is_score=False).values():
        words = line.split()
        tasks = [task for flag, task in itertools.pairwise(words) if flag == "--task"]
        assert set(tasks) <= provided


def test_downloads_hold_the_folder(heard):
    with heard.song.locked():
        content = page_content(heard.song, heard.knowledge)
    blobs = {blob.element: blob for blob in content.box.blobs}
    downloads = content.data["downloads"]
    names = {name.replace("/", "-") for name in heard.song.files if (heard.song.folder / name).is_file() and not name.endswith(".html")}
    assert {row["name"] for row in downloads} == names
    assert downloads[0]["name"] == "report.txt"
    for row in downloads:
        assert (row["element"] is None) != (row["href"] is None)
        if row["element"]:
            assert len(gzip.decompress(content_of(blobs[row["element"]]))) == row["bytes"]
        else:
            assert (heard.song.folder / unquote(row["href"])).stat().st_size == row["bytes"]
    beside = {row["name"] for row in downloads if row["href"]}
    assert beside == {f"stems-{stem}.flac" for stem in ("vocals", "drums", "bass", "other")}
