"""Why a chord stands where it stands, in a sentence: its numeral, its function, and which of its tones lead on.

The reading is that of `hexachord.theory.functions`; here it becomes words. S. Kostka, D. Payne, *Tonal Harmony*, ch. 7, 16, 17, 21-23.
"""

from hexachord.theory.chord_labels import Chord, parse_chord
from hexachord.theory.chord_names import chord_name
from hexachord.theory.functions import HarmonicReading, read_chord
from hexachord.theory.keys import parse_key
from hexachord.theory.roman import chord_of_numeral

_LETTERS, _NATURAL = "CDEFGAB", (0, 2, 4, 5, 7, 9, 11)
_STEPS = (0, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6)  # letters up from a root, by semitones
_DIATONIC = {
    "I": "home", "i": "home", "ii": "leads to the dominant", "iio": "leads to the dominant", "iiø": "leads to the dominant",
    "iii": "a paler tonic, between I and IV", "III": "the relative major's home", "III+": "a dominant that looks like III",
    "IV": "away from home", "iv": "away from home, darkly", "V": "dominant", "v": "a dominant without a leading tone",
    "vi": "stands in for the tonic", "VI": "stands in for the tonic", "VII": "dominant of the relative major",
    "viio": "dominant without its root", "viiø": "dominant without its root",
}  # fmt: skip


def explain_chord(label: str, key: str, *, previous: str = "", following: str = "") -> str:
    """Say why a chord stands where it stands.

    Parameters
    ----------
    label : Harte syntax
    key : ``Eb major``, ``C# minor``
    previous, following : the chords around it; "" where nobody knows, ``N`` where there is none

    Returns
    -------
    ``NUMERAL: reason``; "" for no chord

    Raises
    ------
    ValueError : if a label or the key is malformed.

    Examples
    --------
    >>> explain_chord("E:7", "C major", following="A:min")
    'V7/vi: dominant of the coming Am; its G♯ leads up to A'
    >>> explain_chord("F:min", "C major", following="C:maj")
    'iv: borrowed from C minor; its A♭ leans down to G'
    >>> explain_chord("Db:7", "C major", following="C:maj7")
    'bII7: tritone substitute of G7: it has the same F and B, and its root slides down a semitone'
    >>> explain_chord("G:7", "C major", previous="D:min7", following="C:maj")
    'V7: dominant; its B leads up to C'
    """
    reading = read_chord(label, key, following=following)
    if reading is None:
        return ""
    chord = parse_chord(label)
    after = parse_chord(following) if following else None
    after = after if after is not None and after.is_chord else None
    between = _passing(chord, label, previous, after)
    said = _said(reading, chord, label, key, after, following)
    if between and (reading.role in ("chromatic", "secondary") or "dim" in label):
        said = between
    elif chord.bass and reading.role == "diatonic":
        said += _bass_words(chord, label, previous, after)
    return f"{reading.numeral}: {said}"


def _said(reading: HarmonicReading, chord: Chord, label: str, key: str, after: Chord | None, following: str) -> str:
    tonic, mode = parse_key(key)
    name = key.partition(" ")[0]
    match reading.role:
        case "secondary":
            return _secondary(reading, key, chord, after, following)
        case "borrowed":
            other = f"{_signs(name)} {'minor' if mode == 'major' else 'major'}"
            return f"borrowed from {other}{_leaning(chord, label, key, after)}"
        case "substitute":
            dominant = (tonic + 7) % 12
            return (
                f"tritone substitute of {_tone_name(name, 7, dominant)}7: it has the same {_tone_name(name, 5, (tonic + 5) % 12)} and "
                f"{_tone_name(name, 11, (tonic + 11) % 12)}, and its root slides down a semitone"
            )
        case "neapolitan":
            return "Neapolitan: the major chord on the lowered second degree, a darker way to the dominant"
        case "augmented sixth":
            return f"augmented sixth: its {_tones(label)[0]} falls and its {_sharp_fourth(name, tonic)} rises, both to the dominant"
        case "cadential":
            return "cadential six-four: the tonic's tones over the dominant's bass, which they resolve into"
        case "chromatic" if reading.function == "tonic" and chord.root == tonic:
            return "home, with a colour of the blues" if 10 in chord.intervals else "home, coloured"
        case "chromatic":
            return f"chromatic{_leaning(chord, label, key, after) or ': from outside the key'}"
    plain = reading.numeral.rstrip("0123456789M").split("(")[0].replace("sus", "").rstrip("M0123456789")
    words = _DIATONIC.get(plain, reading.function or "of the key")
    if "sus" in label:
        words += ", its third held back"
    if reading.function == "dominant" and after is not None:
        leading = (tonic + 11) % 12
        if leading in chord.pitch_classes() and tonic in after.pitch_classes():
            words += f"; its {_tone_name(name, 11, leading)} leads up to {_signs(name)}"
        if after.root == (tonic + 9 - (mode == "minor")) % 12 and chord.root == (tonic + 7) % 12:
            words += ", but it goes elsewhere: a deceptive turn"
    elif after is not None and after.root != chord.root:
        words += _motion(chord, after)
    return words


def _secondary(reading: HarmonicReading, key: str, chord: Chord, after: Chord | None, following: str) -> str:
    target = chord_of_numeral(reading.of, key)
    goal = chord_name(target, unicode=True)
    if reading.function == "predominant":
        return f"prepares the dominant of {goal}, as ii does in a key of its own"
    goal_root = parse_chord(target).root
    letter = target.partition(":")[0]
    leads = f"its {_tone_name(letter, 11, (goal_root + 11) % 12)} leads up to {_signs(letter)}"
    if after is not None and after.root == goal_root:
        return f"dominant of the coming {chord_name(following.partition('/')[0], unicode=True)}; {leads}"
    return f"dominant of {goal}, which does not follow; {leads} all the same"


def _leaning(chord: Chord, label: str, key: str, after: Chord | None) -> str:
    """Which tone from outside the key goes on by a semitone."""
    tonic, mode = parse_key(key)
    scale = {(tonic + step) % 12 for step in ((0, 2, 4, 5, 7, 9, 11) if mode == "major" else (0, 2, 3, 5, 7, 8, 10, 11))}
    names = dict(zip([(chord.root + step) % 12 for step in chord.intervals], _tones(label), strict=True))
    for outside in (each for each in names if each not in scale):
        for step, how in ((11, "leans down to"), (1, "leads up to")):
            goal = (outside + step) % 12
            if after is not None and goal in after.pitch_classes():
                return f"; its {names[outside]} {how} {_in_key(goal, key)}"
    return ""


def _passing(chord: Chord, label: str, previous: str, after: Chord | None) -> str:
    """A diminished chord, or any with a bass, whose bass joins its neighbours by semitones."""
    before = parse_chord(previous) if previous else None
    if before is None or not before.is_chord or after is None or "dim" not in label:
        return ""
    bass = [(each.root + each.bass) % 12 for each in (before, chord, after)]
    if (bass[1] - bass[0]) % 12 == 1 and (bass[2] - bass[1]) % 12 == 1:
        return f"passing: its {_tones(label)[0]} climbs by semitones between its neighbours"
    if (bass[0] - bass[1]) % 12 == 1 and (bass[1] - bass[2]) % 12 == 1:
        return f"passing: its {_tones(label)[0]} falls by semitones between its neighbours"
    return ""


def _bass_words(chord: Chord, label: str, previous: str, after: Chord | None) -> str:
    low = (chord.root + chord.bass) % 12
    before = parse_chord(previous) if previous else None
    if before is not None and before.is_chord and (before.root + before.bass) % 12 == low:
        return "; the bass stays"
    if after is not None and (after.root + after.bass - low) % 12 in (1, 2, 10, 11):
        return "; turned over, so that the bass goes on by step"
    return "; turned over"


def _motion(chord: Chord, after: Chord) -> str:
    if (after.root - chord.root) % 12 == 5:
        return "; its root falls a fifth to the next"
    common = set(chord.pitch_classes()) & set(after.pitch_classes())
    return f"; {len(common)} tones stay in the next" if len(common) >= 2 else ""


def _sharp_fourth(name: str, tonic: int) -> str:
    letter = _LETTERS[(_LETTERS.index(name[0]) + 3) % 7]
    return _lettered(letter, (tonic + 6) % 12)


def _tones(label: str) -> list[str]:
    """Names of a chord's tones, the root first, in the order of its intervals."""
    chord = parse_chord(label)
    root = label.partition(":")[0].partition("/")[0]
    seventh = "dim7" in label
    out = []
    for step in chord.intervals:
        letters = 6 if seventh and step % 12 == 9 else 4 if step % 12 == 8 and "aug" in label else _STEPS[step % 12]
        out.append(_lettered(_LETTERS[(_LETTERS.index(root[0]) + letters) % 7], (chord.root + step) % 12))
    return out


def _tone_name(root: str, semitones: int, pitch_class: int) -> str:
    """Name a tone some semitones above a root by its letter."""
    return _lettered(_LETTERS[(_LETTERS.index(root[0]) + _STEPS[semitones]) % 7], pitch_class)


def _in_key(pitch_class: int, key: str) -> str:
    tonic, mode = parse_key(key)
    name = key.partition(" ")[0]
    scale = (0, 2, 4, 5, 7, 9, 11) if mode == "major" else (0, 2, 3, 5, 7, 8, 10)
    above = (pitch_class - tonic) % 12
    if above in scale:
        return _lettered(_LETTERS[(_LETTERS.index(name[0]) + scale.index(above)) % 7], pitch_class)
    return _tone_name(name, above, pitch_class)


def _lettered(letter: str, pitch_class: int) -> str:
    alter = (pitch_class - _NATURAL[_LETTERS.index(letter)] + 6) % 12 - 6
    return letter + ("♯" * alter if alter > 0 else "♭" * -alter)


def _signs(name: str) -> str:
    return name[0] + name[1:].replace("#", "♯").replace("b", "♭")
