"""Datasets that are lists: CSV and JSON Lines, good, odd and broken; what is saved reads back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hexachord.errors import InputError
from hexachord.learning.datasets.dataset import Dataset, Track
from hexachord.learning.datasets.lists import Columns, load_list, save_dataset
from hexachord.learning.datasets.loading import load_dataset, recognise_layout


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for name in ("a.wav", "b.wav", "ü/c d.wav", "e,f.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def written(folder: Path, text: str, name: str = "index.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def test_every_known_column_and_the_others_as_tags(music: Path) -> None:
    path = written(
        music,
        "\ufeffpath;label;album;artist;song;split;start_s;end_s;group_session;year\r\n"
        "a.wav;rock;a1;x;s1;Training;1.5;3;mon;1975\r\n"
        "ü/c d.wav;jazz;a2;y;s2;dev;;;tue;\r\n",
    )
    dataset = load_dataset(path)
    first, second = dataset.tracks
    assert first == Track(
        id="a.wav#1.5-3",
        path=music / "a.wav",
        labels=("rock",),
        groups={"album": "a1", "artist": "x", "song": "s1", "session": "mon"},
        side="train",
        start_s=1.5,
        end_s=3.0,
        tags={"year": "1975"},
    )
    assert (second.side, second.start_s, second.end_s, second.tags) == ("valid", 0.0, None, {})


def test_the_folder_is_enough_where_the_list_has_a_usual_name(music: Path) -> None:
    written(music, "file,artist,package\na.wav,Anna,p1\nb.wav,Ben,p2\n")
    with pytest.raises(InputError, match="no column of labels among 'file', 'artist', 'package'"):
        load_dataset(music)
    dataset = load_dataset(music, columns=Columns(label="artist"))
    assert dataset.classes == ("Anna", "Ben")
    assert dataset.tracks[0].tags == {"package": "p1"}
    assert dataset.tracks[0].groups == {"artist": "Anna"}


def test_rows_that_cannot_be_used_are_lines(music: Path) -> None:
    path = written(
        music, 'path,label,start_s\na.wav,x,\nb.wav,,\nnowhere.wav,y,\n"e,f.wav",y,soon\na.wav,x,\n' + "n" * 5000 + ".wav,x,\n,x,\n"
    )
    dataset = load_list(path)
    assert dataset.ids == ("a.wav",)
    assert [line.partition(": ")[0] for line in dataset.skipped] == [f"index.csv, line {number}" for number in (3, 4, 5, 6, 7, 8)]
    for line, word in zip(
        dataset.skipped, ["no label", "no such file", "no number", "a second row", "no such file", "neither"], strict=True
    ):
        assert word in line
        assert len(line) < 200


def test_pieces_of_one_file_are_one_song(music: Path) -> None:
    path = written(music, "path,label,start_s,end_s\na.wav,x,0,1\na.wav,x,1,2\nb.wav,y,0,1\n")
    dataset = load_list(path)
    assert dataset.groups("song") == ("a.wav", "a.wav", "b.wav#0-1")


def test_contradictions_are_refused(music: Path) -> None:
    with pytest.raises(InputError, match=r"two rows for a\.wav: 'x' and, in line 3, 'y'"):
        load_list(written(music, "path,label\na.wav,x\na.wav,y\n"))
    with pytest.raises(InputError, match="the side 'maybe' in line 2"):
        load_list(written(music, "path,label,split\na.wav,x,maybe\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"an empty file \(0 bytes\)"),
        ("\n \n", "a file of blanks"),
        ("path,label\n", "column names and no rows"),
        ("name,label\nx,y\n", "no column of paths"),
        ("path,path,label\na,b,c\n", "two columns called 'path'"),
        ("path,label\na.wav,x,z\n", "3 cells under 2 columns in line 2"),
        ('path,label\n"a.wav,x\n', "not CSV"),
        ("path,label\nnowhere.wav,x\n", "1 rows, none of which can be used"),
    ],
)
def test_a_list_that_cannot_be_used_is_explained(music: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_dataset(written(music, text))


def test_bytes_that_are_no_text_are_said(music: Path) -> None:
    (music / "index.csv").write_bytes(b"path,label\na.wav,\xff\xfe\n")
    with pytest.raises(InputError, match="not UTF-8"):
        load_dataset(music)


def test_json_lines(music: Path) -> None:
    rows = [{"path": "a.wav", "labels": ["x", "y"], "year": 1999}, {"path": "b.wav", "labels": []}]
    dataset = load_dataset(written(music, "\n".join(map(json.dumps, rows)) + "\n\n", "index.jsonl"))
    assert [track.labels for track in dataset.tracks] == [("x", "y"), ()]
    assert dataset.multi_label
    assert dataset.tracks[0].tags == {"year": "1999"}
    for text, said in (("[1]\n", "a list in line 1"), ('{"path": \n', "line 1, which is not JSON")):
        with pytest.raises(InputError, match=said):
            load_list(written(music, text, "index.jsonl"))


def test_unlabelled_rows_of_the_test_side_stay(music: Path) -> None:
    path = written(music, "path,label,split\na.wav,x,train\nb.wav,,test\n")
    assert [track.labels for track in load_list(path).tracks] == [("x",), ()]
    path = written(music, "path,label\na.wav,x\nb.wav,\n")
    assert len(load_list(path, keep_unlabelled=True)) == 2


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_what_is_saved_reads_back(music: Path, tmp_path: Path, suffix: str) -> None:
    tracks = (
        Track(
            id="1",
            path=music / "e,f.wav",
            labels=('a "b"\nc',),
            groups={"album": "x/y", "mood": "z"},
            side="train",
            tags={"year": "1", "ü": "ö,;"},
        ),
        Track(id="2", path=music / "ü" / "c d.wav", labels=("d",), start_s=1 / 3, end_s=2.5),
        Track(id="3", labels=("d",), side="valid"),
        Track(id="4", path=music / "a.wav", side="test"),
    )
    dataset = Dataset(name="x", tracks=tracks)
    again = load_dataset(save_dataset(dataset, music / f"list{suffix}"), name="x")
    assert again.tracks == tracks
    several = Dataset(name="x", tracks=(replace(tracks[0], labels=("p", "q")), *tracks[1:]))
    assert load_dataset(save_dataset(several, music / f"list{suffix}")).tracks == several.tracks


def test_a_separator_in_a_label_is_not_lost_in_silence(music: Path) -> None:
    dataset = Dataset(name="x", tracks=(Track(id="1", path=music / "a.wav", labels=("p|q", "r")),))
    with pytest.raises(InputError, match=r"save it as \.jsonl"):
        save_dataset(dataset, music / "list.csv")
    assert load_dataset(save_dataset(dataset, music / "list.jsonl")).tracks == dataset.tracks
    with pytest.raises(InputError, match=r"\.csv or \.jsonl"):
        save_dataset(dataset, music / "list.xlsx")


def test_instrument_activity_wide_and_long(music: Path) -> None:
    path = written(music, "path,split,piano,voice,cello\na.wav,train,1,0,0.7\nb.wav,test,0,,0.2\n", "act.csv")
    assert recognise_layout(path) == "activity"
    dataset = load_dataset(path)
    assert [track.labels for track in dataset.tracks] == [("cello", "piano"), ()]
    assert dataset.tracks[1].tags == {"unjudged": "voice"}
    assert [track.side for track in dataset.tracks] == ["train", "test"]
    long = "sample_key,instrument,relevance,num_responses\na,piano,0.9,3\na,voice,0.1,3\nb,voice,0.5,3\nzz,voice,1,3\n"
    dataset = load_dataset(written(music, long, "labels.csv"))
    assert [(track.id, track.labels, dict(track.tags)) for track in dataset.tracks] == [
        ("a", ("piano",), {}),
        ("b", ("voice",), {"unjudged": "piano"}),
    ]
    assert dataset.skipped == ("zz: judged, but there is no such file below the folder",)


def test_nsynth(music: Path) -> None:
    root = music / "nsynth"
    for side, keys in (("train", ("k1", "k2")), ("test", ("k3",))):
        folder = root / f"nsynth-{side}"
        (folder / "audio").mkdir(parents=True)
        notes = {
            key: {"instrument_str": f"i{key}", "instrument_family_str": "bass", "pitch": 60, "qualities_str": ["dark"]} for key in keys
        }
        (folder / "examples.json").write_text(json.dumps(notes | ({"gone": {}} if side == "test" else {})))
        for key in keys:
            (folder / "audio" / f"{key}.wav").write_bytes(b"x")
    (root / "nsynth-test" / "audio" / "unknown.wav").write_bytes(b"x")
    dataset = load_dataset(root)
    assert dataset.layout == "notes as NSynth has them"
    assert dataset.ids == ("nsynth-test/k3", "nsynth-train/k1", "nsynth-train/k2")
    assert [track.side for track in dataset.tracks] == ["test", "train", "train"]
    assert dataset.tracks[1].groups == {"instrument": "ik1"}
    assert dataset.tracks[1].tags["pitch"] == "60"
    assert len(dataset.skipped) == 2
    assert load_dataset(root, columns=Columns(label="pitch")).classes == ("60",)
    (root / "nsynth-train" / "examples.json").write_text("[]")
    with pytest.raises(InputError, match="JSON of another shape"):
        load_dataset(root)
