"""Artists: what is their own stays, what is drawn varies; albums master alike at strength 0 and further apart the more is asked for."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hexachord.audio import load_audio
from hexachord.errors import InputError
from hexachord.rendering.artists import NEIGHBOURHOOD, PROGRESSIONS, Artist, draw_artist
from hexachord.rendering.artists_corpus import ArtistCorpus, UnmasteredCorpus, render_unmastered, write_artists
from hexachord.rendering.artists_leads import brought_forward, ideal_lead
from hexachord.rendering.artists_mastering import AlbumMastering, draw_mastering, master_song
from hexachord.rendering.artists_songs import lead_track, mix_song, play_song, write_song
from hexachord.rendering.balance import active_loudness_db
from hexachord.rendering.instruments import Instruments
from hexachord.rendering.mastering import OCTAVES_HZ
from hexachord.rendering.shelf import Shelf
from hexachord.rendering.split import Split
from hexachord.theory.roman import chord_of_numeral

RATE_HZ = 22_050
SMALL = ArtistCorpus(artists=2, albums=2, songs=1, seconds=4.0, rate_hz=16_000)


@pytest.fixture(scope="module")
def artists(small_band: Instruments) -> list[Artist]:
    return [draw_artist(number, small_band) for number in range(20)]


@pytest.fixture(scope="module")
def made(data_dir: Path, split: Split, small_band: Instruments, tmp_path_factory: pytest.TempPathFactory) -> UnmasteredCorpus:
    return render_unmastered(
        SMALL, data=data_dir, split=split, instruments=small_band, workers=0, folder=tmp_path_factory.mktemp("artists")
    )


def test_an_artist_is_a_function_of_its_number_and_the_seed(artists: list[Artist], small_band: Instruments) -> None:
    assert draw_artist(7, small_band) == artists[7]
    assert draw_artist(7, small_band, seed=1) != artists[7]
    assert len({(artist.lead, artist.tune, artist.styles[0].bpm) for artist in artists}) == 20


def test_artists_overlap(artists: list[Artist]) -> None:
    homes = Counter(artist.styles[0].name for artist in artists)
    assert set(homes) == set(NEIGHBOURHOOD)
    assert min(homes.values()) >= 2
    assert 10 <= sum(artist.is_sung for artist in artists) <= 19
    known = Counter(name for artist in artists for mode in PROGRESSIONS for name in artist.progressions[mode])
    assert sum(count > 2 for count in known.values()) > 12
    assert all(artist.progressions["major"] and artist.progressions["minor"] for artist in artists)


def test_songs_keep_the_habits_of_their_artist(artists: list[Artist], shelf: Shelf) -> None:
    for artist in artists[:6]:
        for seed in range(4):
            piece = write_song(artist, shelf, seed=seed, length_s=12.0)
            assert piece.keys is not None
            assert piece.chords is not None
            key = piece.keys[0].label
            numerals = {numeral for name in artist.progressions[key.split()[1]] for numeral in name.split()}
            mine = {chord_of_numeral(numeral + end, key) for numeral in numerals for end in ("", "7")}
            assert _pitch_classes(span.label for span in piece.chords) <= _pitch_classes(mine)
            tune = next(line for line in piece.lines if line.role in ("sung", "lead"))
            assert abs(float(np.median(tune.notes[:, 2])) - artist.centre) <= 6.5
            assert piece.style in {style.name for style in artist.styles}


def _pitch_classes(labels) -> set[tuple[int, ...]]:
    from hexachord.theory.chord_labels import parse_chord

    return {tuple(sorted(parse_chord(label).pitch_classes())) for label in labels}


def test_the_lead_is_always_the_same_one_and_others_mostly_are(artists: list[Artist], shelf: Shelf, small_band: Instruments) -> None:
    artist = artists[4]
    leads, basses = [], []
    for seed in range(12):
        take = play_song(artist, write_song(artist, shelf, seed=seed, length_s=8.0), seed=seed, length_s=8.0, name="song")
        production = mix_song(artist, take, small_band, seed=seed)
        lead = lead_track(take)
        assert lead is not None
        part = production.parts[lead]
        leads.append((part.origin, part.program, part.seed, str(part.chain), part.pan))
        home = take.genre == artist.styles[0].name
        basses += [(p.origin, p.program, p.seed) for p, role in zip(production.parts, take.roles, strict=True) if role == "bass" and home]
        assert production.mix.steps == production.medium.steps == ()
    assert len(set(leads)) == 1
    (_, usual), *_ = Counter(basses).most_common(1)
    assert usual > len(basses) / 2


def test_a_song_that_goes_high_keeps_its_band(artists: list[Artist], shelf: Shelf, small_band: Instruments) -> None:
    artist = artists[0]
    take = play_song(artist, write_song(artist, shelf, seed=3, length_s=8.0), seed=3, length_s=8.0, name="song")
    bass = take.roles.index("bass")
    higher = replace(
        take.tracks[bass],
        strokes=tuple(
            stroke._replace(key=stroke.key + (2 if number % 5 == 0 else 0)) for number, stroke in enumerate(take.tracks[bass].strokes)
        ),
    )
    other = replace(take, tracks=(*take.tracks[:bass], higher, *take.tracks[bass + 1 :]))
    first, second = (mix_song(artist, one, small_band, seed=3).parts[bass] for one in (take, other))
    assert (first.origin, first.program, first.seed) == (second.origin, second.program, second.seed)


def test_without_strength_all_albums_are_mastered_alike() -> None:
    assert {draw_mastering(0, artist, album, strength=0.0) for artist in range(5) for album in range(3)} == {AlbumMastering()}
    assert len({draw_mastering(0, artist, album) for artist in range(5) for album in range(3)}) == 15
    with pytest.raises(ValueError, match="strength"):
        draw_mastering(0, 0, 0, strength=-0.1)


def test_at_the_default_albums_spread_as_was_written_down() -> None:
    drawn = [draw_mastering(1, artist, album) for artist in range(40) for album in range(10)]
    octaves = np.array([one.octaves_db for one in drawn])
    assert octaves[:, 5].std() == pytest.approx(1.5, abs=0.25)
    assert octaves[:, 0].std() == pytest.approx(np.hypot(2.5, 4.5 * 0.5), abs=0.4)
    assert np.std([one.aim_lufs for one in drawn]) == pytest.approx(3.0, abs=0.4)
    assert np.quantile([one.ratio for one in drawn], [0.16, 0.84]) == pytest.approx([1.3, 2.2], abs=0.2)


@pytest.mark.parametrize("album", range(3))
def test_mastering_does_what_it_says(album: int) -> None:
    mix = _pink(4.0)
    mastering = draw_mastering(0, 0, album)
    neutral, heard = (master_song(mix, one, rate_hz=RATE_HZ)[0] for one in (AlbumMastering(), mastering))
    assert active_loudness_db(heard[None], rate_hz=RATE_HZ) == pytest.approx(mastering.aim_lufs, abs=1.0)
    change_db = _octaves_db(heard) - _octaves_db(neutral)
    asked_db = np.array(mastering.octaves_db)
    middle = slice(2, 8)  # 125 Hz to 4 kHz
    assert np.corrcoef(change_db[middle], asked_db[middle])[0, 1] > 0.9
    edge_hz = mastering.bandwidth * RATE_HZ / 2
    power = np.square(np.abs(np.fft.rfft(heard)))
    hz = np.fft.rfftfreq(len(heard), 1 / RATE_HZ)
    below = 10 * np.log10(power[(hz > 0.8 * edge_hz) & (hz < 0.95 * edge_hz)].mean())
    if edge_hz < 10_000:
        assert 10 * np.log10(power[hz > 1.09 * edge_hz].mean()) < below - 25.0


def test_albums_are_further_apart_the_stronger_they_are_mastered() -> None:
    mix = _pink(3.0)
    distance = []
    for strength in (0.0, 0.5, 1.0, 2.0):
        first, second = (
            _octaves_db(master_song(mix, draw_mastering(0, 2, album, strength=strength), rate_hz=RATE_HZ)[0]) for album in (0, 1)
        )
        distance.append(float(np.abs(first - second)[2:8].mean()))
    assert distance[0] == pytest.approx(0.0, abs=1e-6)
    assert distance == sorted(distance)
    assert distance[2] > 0.5


def test_silence_stays_silence() -> None:
    assert not master_song(np.zeros((1, 8000), np.float32), draw_mastering(0, 0, 0), rate_hz=8000).any()


def test_a_lead_is_brought_forward() -> None:
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    lead = (0.2 * np.sin(2 * np.pi * 880.0 * time_s)).astype(np.float32)
    rest = 0.5 * _pink(3.0)[0]
    mix = lead + rest
    song = np.tanh(mix).astype(np.float32)
    ideal = ideal_lead(song, mix=mix, lead=lead)

    def share_db(sound: np.ndarray) -> float:
        fitted = float(sound @ lead / (lead @ lead)) * lead
        return float(10 * np.log10(fitted @ fitted / np.square(sound - fitted).sum()))

    assert share_db(ideal) > share_db(song) + 15.0
    forward = brought_forward(song, ideal)
    assert share_db(song) + 6.0 < share_db(forward) < share_db(ideal)
    with pytest.raises(ValueError, match="shapes"):
        ideal_lead(song, mix=mix[:-1], lead=lead)


def test_a_corpus_is_rendered_once_and_goes_on_where_it_was(
    made: UnmasteredCorpus, data_dir: Path, split: Split, small_band: Instruments
) -> None:
    assert [song.id for song in made.songs] == [
        "artist_01/album_1/song_01",
        "artist_01/album_2/song_01",
        "artist_02/album_1/song_01",
        "artist_02/album_2/song_01",
    ]
    for song in made.songs:
        mix, lead = load_audio(song.mix), load_audio(song.lead)
        assert mix.samples.shape == lead.samples.shape == (1, 64_000)
        assert np.sqrt(np.mean(mix.samples**2)) > 0.01
        assert np.abs(lead.samples).max() > 0.01
        assert song.take.genre in NEIGHBOURHOOD
        assert song.take.truth.chords is not None
    before = {song.id: (song.mix.read_bytes(), song.mix.stat().st_mtime_ns) for song in made.songs}
    made.songs[2].labels.unlink()  # as after a kill between sound and labels
    again = render_unmastered(
        replace(SMALL, albums=2), data=data_dir, split=split, instruments=small_band, workers=0, folder=made.folder.parents[1]
    )
    assert again.folder == made.folder
    assert again.songs[2].labels.exists()
    for number, song in enumerate(again.songs):
        data, stamp = before[song.id]
        assert song.mix.read_bytes() == data
        assert (song.mix.stat().st_mtime_ns == stamp) == (number != 2)


def test_a_tree_of_files_is_mastered_out_of_the_same_songs(made: UnmasteredCorpus, tmp_path: Path) -> None:
    index = write_artists(made, tmp_path / "one", leads=tmp_path / "leads", workers=0)
    write_artists(made, tmp_path / "none", strength=0.0, workers=0)
    with index.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["album"] for row in rows] == ["artist_01/album_1", "artist_01/album_2", "artist_02/album_1", "artist_02/album_2"]
    assert {row["label"] for row in rows} == {"artist_01", "artist_02"}
    assert {row["mastering"] for row in rows} == {"1"}
    for row in rows:
        first, second = (load_audio(tmp_path / name / row["path"]).samples[0] for name in ("one", "none"))
        assert first.shape == second.shape
        assert not np.allclose(first, second, atol=1e-3)
        assert (tmp_path / "leads" / row["path"]).exists()
    assert sorted(path.name for path in (tmp_path / "one").rglob("*.flac")) == ["song_01.flac"] * 4


def test_two_strengths_never_share_a_folder(made: UnmasteredCorpus, tmp_path: Path) -> None:
    index = write_artists(made, tmp_path, workers=0)
    before = index.read_bytes()
    with pytest.raises(InputError, match="another corpus"):
        write_artists(made, tmp_path, strength=2.0, workers=0)
    assert write_artists(made, tmp_path, workers=0).read_bytes() == before


def test_what_is_no_corpus_is_refused() -> None:
    with pytest.raises(ValueError, match="not a corpus"):
        ArtistCorpus(albums=0)


def _pink(seconds: float) -> np.ndarray:
    count = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(np.random.default_rng(3).normal(size=count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    sound = np.fft.irfft(spectrum, count)
    return (0.1 * sound / sound.std()).astype(np.float32)[None]


def _octaves_db(sound: np.ndarray) -> np.ndarray:
    power = np.square(np.abs(np.fft.rfft(sound)))
    octave = np.round(np.log2(np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE_HZ), 1e-3) / OCTAVES_HZ[0]))
    levels = np.array([10 * np.log10(power[octave == number].sum() + 1e-9) for number in range(9)])
    return levels - levels[2:8].mean()
