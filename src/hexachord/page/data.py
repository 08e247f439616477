"""A song's knowledge, sounds and scores as what a page is given."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from hexachord._version import __version__
from hexachord.errors import InputError
from hexachord.journeys.analyse import is_score, usable_cores, with_sentences
from hexachord.journeys.truth import written_knowledge
from hexachord.knowledge.model import Knowledge
from hexachord.page.blobs import BlobBox
from hexachord.page.columns import (
    beats_columns,
    chord_columns,
    chord_tone_columns,
    curve_columns,
    harmony_columns,
    key_choices,
    key_columns,
    notes_columns,
    second_columns,
    section_columns,
)
from hexachord.page.commands import panel_commands, score_command, tour_command
from hexachord.page.contract import Peaks, ScorePages, Similarity, SongData, Spectrogram, Track, Written
from hexachord.page.downloads import song_downloads
from hexachord.page.evidence import evident_sentences
from hexachord.page.facts import descriptor_rows, played_with, single_facts
from hexachord.page.rhythm import correction_words, drum_columns, groove_columns, reading_rows
from hexachord.page.sound import Sound, Voice, sound_of
from hexachord.song import CACHE, Song


@dataclass(frozen=True, kw_only=True)
class PageContent:
    """What a page shows, and the binaries that it names."""

    data: SongData
    box: BlobBox


def page_content(song: Song, knowledge: Knowledge, *, written: Written | None = None) -> PageContent:
    """Gather what a song's page shows. The folder is held by the caller (`Song.locked`).

    Parameters
    ----------
    song : its folder
    knowledge : what is known, with sentences
    written : the truth, when it is known: see `hexachord.page.written`
    """
    box = BlobBox()
    came_as_score = is_score(song.source)
    if came_as_score:
        knowledge = played_knowledge(song, knowledge)
    skipped = {_MISSING.get(name, name.replace("_", " ").replace("-", " ")): why for name, why in knowledge.skipped.items()}
    sound = sound_of(song, duration_s=knowledge.duration_s, came_as_score=came_as_score, why_silent=skipped.pop("perform", ""))
    mix, stems = _tracks(song, sound, box)
    skipped |= sound.skipped
    scores = _scores(song, came_as_score=came_as_score, box=box, skipped=skipped)
    title, subtitle = song.name, ""
    if came_as_score:
        title, subtitle = _names(song, title)
    spectrogram, alike = _pictures(song, sound, box, skipped)
    commands = panel_commands(song.source.name, folder=song.folder.name, is_score=came_as_score)
    if written is not None:
        commands["written"] = tour_command(song.source.name)
    data: SongData = {
        "format": "hexachord-page",
        "version": 1,
        "made_by": f"hexachord {__version__}",
        "title": title,
        "subtitle": subtitle,
        "kind": "score" if came_as_score else "audio",
        "source": {"name": song.source.name, "sha256": song.source_sha256},
        "duration_s": round(sound.duration_s, 4),
        "mix": mix,
        "stems": stems,
        "facts": [*single_facts(knowledge), *played_with(song.facts("perform"), engine=song.engines.get("perform", ""))],
        "beats": beats_columns(knowledge.beats),
        "readings": reading_rows(knowledge, folder=song.folder.name),
        "corrected": correction_words(song, knowledge),
        "groove": groove_columns(knowledge.groove),
        "drums": drum_columns(knowledge.drums),
        "sections": section_columns(knowledge.sections),
        "chords": chord_columns(knowledge.chords),
        "chord_tones": chord_tone_columns(knowledge.chords),
        "second_chords": second_columns(knowledge.chords),
        "harmony": harmony_columns(knowledge.harmony),
        "keys": key_choices(knowledge.key),
        "local_keys": key_columns(knowledge.local_keys),
        "notes": notes_columns(knowledge.notes),
        "melody_notes": notes_columns(knowledge.melody_notes),
        "melody": curve_columns(knowledge.melody),
        "spectrogram": spectrogram,
        "similarity": alike,
        "scores": scores,
        "sentences": evident_sentences(knowledge),
        "descriptors": descriptor_rows(knowledge),
        "downloads": song_downloads(song, box),
        "commands": commands,
        "skipped": [{"what": what, "why": why} for what, why in skipped.items()],
        "written": written,
    }
    return PageContent(data=data, box=box)


def played_knowledge(song: Song, knowledge: Knowledge) -> Knowledge:
    """Put what is known about a score on the clock of its performance: where the page repeats, so does the sound."""
    from hexachord.journeys.score_files import kept_score
    from hexachord.score.unfold import unfold

    try:
        score = kept_score(song, stem="score")
    except InputError:
        return knowledge
    if unfold(score).is_plain:
        return knowledge
    played = written_knowledge(score)
    timed = {name: getattr(played, name) for name in ("beats", "local_keys", "chords", "harmony", "sections", "notes", "duration_s")}
    return with_sentences(replace(knowledge, **timed))


def _tracks(song: Song, sound: Sound, box: BlobBox) -> tuple[Track | None, list[Track]]:
    from hexachord.page.tracks import LEAD_IN_FRAMES, MIME, compressed

    def compress(voice: Voice) -> tuple[Path, Peaks] | InputError:
        try:
            return compressed(song, voice.path, name=voice.id, rate=voice.rate, sha256=voice.sha256)
        except InputError as error:
            return error

    with ThreadPoolExecutor(usable_cores()) as pool:  # the encoder works outside Python's lock
        made = list(pool.map(compress, sound.voices))
    tracks: list[Track] = []
    for voice, result in zip(sound.voices, made, strict=True):
        if isinstance(result, InputError):
            sound.skipped[voice.name.lower()] = f"its sound cannot be read: found {result.found}"
            continue
        path, peaks = result
        element = box.add(f"audio-{voice.id}", path)
        tracks.append(
            {
                "id": voice.id,
                "name": voice.name,
                "mime": MIME,
                "element": element,
                "bytes": path.stat().st_size,
                "peaks": peaks,
                "gain_db": round(voice.gain_db, 2),
                "lead_in_s": round(LEAD_IN_FRAMES / voice.rate.rate_hz, 6),
                "engine": voice.engine,
                "file": voice.file,
            }
        )
    mix = next((track for track in tracks if track["id"] == "mix"), None)
    return mix, [track for track in tracks if track is not mix]


def _pictures(song: Song, sound: Sound, box: BlobBox, skipped: dict[str, str]) -> tuple[Spectrogram | None, Similarity | None]:
    from hexachord.page.similarity import SHORTEST_S, similarity_columns, similarity_picture
    from hexachord.page.spectrogram import picture_of, spectrogram_tiles

    with sound.mono(song) as signal:
        if signal is None:
            skipped["spectrogram"] = skipped["self-similarity"] = "there is no sound to draw"
            return None, None
        tiles = spectrogram_tiles(picture_of(signal.samples, rate_hz=signal.rate_hz), box)
        alike = similarity_picture(signal.samples, rate_hz=signal.rate_hz)
        if alike is None:
            skipped["self-similarity"] = f"there is too little to compare: it needs {SHORTEST_S:.0f} seconds of notes"
            return tiles, None
        return tiles, similarity_columns(alike, box)


_MISSING = {
    "performance": "MIDI",
    "lead-sheet-pdf": "PDF of the lead sheet",
    "piano-pdf": "PDF of the piano score",
    "drum-staff-pdf": "PDF of the drum staff",
    "pdf": "PDF",
}
_SHEETS = (("lead-sheet", "Lead sheet"), ("piano", "Piano"), ("drums", "Drums"), ("score", "Score"))


def _scores(song: Song, *, came_as_score: bool, box: BlobBox, skipped: dict[str, str]) -> list[ScorePages]:
    from hexachord.journeys.score_files import ENGRAVER, kept_score
    from hexachord.page.scores import score_pages

    sheets: list[ScorePages] = []
    for name, title in _SHEETS:
        if not (song.folder / CACHE / f"{name}.json").is_file():
            continue
        try:
            score = kept_score(song, stem=name)
            command = score_command(song.source.name, stem=name, is_score=came_as_score)
            with ENGRAVER:
                pages, why = score_pages(score, name=name, title=title, command=command, box=box)
        except InputError as error:
            skipped[title.lower()] = f"it could not be engraved: found {error.found}"
            continue
        if pages is not None:
            sheets.append(pages)
        if why:
            skipped[title.lower()] = why
    return sheets


def _names(song: Song, fallback: str) -> tuple[str, str]:
    from hexachord.journeys.score_files import kept_score

    try:
        score = kept_score(song, stem="score")
    except InputError:
        return fallback, ""
    return score.title or fallback, score.composer
