"""Suites: balanced as promised, the same for everybody, from the held-out side alone; rendered once, and then found again."""

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.errors import InputError
from hexachord.processing.effects.families import families_of
from hexachord.rendering import suite_files
from hexachord.rendering.casting import is_voice
from hexachord.rendering.instruments import Instruments, find_instruments
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Split
from hexachord.rendering.suite_files import RenderedSuite, cache_folder, render_suite
from hexachord.rendering.suites import SUITES, Choice, Suite, choose, draw_song, find_suite, melody_alone
from hexachord.theory.chord_labels import parse_chord

GOLDEN = Path(__file__).parents[1] / "golden" / "suites.json"
QUICK = {  # slots that are found soon
    "rhythm": ("2_4_plain", "3_4_drums", "4_4_drums", "swing", "rubato"),
    "harmony": ("band_major", "pop"),
    "melody": ("sung_band", "lead_alone"),
    "ensembles": ("piano", "drums"),
    "separation": ("pop",),
}


@pytest.fixture(scope="session")
def held_out_shelf(data_dir: Path, split: Split) -> Shelf:
    return Shelf(data=data_dir, split=split, side="held_out")


@pytest.fixture(scope="session")
def chosen(held_out_shelf: Shelf) -> dict[tuple[str, str], tuple[Choice, ...]]:
    """The first two songs of some slots."""
    found = {}
    for about, names in QUICK.items():
        for name in names:
            suite, number = shortened(about, name)
            found[about, name] = choose(suite, number, held_out_shelf)
    return found


@pytest.fixture(scope="session")
def held_out_instruments(split: Split) -> Instruments:
    found = find_instruments(split, "held_out")
    if not found.names("font", covers="general"):
        pytest.skip(f"no held-out font on this machine: {', '.join(found.missing)}")
    return found


def shortened(about: str, name: str, *, songs: int = 2) -> tuple[Suite, int]:
    suite = find_suite(about)
    number = next(number for number, slot in enumerate(suite.slots) if slot.name == name)
    slots = tuple(slot._replace(songs=songs) if slot.name == name else slot for slot in suite.slots)
    return replace(suite, slots=slots), number


def tiny(about: str, *names: str) -> Suite:
    """One song of each of some slots, short and dull, for what has to be rendered."""
    suite = find_suite(about)
    return replace(suite, slots=tuple(slot._replace(songs=1) for slot in suite.slots if slot.name in names), rate_hz=11_025)


def test_every_suite_has_sixty_songs_in_slots_of_their_own() -> None:
    assert set(SUITES) == {"rhythm", "harmony", "melody", "ensembles", "separation"}
    for about, suite in SUITES.items():
        assert suite.songs == 60
        assert suite.name.startswith(f"{about}-")
        assert suite.name.rpartition("-")[2].isdigit()
        names = [slot.name for slot in suite.slots]
        assert len(set(names)) == len(names)
        assert all(slot.songs > 0 and slot.kinds for slot in suite.slots)


def test_the_rhythm_suite_has_every_metre_with_drums_and_without() -> None:
    songs: Counter[str] = Counter()
    for slot in find_suite("rhythm").slots:
        for trait in slot.traits:
            songs[trait] += slot.songs
    metres = ("2_4", "3_4", "4_4", "5_4", "6_8", "7_8", "12_8")
    assert all(5 <= songs[name] <= 10 for name in metres)
    assert {"changes", "swing", "rubato"} <= set(songs)
    assert min(songs["drums"], songs["no_drums"]) >= 24


def test_there_is_no_other_suite() -> None:
    with pytest.raises(InputError, match="rhythm, harmony"):
        find_suite("rythm")


def test_the_same_songs_are_chosen_again(chosen: dict[tuple[str, str], tuple[Choice, ...]], held_out_shelf: Shelf, split: Split) -> None:
    again = Shelf(data=held_out_shelf.data, split=split, side="held_out")
    for about, name in (("rhythm", "4_4_drums"), ("harmony", "pop"), ("ensembles", "drums")):
        suite, number = shortened(about, name)
        assert choose(suite, number, again) == chosen[about, name]
        one, two = (draw_song(suite, chosen[about, name][0], shelf) for shelf in (held_out_shelf, again))
        assert [track.strokes for track in one.tracks] == [track.strokes for track in two.tracks]


def test_choices_are_what_their_slots_promise(chosen: dict[tuple[str, str], tuple[Choice, ...]], held_out_shelf: Shelf) -> None:
    def takes(about: str, name: str):  # type: ignore[no-untyped-def]
        assert len(chosen[about, name]) == 2
        return [draw_song(find_suite(about), choice, held_out_shelf) for choice in chosen[about, name]]

    for name, metre in (("2_4_plain", "2/4"), ("3_4_drums", "3/4"), ("4_4_drums", "4/4")):
        for take in takes("rhythm", name):
            assert take.metres is not None
            assert set(take.metres.label) == {metre}
            per_bar = np.bincount(np.diff(np.flatnonzero(take.truth.beats.position == 1))).argmax()
            assert per_bar == int(metre[0])
            assert ("drums" in take.roles) == name.endswith("drums")
    assert all(take.swing >= 0.57 for take in takes("rhythm", "swing"))
    for take in takes("rhythm", "rubato"):
        gaps = np.diff(take.truth.beats.time_s)
        assert np.std(gaps) / np.mean(gaps) > 0.02
    for take in (*takes("harmony", "band_major"), *takes("harmony", "pop")):
        assert take.truth.key is not None
        assert all(label in ("N", "X") or parse_chord(label).is_chord for label in take.truth.chords.label)
    assert all(take.truth.key.mode == "major" for take in takes("harmony", "band_major"))
    for take in takes("melody", "lead_alone"):
        assert take.roles == ("lead",)
        assert len(take.truth.notes) == len(take.tracks[0].strokes)
        assert take.truth.chords is None
    assert all(len(take.tracks) >= 3 and "sung" in take.roles for take in takes("melody", "sung_band"))
    assert all(set(take.roles) == {"drums"} and len(take.drums) > 30 for take in takes("ensembles", "drums"))
    assert all({"sung", "drums", "bass"} <= set(take.roles) for take in takes("separation", "pop"))


def test_songs_are_of_works_that_nobody_learns_from(
    chosen: dict[tuple[str, str], tuple[Choice, ...]], held_out_shelf: Shelf, split: Split
) -> None:
    for (about, _), choices in chosen.items():
        for choice in choices:
            take = draw_song(find_suite(about), choice, held_out_shelf)
            assert all(split.side(origin) == "held_out" for origin in take.origins if "/" in origin and _is_listed(split, origin))


def _is_listed(split: Split, origin: str) -> bool:
    """Bars that are written by rule are nobody's work."""
    try:
        split.side(origin)
    except ValueError:
        return False
    return True


def test_a_take_without_a_melody_has_none_alone(held_out_shelf: Shelf, chosen: dict[tuple[str, str], tuple[Choice, ...]]) -> None:
    take = draw_song(find_suite("ensembles"), chosen["ensembles", "drums"][0], held_out_shelf)
    with pytest.raises(ValueError, match="no melody"):
        melody_alone(take)


@pytest.fixture(scope="module")
def quick(data_dir: Path, split: Split, held_out_instruments: Instruments, tmp_path_factory: pytest.TempPathFactory) -> RenderedSuite:
    folder = tmp_path_factory.mktemp("suites")
    suite = tiny("rhythm", "4_4_drums", "4_4_plain")
    return render_suite(suite, data=data_dir, split=split, instruments=held_out_instruments, workers=0, folder=folder)


def test_a_song_is_its_sound_and_its_labels(quick: RenderedSuite, split: Split, held_out_instruments: Instruments) -> None:
    assert [song.id for song in quick.songs] == ["rhythm-1/4_4_drums_01", "rhythm-1/4_4_plain_01"]
    for song in quick.songs:
        audio, take = song.audio(), song.take
        assert (audio.rate_hz, audio.channels) == (11_025, 1)
        assert audio.duration_s == pytest.approx(take.truth.duration_s) == pytest.approx(30.0)
        assert 0.02 < np.sqrt(np.mean(audio.samples**2)) < 0.7
        assert np.abs(audio.samples).max() < 1.0
        assert take.truth.beats is not None
        assert take.truth.tuning is not None
        for part in song.production.parts:
            assert split.side(part.origin) == "held_out"
            assert families_of(part.chain) <= set(held_out_instruments.families)


def test_what_is_rendered_is_found_again(quick: RenderedSuite, data_dir: Path, split: Split, held_out_instruments: Instruments) -> None:
    before = {
        path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in quick.folder.iterdir() if path.suffix in (".flac", ".json")
    }
    quick.songs[0].labels.unlink()  # as if the machine had stopped in the middle of this song
    told: list[tuple[str, int, int]] = []
    again = render_suite(
        tiny("rhythm", "4_4_drums", "4_4_plain"),
        data=data_dir,
        split=split,
        instruments=held_out_instruments,
        workers=2,
        folder=quick.folder.parents[1],
        progress=lambda *step: told.append(step),
    )
    assert again.folder == quick.folder
    assert len(told) == 1
    for name, (written, content) in before.items():
        path = quick.folder / name
        assert path.read_bytes() == content
        if name.startswith("4_4_plain"):
            assert path.stat().st_mtime_ns == written


def test_other_instruments_are_another_folder(quick: RenderedSuite, held_out_instruments: Instruments, held_out_shelf: Shelf) -> None:
    suite = tiny("rhythm", "4_4_drums", "4_4_plain")
    one = suite_files.fingerprint(suite, held_out_shelf, held_out_instruments)
    assert quick.folder.name.endswith(one)
    fewer = replace(held_out_instruments, paths={**held_out_instruments.paths, "kit/x": Path(__file__)})
    assert suite_files.fingerprint(suite, held_out_shelf, fewer) != one
    assert suite_files.fingerprint(replace(suite, rate_hz=8_000), held_out_shelf, held_out_instruments) != one


def test_in_voiced_slots_whoever_sings_has_a_voice(
    chosen: dict[tuple[str, str], tuple[Choice, ...]], held_out_shelf: Shelf, held_out_instruments: Instruments
) -> None:
    suite, number = shortened("melody", "sung_band")
    take = draw_song(suite, chosen["melody", "sung_band"][0], held_out_shelf)
    sung = take.roles.index("sung")
    voiced, plain = suite.slots[number], suite.slots[number]._replace(voiced=False)
    made = [
        [is_voice(suite_files._produced(take, slot, held_out_instruments, seed=seed).parts[sung]) for seed in range(30)]
        for slot in (voiced, plain)
    ]
    assert all(made[0])
    assert not all(made[1])


@pytest.mark.slow
def test_stems_of_a_song_are_its_mix(data_dir: Path, split: Split, held_out_instruments: Instruments, tmp_path: Path) -> None:
    suite = replace(tiny("separation", "pop"), rate_hz=22_050)
    rendered = render_suite(suite, data=data_dir, split=split, instruments=held_out_instruments, workers=0, folder=tmp_path)
    (song,) = rendered.songs
    assert set(song.stems) == {"vocals", "drums", "bass", "other"}
    from hexachord.audio import load_audio

    parts = {role: load_audio(path).samples for role, path in song.stems.items()}
    assert all(np.sqrt(np.mean(parts[role] ** 2)) > 1e-4 for role in ("vocals", "drums", "bass"))
    assert np.abs(sum(parts.values()) - song.audio().samples).max() < 1e-6


def test_the_cache_is_where_it_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HEXACHORD_CACHE", str(tmp_path / "x"))
    assert cache_folder() == tmp_path / "x"
    monkeypatch.setenv("HEXACHORD_CACHE", "off")
    assert cache_folder() is None
    monkeypatch.delenv("HEXACHORD_CACHE")
    kept = cache_folder()
    assert kept is not None
    assert kept.name == "hexachord"


def test_the_longest_unused_make_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for number, name in enumerate(("old", "new", "now")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "song.flac").write_bytes(bytes(400))
        (tmp_path / name / ".used").touch()
        os.utime(tmp_path / name / ".used", (number, number))
    monkeypatch.setattr(suite_files, "LIMIT_BYTES", 1000)
    suite_files.make_room(tmp_path, keep=tmp_path / "now")
    assert {path.name for path in tmp_path.iterdir()} == {"new", "now"}


@pytest.mark.slow
def test_the_suites_are_those_that_were_written_down(held_out_shelf: Shelf) -> None:
    """When this fails, what a seed gives has changed: raise the suite's number and run tests/golden/make_suites.py."""
    written = json.loads(GOLDEN.read_text())
    for about, slots in written["songs"].items():
        suite = find_suite(about)
        assert suite.name == written["names"][about]
        for number, slot in enumerate(suite.slots):
            choices = choose(suite, number, held_out_shelf)
            assert len(choices) == slot.songs
            found = [
                [choice.seed, sum(len(track.strokes) for track in draw_song(suite, choice, held_out_shelf).tracks)] for choice in choices
            ]
            assert found == slots[slot.name]
