"""How a beat divides: in halves (simple time) or in thirds (compound time)."""


def written_value(beat_type: int, *, was: int, now: int) -> int:
    """Change the lower number of a time signature as beats come to divide otherwise: two beats of 2/4 in thirds are 6/8.

    Parameters
    ----------
    beat_type : the lower number
    was, now : parts of a beat, 0 where unknown

    Examples
    --------
    >>> written_value(4, was=2, now=3), written_value(8, was=3, now=0), written_value(4, was=0, now=2)
    (8, 4, 4)
    """
    if (was == 3) == (now == 3):
        return beat_type
    return beat_type * 2 if now == 3 else max(1, beat_type // 2)
