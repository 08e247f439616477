"""ABC notation → scores: headers, keys and modes, voices, and the page that comes of it.

ABC Standard 2.1 (abcnotation.com, 2011). A tune's header fields are read here, its music by `hexachord.score.abc_music`. Voices become
parts. The first tune of a file is read; what is skipped (further tunes, voice overlays, unknown decorations ...) is counted in the
score's warnings.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from hexachord.errors import InputError
from hexachord.files import read_bytes
from hexachord.score.abc_fields import Meter, parse_key, parse_length, parse_meter, parse_tempo
from hexachord.score.abc_music import AbcVoice
from hexachord.score.abc_page import score_of_voices
from hexachord.score.model import Score

_EXPECTED = "a tune in ABC notation"
_FIELD = re.compile(r"([A-Za-z+]):(.*)")
_INLINE_VOICE = re.compile(r"\[V:\s*([^\]\s]+)[^\]]*\]")
_LATIN_ACCENTS = {
    "'e": "é",
    "`e": "è",
    '"o': "ö",
    '"u': "ü",
    '"a': "ä",
    "'a": "á",
    "`a": "à",
    "'i": "í",
    "'o": "ó",
    "~n": "ñ",
    "cc": "ç",
    "^e": "ê",
}


def load_abc(path: str | Path) -> Score:
    """Read the first tune of an .abc file.

    Raises
    ------
    InputError : if the file is missing, no text, or holds no tune.
    """
    data = read_bytes(path, what=_EXPECTED)
    if b"\0" in data:
        raise InputError(path, found="binary data", expected=_EXPECTED)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # what ABC was written in before 2010
    return read_abc(text, subject=path)


def read_abc(text: str, *, subject: str | Path = "ABC") -> Score:
    """Read the first tune of ABC text; `subject` names it in errors.

    Examples
    --------
    >>> score = read_abc("X:1\\nL:1/4\\nK:G\\nG A B c|")
    >>> [str(note.spelling) for note in score.parts[0].notes]
    ['G4', 'A4', 'B4', 'C5']
    """
    found = Counter[str]()
    tune = _Tune(found)
    in_body = False
    for line in _tune_lines(text, subject, found):
        match = _FIELD.match(line)
        if match is not None and (not in_body or match[1] in "KLMPQVTwWsINRU+r"):
            in_body = tune.take_field(match[1], match[2].strip()) or in_body
        elif in_body and line.strip():
            tune.music(line)
    if not in_body:
        raise InputError(subject, found="no key field (K:)", expected=_EXPECTED, next_step="every tune needs X:, T: and K: lines")
    return tune.score()


def _tune_lines(text: str, subject: str | Path, found: Counter[str]) -> list[str]:
    """The lines of the first tune, without comments, continued lines joined."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    starts = [index for index, line in enumerate(lines) if re.match(r"X:\s*\d*", line)]
    if not starts and not any(line.startswith("K:") for line in lines):
        raise InputError(subject, found="no tune (no X: or K: line)", expected=_EXPECTED)
    if len(starts) > 1:
        found["further tunes in the file"] += len(starts) - 1
    begin = starts[0] if starts else 0
    end = starts[1] if len(starts) > 1 else len(lines)
    joined: list[str] = []
    continued = False
    for raw in lines[begin:end]:
        if raw.startswith("%%"):
            if not raw.startswith(("%%MIDI", "%%abc")):
                found["typesetting directives"] += raw.startswith(("%%score", "%%staves"))
            continue
        line = re.sub(r"(?<!\\)%.*", "", raw).rstrip()
        if not line and raw.strip():
            continue
        if continued and joined and not _FIELD.match(line):
            joined[-1] += line
        else:
            joined.append(line)
        continued = line.endswith("\\") and not _FIELD.match(line)
        if continued:
            joined[-1] = joined[-1][:-1]
    return joined


def decoded_text(text: str) -> str:
    """Resolve ABC's escapes for accented letters.

    Examples
    --------
    >>> decoded_text(r"\\'Eire")
    'Éire'
    """

    def letter(match: re.Match[str]) -> str:
        plain = _LATIN_ACCENTS.get(match[1].lower())
        return match[0] if plain is None else plain.upper() if match[1][-1].isupper() else plain

    return re.sub(r"\\(..)", letter, text).replace("\\&", "&").replace("\\%", "%")


@dataclass
class _Tune:
    """A tune being read: its header, and one `AbcVoice` per V: field."""

    found: Counter[str]
    titles: list[str] = field(default_factory=list)
    composer: str = ""
    meter: Meter | None = field(default_factory=lambda: parse_meter("4/4"))
    unit: Fraction | None = None
    tempo: str = ""
    key: str = ""
    voices: dict[str, AbcVoice] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    current: str = ""
    in_body: bool = False

    def take_field(self, name: str, value: str) -> bool:
        """Take a field line; return whether the body begins with it."""
        if self.in_body and name in "KLMQP":
            self._voice().field(name, value)
        elif self.in_body and name == "w":
            self._voice().lyrics(decoded_text(value))
        elif name == "V":
            self._switch(value)
        elif name == "T":
            self.titles.append(decoded_text(value))
        elif name == "C":
            self.composer = self.composer or decoded_text(value)
        elif name == "M":
            self.meter = parse_meter(value)
        elif name == "L":
            self.unit = parse_length(value)
        elif name == "Q":
            self.tempo = value
        elif name == "K":
            self.key = value
            self.in_body = True
            for voice in self.voices.values():  # declared in the header
                self._start(voice)
        elif name in "WU" and value:
            self.found[f"{name}: fields"] += 1
        return self.in_body

    def music(self, line: str) -> None:
        """Read one line of music, which may switch voices inside."""
        at = 0
        for match in _INLINE_VOICE.finditer(line):
            if line[at : match.start()].strip():
                self._voice().music(line[at : match.start()])
            self._switch(match[0][3:-1])
            at = match.end()
        if line[at:].strip():
            self._voice().music(line[at:])

    def _switch(self, value: str) -> None:
        name, _, rest = value.strip().partition(" ")
        self.current = name
        options = {key: (quoted or plain) for key, quoted, plain in re.findall(r'(\w+)\s*=\s*(?:"([^"]*)"|(\S+))', rest)}
        if name not in self.voices:
            self.voices[name] = AbcVoice(name=name, found=self.found)
            if self.in_body:
                self._start(self.voices[name])
        if options or rest.strip():
            self.voices[name].configure(options, rest)

    def _voice(self) -> AbcVoice:
        if self.current not in self.voices:
            if self.voices and not self.current:
                self.current = next(iter(self.voices))
            else:
                self.voices[self.current] = AbcVoice(name=self.current, found=self.found)
                self._start(self.voices[self.current])
        return self.voices[self.current]

    def _start(self, voice: AbcVoice) -> None:
        unit = self.unit
        if unit is None:  # the standard's default: sixteenths in metres shorter than 3/4
            unit = Fraction(1, 16) if self.meter is not None and self.meter.length < Fraction(3, 4) else Fraction(1, 8)
        voice.begin(meter=self.meter, unit=unit, key=parse_key(self.key))

    def score(self) -> Score:
        self._voice()
        return score_of_voices(
            [voice for voice in self.voices.values() if voice.items or len(self.voices) == 1],
            title=self.titles[0] if self.titles else "",
            composer=self.composer,
            tempo=parse_tempo(self.tempo) if self.tempo else None,
            found=self.found,
        )
