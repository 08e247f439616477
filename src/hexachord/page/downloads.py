"""The files of a song's folder as downloads: small ones in the page, large ones beside it."""

from urllib.parse import quote

from hexachord.page.blobs import BlobBox, gzipped
from hexachord.page.contract import Download
from hexachord.page.sound import track_name
from hexachord.song import Song

_MOST_BYTES = 8 << 20  # of one file in the page; larger ones are linked
_MOST_TOGETHER = 2 << 20  # packed, so that four minutes of sound leave the page under 30 MB
_LABELS = {
    "report.txt": "Report",
    "knowledge.json": "Everything that is known",
    "knowledge.jams": "The same for research tools",
    "comparison.json": "Heard beside written",
    "lead-sheet": "Lead sheet",
    "piano": "Piano score",
    "drums": "Drum staff",
    "score": "Score",
    "notes.mid": "The notes as they were played",
    "performance": "The performance",
    "labels": "Label track for Audacity",
    "tables": "Table",
    "stems": "Stem",
}
_MIMES = {
    ".txt": "text/plain",
    ".json": "application/json",
    ".jams": "application/json",
    ".musicxml": "application/vnd.recordare.musicxml+xml",
    ".mid": "audio/midi",
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
}
_ORDER = (
    "report.txt",
    "lead-sheet",
    "piano",
    "drums",
    "score",
    "notes.mid",
    "knowledge.json",
    "knowledge.jams",
    "comparison.json",
    "performance",
    "stems",
    "labels",
    "tables",
)
_FORMATS = (".pdf", ".musicxml", ".mid")  # of one score, for the eye first


def song_downloads(song: Song, box: BlobBox) -> list[Download]:
    """List the files of a folder, those for people first; what is small goes into the box."""
    downloads: list[Download] = []
    together = 0
    for name in sorted((name for name in song.files if not name.endswith(".html")), key=_rank):
        path = song.folder / name
        if not path.is_file():
            continue
        suffix = path.suffix.lower()
        size = path.stat().st_size
        element = None
        if size <= _MOST_BYTES and suffix not in (".flac", ".wav"):
            packed = gzipped(path.read_bytes())
            if together + len(packed) <= _MOST_TOGETHER:
                together += len(packed)
                element = box.add("file-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in name), packed)
        downloads.append(
            {
                "label": _label(name),
                "name": name.replace("/", "-"),
                "bytes": size,
                "mime": _MIMES.get(suffix, "application/octet-stream"),
                "element": element,
                "href": None if element else quote(name),
            }
        )
    return downloads


def _rank(name: str) -> tuple[int, int, str]:
    places = [place for place, start in enumerate(_ORDER) if name.startswith(start)]
    suffix = name[name.rfind(".") :]
    return places[0] if places else len(_ORDER), _FORMATS.index(suffix) if suffix in _FORMATS else len(_FORMATS), name


def _label(name: str) -> str:
    folder, _, base = name.rpartition("/")
    stem, _, suffix = base.rpartition(".")
    kind = {"musicxml": "MusicXML", "mid": "MIDI", "txt": "text"}.get(suffix, suffix.upper())
    what = f"{_LABELS.get(folder, folder)}: {track_name(stem).lower()}" if folder else _LABELS.get(base) or _LABELS.get(stem) or stem
    return f"{what} ({kind})"
