"""What collections call the sides of their own split, and what we call them."""

TRAIN, VALID, TEST = "train", "valid", "test"

SIDES = {
    "train": TRAIN,
    "training": TRAIN,
    "tr": TRAIN,
    "valid": VALID,
    "val": VALID,
    "validation": VALID,
    "dev": VALID,
    "test": TEST,
    "testing": TEST,
    "te": TEST,
    "eval": TEST,
}
"""Lower-case names of sides, and ours."""


def side_of(word: str) -> str:
    """Give our name for a side.

    Raises
    ------
    KeyError : if the word is no side's.

    Examples
    --------
    >>> side_of("Validation"), side_of("")
    ('valid', '')
    """
    word = word.strip().lower()
    return SIDES[word] if word else ""
