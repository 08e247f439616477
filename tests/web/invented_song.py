"""A song that nobody wrote: three sines, twelve bars, and everything a page can show about them."""

import base64
import io
from functools import cache
from typing import Any

import numpy as np
import soundfile

from hexachord.page.blobs import Blob, gzipped
from hexachord.page.png import png_bytes

RATE_HZ = 22050
BAR_S, BARS = 2.0, 12
DURATION_S = BAR_S * BARS
STEMS = {"vocals": 440.0, "bass": 110.0, "drums": 3000.0}


def make_song(**changes: Any) -> tuple[dict[str, Any], list[Blob]]:
    """Invent a song of twelve bars in C: what the page is given, and its blobs. `changes` replace what the page is given."""
    mix, tracks, blobs = _sound_and_pictures()
    beats = {
        "time_s": [round(i * BAR_S / 4, 3) for i in range(4 * BARS)],
        "position": [i % 4 + 1 for i in range(4 * BARS)],
        "confidence": [0.9] * (4 * BARS),
        "engine": "beats/invented",
    }
    labels = ["C:maj", "A:min", "F:maj", "G:maj"] * 3
    chords = _spans([i * BAR_S for i in range(BARS + 1)], labels, ["C", "Am", "F", "G"] * 3, "chords/invented")
    sections = _spans([0, 4, 12, 20, 24], ["intro", "verse", "chorus", "outro"], ["intro", "verse", "chorus", "outro"], "sections/invented")
    notes = {
        "onset_s": [i * 0.5 for i in range(48)],
        "offset_s": [i * 0.5 + 0.4 for i in range(48)],
        "pitch": [60 + (i * 7) % 12 for i in range(48)],
        "velocity": [round((60 + i) / 127, 3) for i in range(48)],
        "confidence": [round(0.3 + 0.01 * i, 2) for i in range(47)] + [None],
        "engine": "notes/invented",
        "shapes": None,
    }
    melody_notes = {key: value[::4] if isinstance(value, list) else value for key, value in notes.items()}
    melody_notes["shapes"] = {
        "glide_semitones": [-1.2, 0.0] * 6,
        "glide_s": [0.14, 0.0] * 6,
        "vibrato_hz": [0.0, 5.6] * 6,
        "vibrato_semitones": [0.0, 0.45] * 6,
    }
    song: dict[str, Any] = {
        "format": "hexachord-page",
        "version": 1,
        "made_by": "hexachord 0.0.0",
        "title": "Invention <b>& Co</b>",
        "subtitle": "for three sines",
        "kind": "audio",
        "source": {"name": "invention.wav", "sha256": "0" * 64},
        "duration_s": DURATION_S,
        "mix": mix,
        "stems": list(tracks),
        "facts": [
            {
                "id": "tempo",
                "label": "Tempo",
                "value": "120",
                "unit": "BPM",
                "confidence": 0.93,
                "alternatives": [{"value": "60", "confidence": 0.05}],
                "engine": "beats/invented",
            },
            {
                "id": "metre",
                "label": "Metre",
                "value": "4/4",
                "unit": "",
                "confidence": 0.9,
                "alternatives": [],
                "engine": "beats/invented",
            },
            {
                "id": "key",
                "label": "Key",
                "value": "C major",
                "unit": "",
                "confidence": 0.8,
                "alternatives": [{"value": "A minor", "confidence": 0.2}],
                "engine": "key/invented",
            },
            {
                "id": "tuning",
                "label": "Tuning",
                "value": "A4 = 440.0",
                "unit": "Hz",
                "confidence": None,
                "alternatives": [],
                "engine": "tuning/invented",
            },
        ],
        "beats": beats,
        "readings": _readings(beats),
        "corrected": [],
        "groove": {
            "time_s": beats["time_s"],
            "bpm": [round(120 + 6 * float(np.sin(i / 9)), 2) for i in range(4 * BARS)],
            "stability": 0.0062,
            "swing": 1.8,
            "engine": "groove/invented",
        },
        "drums": _drums(),
        "sections": sections,
        "chords": chords,
        "chord_tones": {
            "classes": [[0, 4, 7], [0, 4, 9], [0, 5, 9], [2, 7, 11]] * 3,
            "bass": [0, 9, 5, 7] * 3,
            "names": ["C E G", "A C E", "F A C", "G B D"] * 3,
        },
        "second_chords": {
            "label": ["A:min", "C:maj", "", "E:min"] * 3,
            "text": ["Am", "C", "", "Em"] * 3,
            "confidence": [0.1, 0.6, None, 0.2] * 3,
            "close": [False, True, False, False] * 3,
        },
        "harmony": {
            "numeral": ["I", "vi", "IV", "V"] * 3,
            "words": ["tonic", "tonic", "predominant", "dominant"] * 3,
            "key": ["C major"] * 12,
            "engine": "harmony/invented",
        },
        "keys": {"label": ["C major", "A minor"], "text": ["C major", "A minor"], "confidence": [0.8, 0.2], "engine": "key/invented"},
        "local_keys": _spans([0, 16, 24], ["C:maj", "E:min"], ["C major", "E minor"], "keys/invented"),
        "notes": notes,
        "melody_notes": melody_notes,
        "melody": {
            "hop_s": 0.05,
            "start_s": 0.0,
            "midi": [None if i % 40 > 30 else 60 + 3 * np.sin(i / 20) for i in range(480)],
            "voicing": base64.b64encode(bytes([255] * 240 + [64] * 240)).decode(),
            "engine": "melody/invented",
        },
        "spectrogram": {
            "tiles": [{"element": "spectrogram-1", "start_s": 0.0, "end_s": DURATION_S, "width": 480}],
            "bins": 72,
            "lowest_pitch": 36,
            "bins_per_semitone": 1,
            "frames_per_s": 20.0,
            "range_db": 60.0,
        },
        "similarity": {"element": "similarity", "side": 48, "start_s": 0.0, "end_s": DURATION_S},
        "scores": [
            {
                "id": "lead-sheet",
                "title": "Lead sheet",
                "svg_element": "score-lead-sheet",
                "pages": 2,
                "width_mm": 210.0,
                "height_mm": 297.0,
                "moments": _moments(),
                "command": "hexachord transcribe invention.wav --to lead-sheet --out lead-sheet.pdf",
            }
        ],
        "sentences": [
            {
                "text": "The tempo is about 120 beats a minute.",
                "confidence": 0.93,
                "panel": "tempo",
                "start_s": None,
                "end_s": None,
                "facts": [{"path": "tempo.hypotheses.0.bpm", "value": "120.0"}],
            },
            {
                "text": "The chorus begins at 0:12.",
                "confidence": 0.7,
                "panel": "sections",
                "start_s": 12.0,
                "end_s": 20.0,
                "facts": [{"path": "sections.start_s.2", "value": "12.0"}],
            },
            {
                "text": "The chord heard most is C.",
                "confidence": None,
                "panel": "chords",
                "start_s": 8.0,
                "end_s": 10.0,
                "facts": [{"path": "chords.share.C:maj", "value": "0.25"}],
            },
        ],
        "descriptors": [
            {"name": "crest", "value": "9.1", "unit": "dB", "engine": "descriptors/invented", "meaning": "the highest sample over the RMS"},
            {"name": "mfcc 1", "value": "1.0", "unit": "", "engine": "descriptors/invented", "meaning": "for machines"},
        ],
        "downloads": [
            {"label": "Report", "name": "report.txt", "bytes": 10, "mime": "text/plain", "element": "file-report-txt", "href": None},
            {"label": "Bass (FLAC)", "name": "bass.flac", "bytes": 1000, "mime": "audio/flac", "element": None, "href": "stems/bass.flac"},
        ],
        "commands": {
            "song": "hexachord song invention.wav",
            "chords": "hexachord listen invention.wav --task chords",
            "stems": "hexachord transform stems invention.wav --out stems",
        },
        "skipped": [{"what": "lyrics", "why": "nobody sings"}],
        "written": None,
    }
    return {**song, **changes}, list(blobs)


def _readings(beats: dict[str, Any]) -> list[dict[str, Any]]:
    """Twice as slow, and in threes, beside what it is."""

    def reading(number: int, bpm: float, metre: str, how: str, sure: float, every: int, count: int) -> dict[str, Any]:
        times = beats["time_s"][::every]
        commands = [f"hexachord correct invention.hexachord --reading {number}"] if number > 1 else []
        return {
            "number": number,
            "bpm": bpm,
            "metre": metre,
            "how": how,
            "confidence": sure,
            "time_s": times,
            "position": [i % count + 1 for i in range(len(times))],
            "commands": commands,
        }

    return [
        reading(1, 120.0, "4/4", "as it was heard", 0.93, 1, 4),
        reading(2, 60.0, "4/4", "half the tempo", 0.05, 2, 4),
        reading(3, 120.0, "3/4", "other bars", 0.02, 1, 3),
    ]


def _drums() -> dict[str, Any]:
    """A rock beat, eighths on the hi-hat, a fill in the last bar."""
    strokes = []
    for bar in range(BARS):
        strokes += [(bar * BAR_S + k * BAR_S / 8, "hihat_closed", 0.8 - 0.4 * (k % 2)) for k in range(8)]
        strokes += [(bar * BAR_S, "kick", 0.95), (bar * BAR_S + BAR_S / 2, "kick", 0.7)]
        strokes += [(bar * BAR_S + BAR_S / 4, "snare", 0.9), (bar * BAR_S + 3 * BAR_S / 4, "snare", 0.85)]
        if bar % 4 == 0:
            strokes.append((bar * BAR_S, "crash", 0.9))
    strokes.sort()
    return {
        "time_s": [round(time, 3) for time, _, _ in strokes],
        "label": [label for _, label, _ in strokes],
        "velocity": [velocity for _, _, velocity in strokes],
        "confidence": [0.9] * len(strokes),
        "engine": "drums/invented",
    }


@cache
def _sound_and_pictures() -> tuple[dict[str, Any], list[dict[str, Any]], list[Blob]]:
    t = np.arange(int(DURATION_S * RATE_HZ)) / RATE_HZ
    beat = np.exp(-30 * (t % (BAR_S / 4)))
    stems = {
        name: (0.25 * np.sin(2 * np.pi * hz * t) * (beat if name == "drums" else 1.0)).astype(np.float32) for name, hz in STEMS.items()
    }
    blobs: list[Blob] = []
    mix = _track("mix", "Mix", sum(stems.values(), np.zeros_like(t)).astype(np.float32), blobs, kind="MP3", mime="audio/mpeg")
    tracks = [_track(name, name.capitalize(), sound, blobs, kind="OGG", mime="audio/ogg") for name, sound in stems.items()]
    blobs.append(Blob("score-lead-sheet", gzipped("\f".join(_pages()).encode())))
    blobs.append(Blob("spectrogram-1", png_bytes(_spectrogram())))
    blobs.append(Blob("similarity", png_bytes(_similarity())))
    blobs.append(Blob("file-report-txt", gzipped(b"A report.\n")))
    return mix, tracks, blobs


def written_truth() -> dict[str, Any]:
    """Return a truth to lay beside the invented song: two chords differ, and one has a seventh more."""
    song, _ = make_song()
    chords = {
        **song["chords"],
        "label": ["C:maj7", *song["chords"]["label"][1:-2], "D:min", "E:min"],
        "text": ["Cmaj7", *song["chords"]["text"][1:-2], "Dm", "Em"],
    }
    return {
        "title": "the score that was played",
        "beats": song["beats"],
        "chords": chords,
        "sections": None,
        "notes": song["notes"],
        "facts": [
            {"id": "tempo", "heard": "120", "written": "120", "right": True},
            {"id": "key", "heard": "C major", "written": "A minor", "right": False},
            {"id": "tuning", "heard": "440.0", "written": "", "right": None},
        ],
        "scores": [{"task": "beats", "name": "F", "value": 0.98, "meaning": "beats found, and found ones right"}],
    }


def _spans(edges: list[float], label: list[str], text: list[str], engine: str) -> dict[str, Any]:
    return {"start_s": edges[:-1], "end_s": edges[1:], "label": label, "text": text, "confidence": [0.8] * len(label), "engine": engine}


def _track(name: str, title: str, sound: np.ndarray, blobs: list[Blob], *, kind: str, mime: str) -> dict[str, Any]:
    file = io.BytesIO()
    soundfile.write(file, sound, RATE_HZ, format=kind)
    blobs.append(Blob(f"audio-{name}", file.getvalue()))
    blocks = sound[: len(sound) // 441 * 441].reshape(-1, 441)  # 50 peaks a second
    peaks = np.clip(np.rint(127 * np.stack([blocks.min(1), blocks.max(1)], axis=1)), -127, 127).astype(np.int8)
    return {
        "id": name,
        "name": title,
        "mime": mime,
        "element": f"audio-{name}",
        "bytes": len(file.getvalue()),
        "gain_db": 0.0,
        "lead_in_s": 0.0,
        "peaks": {"per_s": 50.0, "values": base64.b64encode(peaks.tobytes()).decode()},
        "engine": "stems/invented",
        "file": None,
    }


def _spectrogram() -> np.ndarray:
    picture = np.zeros((72, 480), np.uint8)
    for pitch, level in ((69, 200), (45, 255), (60, 120)):
        picture[36 + 71 - pitch] = level
    return picture


def _similarity() -> np.ndarray:
    """Return half seconds that are like themselves and like what is eight seconds away."""
    apart = np.abs(np.subtract.outer(np.arange(48), np.arange(48)))
    return np.where(apart % 16 == 0, 255, 40).astype(np.uint8)


def _pages() -> list[str]:
    """Two pages of three systems of two bars of four notes, with the classes that an engraver gives."""
    pages = []
    for page in range(2):
        systems = []
        for system in range(3):
            bars = []
            for k in range(2):
                bar = page * 6 + system * 2 + k
                frame = f'x="{100 + 900 * k}" y="{300 + 700 * system}" width="900" height="200" fill="none" stroke="currentColor"'
                staff = f'<g class="staff"><rect {frame}/></g>'
                notes = "".join(
                    f'<g id="note{bar}-{i}" class="note"><circle cx="{200 + 900 * k + 200 * i}" cy="{400 + 700 * system}" r="40"/></g>'
                    for i in range(4)
                )
                bars.append(f'<g id="bar{bar}" class="measure">{staff}{notes}</g>')
            systems.append(f'<g class="system">{"".join(bars)}</g>')
        pages.append(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2100 2970">{"".join(systems)}</svg>')
    return pages


def _moments() -> dict[str, Any]:
    order = [(bar, i) for bar in range(BARS) for i in range(4)]
    return {
        "time_s": [bar * BAR_S + i * 0.5 for bar, i in order],
        "page": [1 + bar // 6 for bar, _ in order],
        "bar": [f"bar{bar}" for bar, _ in order],
        "on": [[f"note{bar}-{i}"] for bar, i in order],
        "off": [[]] + [[f"note{bar}-{i}"] for bar, i in order[:-1]],
    }
