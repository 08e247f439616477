"""A look at the bytes of a MIDI file before it is parsed: is it whole, and what is in it that notes and controllers cannot say?

The parser behind `hexachord.score.midi` is fast and forgiving: it reads truncated files in silence and skips what it does not keep.
This module finds the truncation and counts the skipped events. Standard MIDI Files 1.0, MIDI Manufacturers Association 1996.
"""

from collections import Counter
from pathlib import Path

from hexachord.errors import InputError

_EXPECTED = "a standard MIDI file"
_SCAN_LIMIT_BYTES = 2 << 20  # beyond it, counting skipped events would take longer than reading the notes
_TEXT_METAS = {1: "text", 2: "copyright", 4: "instrument name", 7: "cue point"}
_DATA_BYTES = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}


def check_midi(data: bytes, *, subject: str | Path) -> tuple[str, ...]:
    """Make sure a MIDI file is whole.

    Returns
    -------
    what it holds that a score will not, one line per kind with its count.

    Raises
    ------
    InputError : if it is empty, no MIDI, cut short, or counts time in film frames.
    """
    if not data:
        raise InputError(subject, found="an empty file", expected=_EXPECTED)
    start = 0
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        raise InputError(subject, found="MIDI wrapped in RIFF (.rmi)", expected=_EXPECTED, next_step="save it as plain .mid")
    if data[:4] != b"MThd":
        raise InputError(subject, found="no MIDI header (MThd)", expected=_EXPECTED, next_step="check what kind of file it is")
    if len(data) < 14:
        raise InputError(subject, found="a header that is cut short", expected=_EXPECTED)
    division = int.from_bytes(data[12:14], "big")
    if division & 0x8000:
        raise InputError(subject, found="time counted in film frames (SMPTE)", expected="ticks per quarter note")
    if division == 0:
        raise InputError(subject, found="no ticks per quarter note", expected=_EXPECTED)
    promised = int.from_bytes(data[10:12], "big")
    found = Counter[str]()
    at, tracks = start + 8 + int.from_bytes(data[4:8], "big"), 0
    while at + 8 <= len(data) and tracks < promised:
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        end = at + 8 + length
        if data[at : at + 4] == b"MTrk":
            tracks += 1
            if end > len(data):
                raise _truncated(subject, f"track {tracks} of {promised} ends {end - len(data)} bytes early")
            if len(data) <= _SCAN_LIMIT_BYTES:
                _scan_track(data[at + 8 : end], found)
        at = end
    if tracks < promised:
        raise _truncated(subject, f"only {tracks} of {promised} tracks are there")
    if len(data) > _SCAN_LIMIT_BYTES:
        found["events beside notes, controllers and bends were not looked at in a file this large"] = 1
    return tuple(f"{kind}: {count}" for kind, count in sorted(found.items()))


def _truncated(subject: str | Path, detail: str) -> InputError:
    return InputError(subject, found=f"a truncated file ({detail})", expected=_EXPECTED, next_step="copy or download it again")


def _scan_track(track: bytes, found: Counter[str]) -> None:
    """Count the events of one track that a score does not keep."""
    at, status, size = 0, 0, len(track)
    sounding: Counter[int] = Counter()
    channels_with_notes, channels_with_controls = set[int](), Counter[int]()
    while at < size:
        while at < size and track[at] & 0x80:  # delta time
            at += 1
        at += 1
        if at >= size:
            break
        if track[at] & 0x80:
            status = track[at]
            at += 1
        kind = status & 0xF0
        if status in (0xFF, 0xF0, 0xF7):
            meta = track[at] if status == 0xFF and at < size else -1
            at += status == 0xFF
            length = 0
            while at < size:
                length = length << 7 | track[at] & 0x7F
                at += 1
                if not track[at - 1] & 0x80:
                    break
            at += length
            if meta in _TEXT_METAS:
                found[f"{_TEXT_METAS[meta]} events"] += 1
            elif status != 0xFF:
                found["system exclusive messages"] += 1
            elif meta == 0x2F:
                break
            continue
        if kind not in _DATA_BYTES:  # no status yet, or a system message that has no place in a file
            found["bytes that are no event"] += 1
            continue
        if kind == 0x90 and at + 1 < size and track[at + 1]:
            sounding[(status & 15) << 7 | track[at]] += 1
            channels_with_notes.add(status & 15)
        elif kind in (0x80, 0x90) and at < size:
            key = (status & 15) << 7 | track[at]
            if sounding[key]:
                sounding[key] -= 1
            else:
                found["note ends without a beginning"] += 1
        elif kind in (0xA0, 0xD0):
            found["aftertouch"] += 1
        elif kind in (0xB0, 0xE0):
            channels_with_controls[status & 15] += 1
        at += _DATA_BYTES[kind]
    hanging = sum(sounding.values())
    if hanging:
        found["notes that never end"] += hanging
    orphaned = sum(count for channel, count in channels_with_controls.items() if channel not in channels_with_notes)
    if orphaned:
        found["controllers and bends on channels without notes"] += orphaned
