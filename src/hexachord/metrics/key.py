"""Key detection: the tonic, and the MIREX score that gives something for near misses."""

from hexachord.theory.chord_labels import parse_pitch_class

MODES = ("major", "minor")


def validate(reference: str, estimated: str) -> None:
    """Check two keys of the form ``C# minor``.

    Raises
    ------
    ValueError : saying which of them is malformed and how.
    """
    for side, key in (("reference", reference), ("estimated", estimated)):
        try:
            split_key(key)
        except ValueError as error:
            raise ValueError(f"the {side} key: {error}") from None


def split_key(key: str) -> tuple[int, str]:
    """Read ``Eb major`` as tonic pitch class and mode.

    Examples
    --------
    >>> split_key("Eb major")
    (3, 'major')
    """
    parts = key.split()
    if len(parts) != 2 or parts[1] not in MODES:
        raise ValueError(f"{key!r} is not a key: expected a note name and 'major' or 'minor'")
    return parse_pitch_class(parts[0][:1].upper() + parts[0][1:]), parts[1]


def tonic(reference: str, estimated: str) -> bool:
    """Whether the tonic is right, whatever the mode."""
    validate(reference, estimated)
    return split_key(reference)[0] == split_key(estimated)[0]


def tonic_or_fifth(reference: str, estimated: str) -> bool:
    """Whether the tonic is right or a fifth off in either direction."""
    validate(reference, estimated)
    return (split_key(estimated)[0] - split_key(reference)[0]) % 12 in (0, 5, 7)


def weighted_score(reference: str, estimated: str, *, descending_fifths: bool = False) -> float:
    """Give 1 for the key, 0.5 a fifth above, 0.3 the relative, 0.2 the parallel, 0 otherwise (MIREX audio key detection).

    Parameters
    ----------
    descending_fifths : also give 0.5 for a fifth below, as older MIREX rounds did

    Examples
    --------
    >>> weighted_score("C major", "G major"), weighted_score("C major", "A minor"), weighted_score("C major", "C minor")
    (0.5, 0.3, 0.2)
    """
    validate(reference, estimated)
    (reference_tonic, reference_mode), (estimated_tonic, estimated_mode) = split_key(reference), split_key(estimated)
    step = (estimated_tonic - reference_tonic) % 12
    if reference_mode == estimated_mode:
        return {0: 1.0, 7: 0.5, 5: 0.5 if descending_fifths else 0.0}.get(step, 0.0)
    relative = 9 if reference_mode == "major" else 3
    return {relative: 0.3, 0: 0.2}.get(step, 0.0)


def evaluate(reference: str, estimated: str) -> dict[str, float]:
    """Compute ``tonic tonic_or_fifth weighted``."""
    return {
        "tonic": float(tonic(reference, estimated)),
        "tonic_or_fifth": float(tonic_or_fifth(reference, estimated)),
        "weighted": weighted_score(reference, estimated),
    }
