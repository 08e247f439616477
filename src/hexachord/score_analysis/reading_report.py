"""A close reading as a page of plain text, for people."""

from collections import Counter
from collections.abc import Iterator, Sequence

from hexachord.knowledge.report import clock
from hexachord.knowledge.tables import pitch_name
from hexachord.score_analysis.reading import Reading
from hexachord.theory.copying import CopiedRun
from hexachord.theory.voice_leading import Fault

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Variety and repetition (MusDr)",
        (
            ("h1", "pitch-class entropy, 1 bar"),
            ("h4", "pitch-class entropy, 4 bars"),
            ("gs16", "grooving similarity, 16 positions"),
            ("gs64", "grooving similarity, 64 positions"),
            ("cpi", "chord progression irregularity"),
            ("si_short", "structure, 3 to 8 s"),
            ("si_mid", "structure, 8 to 15 s"),
            ("si_long", "structure, from 15 s"),
        ),
    ),
    (
        "Notes (muspy)",
        (
            ("pitches_used", "pitches used"),
            ("pitch_classes_used", "pitch classes used"),
            ("pitch_range", "range in semitones"),
            ("pitch_entropy", "pitch entropy"),
            ("pitch_class_entropy", "pitch-class entropy, whole piece"),
            ("scale_consistency", "scale consistency"),
            ("polyphony", "pitches at once"),
            ("polyphony_rate", "time with more than two"),
            ("empty_beat_rate", "empty beats"),
            ("empty_bar_rate", "empty bars"),
            ("groove_consistency", "groove consistency, 1/24 quarter"),
            ("drum_pattern_consistency", "drums on the grid"),
        ),
    ),
    (
        "Density, feeling, playing",
        (
            ("notes_per_bar", "notes a bar"),
            ("notes_per_s", "notes a second"),
            ("valence", "valence (rule), -1 to 1"),
            ("arousal", "arousal (rule), -1 to 1"),
            ("difficulty", "difficulty on the piano, 0 to 1"),
            ("tempo_variation", "variation of the beat"),
            ("timing_spread_ms", "onsets off the grid, ms"),
            ("velocity_spread", "spread of velocities"),
        ),
    ),
)
_MOST = 8
_NAME = 36


def reading_text(reading: Reading, *, copied: CopiedRun | None = None, shared: float = float("nan")) -> str:
    """Write a reading as text, below what `hexachord.knowledge.report.report_text` says.

    Parameters
    ----------
    copied, shared : of the memorisation check, where there was one: the longest run, and the share of 8-grams, that the corpus has too

    Examples
    --------
    >>> from hexachord.score.builtin import builtin_score
    >>> from hexachord.score_analysis.reading import read_closely
    >>> print(reading_text(read_closely(builtin_score("scale"), structure=False)).splitlines()[0])
    Read closely
    """
    blocks = [["Read closely", "------------", *_facts(reading)]]
    if copied is not None:
        where = f" (from note {copied.start + 1}; {copied.source}, from its note {copied.source_start + 1})" if copied.notes else ""
        longest = f"{'Longest run the corpus has too':<{_NAME}}{copied.notes} notes{where}"
        blocks.append([longest, f"{'8-grams it has too':<{_NAME}}{shared:.1%}"])
    blocks.append(list(_chords(reading)))
    blocks.append([f"bar {bar}: {fault.kind}, {_voices(reading, fault.voices)}" for bar, fault in _voice_faults(reading)[:_MOST]])
    if reading.hands is not None:
        sides = ("left", "right")
        blocks.append([f"{clock(fault.time_s)} {sides[fault.hand]} hand: {fault.why}" for fault in reading.hands.faults[:_MOST]])
    blocks += [list(_measures(reading, title, names)) for title, names in GROUPS]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _facts(reading: Reading) -> Iterator[str]:
    def line(name: str, words: str) -> str:
        return f"{name:<14}{words}"

    if reading.form is not None and len(reading.form.labels) > 1:
        yield line("Form", f"{reading.form.words} (letters with bars, found in the notes)")
    if reading.phrases:
        lengths = [phrase.end_s - phrase.start_s for phrase in reading.phrases]
        bars = ", ".join(str(phrase.bar) for phrase in reading.phrases[:_MOST])
        more = " ..." if len(reading.phrases) > _MOST else ""
        yield line("Phrases", f"{len(lengths)}, {sum(lengths) / len(lengths):.1f} s each; they begin in bars {bars}{more}")
    if reading.cadences:
        kinds = Counter(cadence.kind for cadence in reading.cadences)
        yield line("Cadences", ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    for number, motif in enumerate(reading.motifs[:3], 1):
        begins = list(dict.fromkeys(reading.bars_of_motif(motif)))
        shown = ", ".join(map(str, begins[:_MOST])) + (" ..." if len(begins) > _MOST else "")
        yield line(f"Motif {number}", f"{motif.notes} notes, {motif.times} times: bars {shown}")
    textures = Counter(name for name in reading.textures if name != "silent")
    if textures:
        total = sum(textures.values())
        yield line("Texture", ", ".join(f"{name} {count / total:.0%}" for name, count in textures.most_common(3)))
    for part in reading.parts[:_MOST]:
        low, high = pitch_name(part.ambitus.low), pitch_name(part.ambitus.high)
        usual = f"{pitch_name(part.ambitus.usual_low)} to {pitch_name(part.ambitus.usual_high)}"
        singers = f"; {' or '.join(part.singers)} could sing it" if part.singers else ""
        yield line("Range", f"{part.name}: {low} to {high}, mostly {usual}{singers}")
        if part.on_neck:
            yield line("", f"{part.name}: {part.on_neck}")
    if reading.emotion is not None:
        yield line("Feeling", f"{reading.emotion.words} (a rule: {_cues(reading.emotion.cues)})")
    if reading.hands is not None:
        told = "" if reading.hands.written else "; who plays what was guessed"
        cannot = f", {len(reading.hands.faults)} places that hands cannot play as written" if reading.hands.faults else ""
        yield line("On the piano", f"{reading.hands.difficulty.words} ({reading.hands.difficulty.level:.2f}){cannot}{told}")
    if reading.voice_leading is not None:
        kinds = Counter(fault.kind for _, fault in reading.voice_leading.faults)
        found = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "no faults"
        yield line("Voice leading", f"{found} in {reading.voice_leading.moves} moves of {len(reading.voice_leading.voices)} voices")


def _cues(cues: dict[str, float]) -> str:
    """Cues that are far from the usual."""
    far = sorted((name for name in cues if abs(cues[name]) >= 0.5), key=lambda name: -abs(cues[name]))
    high = {"mode": "major", "speed": "fast", "density": "dense", "register": "high", "loudness": "loud"}
    low = {"mode": "minor", "speed": "slow", "density": "sparse", "register": "low", "loudness": "soft"}
    return ", ".join(high[name] if cues[name] > 0 else low[name] for name in far) or "every cue as usual"


def _chords(reading: Reading) -> Iterator[str]:
    """Chords and numerals, a line for each key, where the page has no chords of its own."""
    if reading.harmony is None or reading.facts.chords is not None or not len(reading.harmony):
        return
    yield "Chords in the notes, as numerals"
    key, line = "", list[str]()
    rows = list(zip(reading.harmony.key, reading.harmony.numeral, strict=True))
    shown = 0
    for one, numeral in [*rows, ("end", "")]:
        if one != key and line:
            yield f"  {key}: " + " ".join(line[:24]) + (" ..." if len(line) > 24 else "")
            line, shown = [], shown + 1
            if shown == _MOST:
                yield "  ..."
                return
        key = one
        if numeral and (not line or line[-1] != numeral):
            line.append(numeral)


def _voice_faults(reading: Reading) -> Sequence[tuple[int, Fault]]:
    return reading.voice_leading.faults if reading.voice_leading is not None else ()


def _voices(reading: Reading, voices: tuple[int, ...]) -> str:
    names = reading.voice_leading.voices if reading.voice_leading is not None else ()
    return " and ".join(names[voice] for voice in voices)


def _measures(reading: Reading, title: str, names: tuple[tuple[str, str], ...]) -> Iterator[str]:
    rows = [(words, reading.measures[name]) for name, words in names if name in reading.measures]
    if rows:
        yield title
        yield from (f"  {words:<{_NAME}}{_number(value):>8}" for words, value in rows)


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) and abs(value) >= 2 else f"{value:.3f}"
