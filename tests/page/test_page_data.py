import json
import typing
from dataclasses import replace

import numpy as np
import pytest
from page_reading import Type, content_of, interfaces, problems

from hexachord.journeys.comparison import compare
from hexachord.journeys.facts import resolve_fact
from hexachord.journeys.score_files import kept_score
from hexachord.journeys.truth import keep_truth, kept_truth, written_knowledge
from hexachord.page import contract
from hexachord.page.build import truth_of
from hexachord.page.data import PageContent, page_content
from hexachord.page.evidence import PANELS
from hexachord.score.unfold import unfold
from hexachord.theory.chord_labels import parse_chord


@pytest.fixture(scope="module")
def heard_page(heard) -> PageContent:
    with heard.song.locked():
        return page_content(heard.song, heard.knowledge)


@pytest.fixture(scope="module")
def read_page(read) -> PageContent:
    with read.song.locked():
        return page_content(read.song, read.knowledge)


def test_the_types_are_those_of_the_contract():
    known = interfaces()
    assert len(known) == 22
    for name, fields in known.items():
        assert set(fields) == set(typing.get_type_hints(getattr(contract, name))), name


def test_the_checker_can_fail():
    known = interfaces()
    assert problems({"time_s": [1.0, "2"]}, Type("name", "Beats"), known)
    assert problems({"source": {"name": "a"}}, Type("object", {"source": known["SongData"]["source"]}), known) == [
        "song.source.sha256: missing"
    ]


def test_what_is_given_keeps_the_contract(heard_page, read_page):
    for content in (heard_page, read_page):
        document = json.loads(json.dumps(content.data, allow_nan=False))
        assert problems(document, Type("name", "SongData"), interfaces()) == []


def test_columns_have_equal_length_and_times_lie_in_the_song(heard_page, read_page):
    for content in (heard_page, read_page):
        data = content.data
        for name in ("beats", "sections", "chords", "local_keys", "notes"):
            columns = {key: value for key, value in data[name].items() if isinstance(value, list)}
            assert len({len(column) for column in columns.values()}) == 1, name
            for key, column in columns.items():
                if key.endswith("_s"):
                    assert all(-0.01 <= time <= data["duration_s"] + 0.6 for time in column), (name, key)
        for score in data["scores"]:
            moments = score["moments"]
            assert len({len(moments[key]) for key in ("time_s", "page", "bar", "on", "off")}) == 1
            assert moments["time_s"] == sorted(moments["time_s"])


def test_harmony_stands_beside_the_chords(heard, heard_page, read_page):
    for content in (heard_page, read_page):
        data = content.data
        tones, chords = data["chord_tones"], data["chords"]
        assert len({len(column) for column in (*tones.values(), chords["label"], data["harmony"]["numeral"])}) == 1
        for label, classes, bass, names in zip(chords["label"], *tones.values(), strict=True):
            chord = parse_chord(label)
            assert tuple(classes) == chord.pitch_classes()
            assert (bass in classes) == chord.is_chord
            assert len(names.split()) == len(classes)
    keys = heard_page.data["keys"]
    assert keys["label"][0] == heard.knowledge.key.name
    assert [row["value"] for row in heard_page.data["facts"] if row["id"] == "key"] == [keys["text"][0]]


def test_moments_are_compared_where_there_is_sound(heard, heard_page, read_page):
    shown = heard_page.data["similarity"]
    assert (shown["start_s"], shown["end_s"]) == (0.0, pytest.approx(heard.knowledge.duration_s, abs=0.1))
    assert shown["side"] == 32  # half a second each
    assert read_page.data["similarity"] is None
    assert "self-similarity" in {row["what"] for row in read_page.data["skipped"]}


def test_every_element_is_named_once_and_every_blob_is_used(heard_page, read_page):
    for content in (heard_page, read_page):
        names = [blob.element for blob in content.box.blobs]
        assert len(set(names)) == len(names)
        text = json.dumps(content.data)
        assert all(f'"{name}"' in text for name in names)


def test_every_sentence_has_its_evidence(heard, heard_page):
    sentences = heard_page.data["sentences"]
    assert len(sentences) == len(heard.knowledge.sentences) > 8
    for shown, sentence in zip(sentences, heard.knowledge.sentences, strict=True):
        assert shown["panel"] in PANELS
        assert [fact["path"] for fact in shown["facts"]] == list(sentence.facts)
        for fact in shown["facts"]:
            value = resolve_fact(heard.knowledge, fact["path"])
            if isinstance(value, (int, float)):
                assert float(fact["value"].split(" ")[0]) == pytest.approx(value, rel=1e-3, abs=1e-6)
            else:
                assert fact["value"] == value
        if shown["start_s"] is not None:
            assert 0 <= shown["start_s"] < shown["end_s"] <= heard.knowledge.duration_s + 0.1
    assert {shown["panel"] for shown in sentences} >= {"tempo", "keys", "chords", "melody", "notes", "loudness", "sound"}


def test_a_chord_sentence_plays_the_chord(heard, heard_page):
    chords = heard.knowledge.chords
    told = next(s for s in heard_page.data["sentences"] if s["facts"][0]["path"].startswith("chords.share."))
    label = told["facts"][0]["path"].removeprefix("chords.share.")
    row = int(np.argmin(np.abs(chords.start_s - told["start_s"])))
    assert chords.label[row] == label
    assert abs(chords.end_s[row] - told["end_s"]) < 1e-3


def test_what_is_not_there_says_why(read_page):
    assert read_page.data["mix"] is None
    assert {row["what"] for row in read_page.data["skipped"]} >= {"sound", "spectrogram"}
    assert all(row["why"] for row in read_page.data["skipped"])


def test_moments_follow_the_beats_of_the_recording(heard, heard_page):
    downbeats_s = heard.knowledge.beats.downbeats_s
    assert [score["id"] for score in heard_page.data["scores"]][:2] == ["lead-sheet", "piano"]  # then drums, where some were heard
    for score in heard_page.data["scores"]:
        moments = score["moments"]
        first: dict[str, float] = {}
        for time_s, bar in zip(moments["time_s"], moments["bar"], strict=True):
            first.setdefault(bar, time_s)
        begins = np.array(list(first.values()))
        for downbeat_s in downbeats_s[:-1]:
            assert np.abs(begins - downbeat_s).min() <= 0.02


def test_lit_elements_are_on_the_pages(heard_page):
    import gzip

    blobs = {blob.element: blob for blob in heard_page.box.blobs}
    for score in heard_page.data["scores"]:
        svg = gzip.decompress(content_of(blobs[score["svg_element"]])).decode()
        assert len(svg.split("\f")) == score["pages"]
        for lit in (*score["moments"]["on"], *score["moments"]["off"]):
            assert all(f'id="{element}"' in svg for element in lit)


def test_a_repeated_bar_lights_up_as_often_as_it_sounds(read, read_page):
    score = kept_score(read.song, stem="score")
    played = unfold(score).score
    assert len(played.bars) == len(score.bars) + 4
    moments = read_page.data["scores"][0]["moments"]
    runs = [bar for row, bar in enumerate(moments["bar"]) if row == 0 or bar != moments["bar"][row - 1]]
    assert len(runs) == len(played.bars)
    assert runs[:4] == runs[4:8]
    lit: set[str] = set()
    for on, off in zip(moments["on"], moments["off"], strict=True):
        assert set(off) <= lit
        lit = (lit - set(off)) | set(on)
    assert lit == set()
    assert read_page.data["duration_s"] == pytest.approx(written_knowledge(score).duration_s, abs=1e-3)
    assert read_page.data["sections"]["end_s"][-1] == pytest.approx(read_page.data["duration_s"], abs=0.01)
    assert read_page.data["sentences"][0]["text"] == "It lasts 1:05."


def test_the_truth_stands_beside_what_was_heard(heard):
    song = heard.song
    assert truth_of(song) is None
    truth = replace(heard.knowledge, tempo=None)
    with song.locked():
        keep_truth(song, compare(heard.knowledge, truth), truth)
        assert kept_truth(song) is not None
        written = page_content(song, heard.knowledge, written=truth_of(song)).data["written"]
    (song.folder / "comparison.json").unlink()
    assert written is not None
    assert problems(json.loads(json.dumps(written)), Type("name", "Written"), interfaces()) == []
    assert {score["task"] for score in written["scores"]} >= {"beats", "chords", "notes"}
    assert all(0 <= score["value"] <= 1 for score in written["scores"])
    assert written["beats"]["time_s"] == [round(float(t), 4) for t in heard.knowledge.beats.time_s]
