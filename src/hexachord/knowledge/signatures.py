"""Felt beats and how they are written: 6/8 is two beats that divide in three. Everywhere here `parts` are 2, 3, or 0 where unknown."""


def time_signature(beats_per_bar: int, beat_type: int, parts: int) -> str:
    """Write felt beats, as `hexachord.knowledge.Metre` has them, as a time signature; where parts are unknown, that of simple time.

    Examples
    --------
    >>> time_signature(4, 4, 0), time_signature(4, 8, 3)
    ('4/4', '12/8')
    """
    return f"{beats_per_bar * (3 if parts == 3 else 1)}/{beat_type}"


def written_value(beat_type: int, *, was: int, now: int) -> int:
    """Change the lower number of a time signature as beats come to divide otherwise: two beats of 2/4 in thirds are 6/8.

    Parameters
    ----------
    beat_type : the lower number
    was, now : parts of a beat

    Examples
    --------
    >>> written_value(4, was=2, now=3), written_value(8, was=3, now=0), written_value(4, was=0, now=2)
    (8, 4, 4)
    """
    if (was == 3) == (now == 3):
        return beat_type
    return beat_type * 2 if now == 3 else max(1, beat_type // 2)
