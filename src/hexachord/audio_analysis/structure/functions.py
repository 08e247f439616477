"""What a section is for: six functions of pop songs, and the words annotators use for them.

The grouping of words follows Wang, Hung & Smith, "To catch a chorus, verse, intro, or anything else", ICASSP 2022: what leads to a chorus
goes with the verse, everything without the song's words (solo, interlude, transition) is one class, as chroma cannot tell who plays.
"""

FUNCTIONS = ("intro", "verse", "chorus", "bridge", "instrumental", "outro")

_WORDS = {
    "intro": "intro",
    "prelude": "intro",
    "fadein": "intro",
    "verse": "verse",
    "prechorus": "verse",
    "chorus": "chorus",
    "refrain": "chorus",
    "bridge": "bridge",
    "middle": "bridge",
    "solo": "instrumental",
    "instrumental": "instrumental",
    "interlude": "instrumental",
    "trans": "instrumental",
    "break": "instrumental",
    "outro": "outro",
    "coda": "outro",
    "ending": "outro",
    "fadeout": "outro",
}


def function_of(name: str) -> str:
    """Return the function that an annotator's word names; "" for others.

    Examples
    --------
    >>> [function_of(name) for name in ("verse two", "Pre-chorus", "guitar solo", "transition", "theme")]
    ['verse', 'verse', 'instrumental', 'instrumental', '']
    """
    word = name.lower().replace("-", "").replace("pre chorus", "prechorus").replace("fade out", "fadeout")
    return next((function for beginning, function in _WORDS.items() if beginning in word), "")
