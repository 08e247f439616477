"""ABC decorations and what they are called here (ABC Standard 2.1, §4.14)."""

SHORTHANDS = {
    ".": "staccato", "~": "roll", "H": "fermata", "L": "accent", "M": "lowermordent", "O": "coda", "P": "uppermordent", "S": "segno",
    "T": "trill", "u": "upbow", "v": "downbow",
}  # fmt: skip

DECORATIONS = {
    "staccato": "staccato", "fermata": "fermata", "invertedfermata": "fermata-inverted", "accent": "accent", ">": "accent",
    "emphasis": "accent", "tenuto": "tenuto", "wedge": "staccatissimo", "marcato": "strong-accent", "^": "strong-accent",
    "trill": "trill-mark", "lowermordent": "mordent", "mordent": "mordent", "uppermordent": "inverted-mordent",
    "pralltriller": "inverted-mordent", "turn": "turn", "roll": "turn", "invertedturn": "inverted-turn", "upbow": "up-bow",
    "downbow": "down-bow", "open": "open-string", "plus": "stopped", "thumb": "thumb-position", "snap": "snap-pizzicato",
    "arpeggio": "arpeggiate", "breath": "breath-mark", "slide": "scoop", "trill(": "wavy-line-start", "trill)": "wavy-line-stop",
    "/": "tremolo-1", "//": "tremolo-2", "///": "tremolo-3",
}  # fmt: skip

DYNAMICS = frozenset(("pppp", "ppp", "pp", "p", "mp", "mf", "f", "ff", "fff", "ffff", "sfz"))

SIGNS = {
    "segno": ("segno", ""), "coda": ("coda", ""), "D.C.": ("dacapo", "D.C."), "D.C.alfine": ("dacapo", "D.C. al Fine"),
    "D.C.alcoda": ("dacapo", "D.C. al Coda"), "D.S.": ("dalsegno", "D.S."), "D.S.alfine": ("dalsegno", "D.S. al Fine"),
    "D.S.alcoda": ("dalsegno", "D.S. al Coda"), "dacapo": ("dacapo", "D.C."), "dacoda": ("tocoda", "To Coda"), "fine": ("fine", "Fine"),
}  # fmt: skip

SPANS = {
    "crescendo(": ("wedge", "crescendo", True), "<(": ("wedge", "crescendo", True), "crescendo)": ("wedge", "crescendo", False),
    "<)": ("wedge", "crescendo", False), "diminuendo(": ("wedge", "diminuendo", True), ">(": ("wedge", "diminuendo", True),
    "diminuendo)": ("wedge", "diminuendo", False), ">)": ("wedge", "diminuendo", False), "8va(": ("octave-shift", "8va", True),
    "8va)": ("octave-shift", "8va", False), "8vb(": ("octave-shift", "8vb", True), "8vb)": ("octave-shift", "8vb", False),
    "ped": ("pedal", "", True), "ped-up": ("pedal", "", False),
}  # fmt: skip
