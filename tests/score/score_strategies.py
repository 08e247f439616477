"""Random scores for property tests: small, legal, and full of everything the model has."""

from hypothesis import strategies as st

from hexachord.score.model import (
    TICKS_PER_QUARTER,
    Bend,
    ChordSymbol,
    Clef,
    Contributor,
    Control,
    Direction,
    Grace,
    KeyMark,
    Lyric,
    MetreMark,
    Note,
    NoteValue,
    Part,
    PartGroup,
    Score,
    SectionMark,
    Spelling,
    TempoMark,
    Transposition,
)

Q = TICKS_PER_QUARTER
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=6).map(str.strip).filter(bool)
SPELLINGS = st.builds(Spelling, st.sampled_from("CDEFGAB"), st.integers(-2, 2), st.integers(2, 6))
ARTICULATIONS = st.lists(
    st.sampled_from(
        ("staccato", "accent", "tenuto", "trill-mark", "tremolo-3", "fermata", "fingering-4", "notehead-x", "arpeggiate", "up-bow")
    ),
    max_size=3,
    unique=True,
)
LYRICS = st.lists(
    st.builds(Lyric, TEXTS, st.sampled_from(("single", "begin", "middle", "end")), st.integers(1, 3), st.booleans()), max_size=2
)
SIGNS = (
    ("dynamic", "mf"),
    ("dynamic", "più f"),
    ("words", "dolce "),
    ("wedge", "crescendo"),
    ("pedal", "line"),
    ("pedal", ""),
    ("octave-shift", "8va"),
    ("segno", ""),
    ("dacapo", "D.C. al Fine"),
    ("dashes", ""),
    ("metronome", "eighth = quarter."),
)
CHANGES = st.lists(st.integers(1, 8), max_size=2, unique=True)
TRANSPOSITIONS = (Transposition(), Transposition(-1, -2), Transposition(-5, -9), Transposition(0, 0, -1))
# onset and duration in quarters: plain, dotted, triplet, quintuplet, over the bar line, and beyond every single value
MOMENTS = st.sampled_from([0, Q // 4, Q // 3, Q // 2, 2 * Q // 3, 3 * Q // 4, Q, 3 * Q // 2])
DURATIONS = st.sampled_from([Q // 8, Q // 4, Q // 3, Q // 5, Q // 2, 3 * Q // 4, Q, 5 * Q // 4, 3 * Q // 2, 2 * Q, 7 * Q, 137, Q + 11])


@st.composite
def written_notes(draw: st.DrawFn, *, staves: int, percussion: bool) -> tuple[Note, ...]:
    notes = []
    for _ in range(draw(st.integers(0, 12))):
        onset = draw(st.integers(0, 11)) * Q + draw(MOMENTS)
        spelling = None if percussion else draw(st.none() | SPELLINGS)
        pitch = draw(st.integers(35, 59)) if percussion else spelling.pitch if spelling else draw(st.integers(21, 108))
        grace = draw(st.sampled_from((Grace.NO, Grace.NO, Grace.NO, Grace.ACCIACCATURA, Grace.APPOGGIATURA)))
        notes.append(
            Note(
                onset,
                0 if grace else draw(DURATIONS),
                pitch,
                draw(st.none() | st.integers(1, 127)),
                draw(st.sampled_from((1, 1, 2, 5))),
                draw(st.integers(1, staves)),
                spelling,
                grace=grace,
                value=NoteValue("16th") if grace else None,
                marks=tuple(draw(ARTICULATIONS)),
                lyrics=tuple(draw(LYRICS)),
            )
        )
    return tuple(notes)


@st.composite
def directions(draw: st.DrawFn, *, staves: int) -> tuple[Direction, ...]:
    signs = []
    for _ in range(draw(st.integers(0, 5))):
        kind, value = draw(st.sampled_from(SIGNS))
        tick = draw(st.integers(0, 24)) * Q // 2
        end = tick + draw(st.integers(1, 12)) * Q // 2 if kind in ("wedge", "pedal", "octave-shift", "dashes") else None
        signs.append(Direction(tick, kind, value, end, draw(st.integers(1, staves)), draw(st.sampled_from((None, True, False)))))
    return tuple(signs)


@st.composite
def parts(draw: st.DrawFn, index: int) -> Part:
    percussion = draw(st.sampled_from((False, False, False, True)))
    staves = 1 if percussion else draw(st.integers(1, 2))
    return Part(
        id=f"P{index + 1}",
        name=draw(TEXTS),
        program=draw(st.integers(0, 127)),
        is_percussion=percussion,
        staves=staves,
        notes=draw(written_notes(staves=staves, percussion=percussion)),
        directions=draw(directions(staves=staves)),
        clefs=()
        if percussion
        else tuple(Clef(tick * Q, staves, "C", 3) for tick in draw(st.lists(st.integers(1, 8), max_size=2, unique=True))),
        transposition=Transposition() if percussion else draw(st.sampled_from(TRANSPOSITIONS)),
        volume=draw(st.none() | st.integers(0, 100).map(lambda value: value / 100)),
        pan=draw(st.none() | st.sampled_from((-1.0, 0.0, 0.5))),
    )


@st.composite
def written_scores(draw: st.DrawFn) -> Score:
    """Scores for the page."""
    metre = draw(st.sampled_from(((4, 4), (3, 4), (6, 8), (5, 8), (2, 2), (7, 8), (12, 8))))
    metres = (MetreMark(0, *metre), *draw(st.sampled_from(((), (MetreMark(metre[0] * 4 * Q // metre[1], 5, 8, (2, 3)),)))))
    made = tuple(draw(parts(index)) for index in range(draw(st.integers(1, 3))))
    chord_ticks = sorted(draw(st.lists(st.integers(0, 20), max_size=3, unique=True)))
    return Score(
        parts=made,
        title=draw(TEXTS),
        composer=draw(TEXTS),
        contributors=draw(st.sampled_from(((), (Contributor("arranger", "Ann & Bob <B>"),)))),
        groups=(PartGroup(0, len(made) - 1, "bracket", "All", True),) if len(made) > 1 else (),
        metres=metres,
        keys=(KeyMark(0, draw(st.integers(-4, 4)), draw(st.sampled_from(("major", "minor", "")))),),
        tempos=tuple(
            TempoMark(tick * Q, draw(st.floats(20, 300)), *draw(st.sampled_from((("", ""), ("Allegro", ""), ("Lento", "quarter. = 40")))))
            for tick in sorted(draw(st.lists(st.integers(0, 12), max_size=2, unique=True)))
        ),
        chords=tuple(
            ChordSymbol(tick * Q // 2, draw(st.sampled_from(("C:maj", "F#:min7/b3", "N", "Bb:7(b9)", "E:sus4(b7)"))))
            for tick in chord_ticks
        ),
        sections=tuple(SectionMark(tick * Q, draw(TEXTS)) for tick in sorted(draw(st.lists(st.integers(0, 12), max_size=2, unique=True)))),
    )


@st.composite
def performances(draw: st.DrawFn) -> Score:
    """Scores as played: any ticks, overlapping notes of one key, controllers and bends."""

    def moments() -> st.SearchStrategy[int]:
        return st.integers(0, 60)

    def performed(index: int) -> Part:
        notes = sorted(
            Note(draw(moments()), draw(st.integers(0, 30)), draw(st.integers(60, 62)), draw(st.integers(1, 127)))
            for _ in range(draw(st.integers(1, 14)))
        )
        controls = sorted(
            (draw(moments()), draw(st.sampled_from((1, 7, 64))), draw(st.integers(0, 127))) for _ in range(draw(st.integers(0, 5)))
        )
        bends = sorted((draw(moments()), draw(st.integers(-8192, 8191))) for _ in range(draw(st.integers(0, 3))))
        return Part(
            id=f"P{index + 1}",
            name=f"part {index}",
            program=draw(st.integers(0, 127)),
            is_percussion=draw(st.booleans()),
            notes=tuple(notes),
            controls=tuple(Control(*control) for control in controls),
            bends=tuple(Bend(*bend) for bend in bends),
        )

    ticks = sorted(draw(st.lists(moments(), max_size=3, unique=True)))
    return Score(
        parts=tuple(performed(index) for index in range(draw(st.integers(1, 3)))),
        ticks_per_quarter=draw(st.sampled_from((24, 480, 10080))),
        tempos=tuple(TempoMark(tick, 60_000_000 / draw(st.integers(100_000, 3_000_000))) for tick in ticks),
        metres=tuple(MetreMark(tick, draw(st.integers(1, 15)), draw(st.sampled_from((2, 4, 8, 16)))) for tick in ticks),
        keys=tuple(KeyMark(tick, draw(st.integers(-7, 7)), draw(st.sampled_from(("major", "minor")))) for tick in ticks),
        sections=tuple(SectionMark(tick, "verse") for tick in ticks),
    )
