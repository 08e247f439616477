"""Corrections of a page: what was said changes and nothing else does, bars stay full, and what is taken back was never there."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hexachord.journeys.page_corrections import cut_as_written
from hexachord.score.edit import sorted_notes
from hexachord.score.layout import lay_out
from hexachord.score.model import Bar, ChordSymbol, Grace, KeyMark, MetreMark, Note, NoteValue, Part, Score, Spelling, TempoMark
from hexachord.score.musicxml_read import read_musicxml
from hexachord.score.musicxml_write import musicxml_text
from hexachord.score.notated import notated
from hexachord.score.notes import merge_ties
from hexachord.theory.editing import apply_edits
from hexachord.theory.page_edits import ChordEdit, KeyEdit, MetreEdit, NewNote, NoteAddress, NoteEdit, PageEdit, Place
from hexachord.theory.page_places import name_of, place_at, sounding

Q = 10080
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SLOTS = (0, Q // 4, Q // 3, Q // 2, 2 * Q // 3, 3 * Q // 4)


def page_of(*notes: Note, staves: int = 1, bars: int = 4, beats: int = 4, **said) -> Score:
    laid = tuple(Bar(index * beats * Q, beats * Q, str(index + 1)) for index in range(bars))
    part = Part(notes=(), staves=staves, name="Piano" if staves == 2 else "Melody", **said)
    score = Score(parts=(part,), bars=laid, metres=(MetreMark(0, beats, 4),), keys=(KeyMark(0, 0, "major"),), tempos=(TempoMark(0, 120.0),))
    heads = []
    for note in notes:
        spans = cut_as_written(note, score)
        for place, (start, end) in enumerate(spans):
            tied = {"tied_to_previous": place > 0, "tied_to_next": place < len(spans) - 1}
            heads.append(note._replace(onset=start, duration=end - start, **tied))
    heads.sort(key=lambda head: (head.onset, head.staff, head.voice, head.pitch))
    return replace(score, parts=(replace(part, notes=tuple(heads)),))


def melody(*said: tuple[float, float, int]) -> Score:
    return page_of(*(Note(round(at * Q), round(beats * Q), pitch, velocity=70) for at, beats, pitch in said))


def heard(score: Score, part: int = 0) -> list[tuple[float, float, int]]:
    return sorted((note.onset / Q, note.duration / Q, note.pitch) for note in merge_ties(score.parts[part].notes))


def edited(score: Score, *edits: PageEdit) -> Score:
    page, report = apply_edits(score, edits, cut=cut_as_written)
    assert report.astray == ()
    return page


def why_not(score: Score, edit: PageEdit) -> str:
    page, report = apply_edits(score, [edit], cut=cut_as_written)
    assert page == score
    return report.astray[0][1]


def note(bar: int, beat: float, name: str, **among) -> NoteAddress:
    return NoteAddress(at=Place(bar=str(bar), beat=beat), name=name, **among)


def change(address: NoteAddress, **said) -> PageEdit:
    return PageEdit(note=NoteEdit(note=address, **said))


# --- one correction at a time ------------------------------------------------------------------------------------------------------

TUNE = melody((0, 1, 60), (1, 1.5, 64), (2.5, 0.5, 67), (3, 3, 72), (6, 2, 71))


def test_a_note_gets_another_pitch_or_another_name():
    assert heard(edited(TUNE, change(note(1, 2, "E4"), name="Eb4")))[1] == (1, 1.5, 63)
    long = edited(TUNE, change(note(1, 4, "C5"), name="C#5"), change(note(1, 4, "Db5"), name="Db5"))  # any name of its key will do
    assert heard(long)[3] == (3, 3, 73)
    assert {str(head.spelling) for head in long.parts[0].notes if head.pitch == 73} == {"Db5"}  # all its noteheads
    assert [(head.tied_to_previous, head.tied_to_next) for head in long.parts[0].notes if head.pitch == 73] == [
        (False, True),
        (True, False),
    ]


def test_a_note_is_moved_deleted_and_added():
    assert heard(edited(TUNE, change(note(1, 1, "C4"), deleted=True))) == heard(TUNE)[1:]
    moved = edited(TUNE, change(note(2, 3, "B4"), to=Place(bar="3", beat=2.5)))
    assert heard(moved)[-1] == (9.5, 2, 71)
    added = edited(TUNE, PageEdit(added=NewNote(at=Place(bar="4", beat=2), name="F#5", beats=1.5)))
    assert heard(added)[-1] == (13, 1.5, 78)
    head = added.parts[0].notes[-1]
    assert (str(head.spelling), head.velocity, head.voice) == ("F#5", 70, 1)


def test_in_a_line_notes_make_way_and_last_until_the_next():
    held = edited(TUNE, PageEdit(added=NewNote(at=Place(bar="2", beat=1), name="A4", beats=1)))
    assert heard(held)[3:5] == [(3, 1, 72), (4, 1, 69)]  # the tied note ends where the new one begins
    page, report = apply_edits(TUNE, [change(note(1, 1, "C4"), beats=3)], cut=cut_as_written)
    assert heard(page) == heard(TUNE)
    assert report.notices == ("the note at bar 1 beat 1 lasts until the next note, at bar 1 beat 2",)
    chord = edited(TUNE, PageEdit(added=NewNote(at=Place(bar="1", beat=2), name="G4", beats=1)))
    assert heard(chord)[1:3] == [(1, 1, 64), (1, 1, 67)]


def test_a_long_note_ends_with_the_music():
    page, report = apply_edits(TUNE, [change(note(2, 3, "B4"), beats=40)], cut=cut_as_written)
    assert heard(page)[-1] == (6, 10, 71)
    assert "ends with the last bar" in report.notices[0]


def grand(*notes: Note) -> Score:
    return page_of(*notes, staves=2)


HANDS = grand(
    Note(0, 2 * Q, 72, voice=1, staff=1),
    Note(0, Q, 55, voice=5, staff=2),
    Note(0, Q, 64, voice=5, staff=2),
    Note(Q, Q, 57, voice=5, staff=2),
)


def test_a_note_goes_to_the_other_hand_where_a_voice_is_free():
    page = edited(HANDS, change(note(1, 1, "E4"), staff=1))
    moved = next(head for head in page.parts[0].notes if head.pitch == 64)
    assert (moved.staff, moved.voice) == (1, 2)  # voice 1 holds a longer note
    assert edited(page, change(note(1, 1, "E4", staff=1), staff=2)).parts == HANDS.parts
    page = edited(HANDS, change(note(1, 1, "E4"), voice=6))
    assert next(head for head in page.parts[0].notes if head.pitch == 64).voice == 6
    longer = edited(HANDS, change(note(1, 1, "E4"), beats=2))
    assert next((head.voice, head.duration) for head in longer.parts[0].notes if head.pitch == 64) == (6, 2 * Q)
    half = change(note(1, 1, "C5"), voice=5)
    assert why_not(HANDS, half) == "other notes in voice 5 at bar 1 beat 1, of another length"
    assert "no staff 3" in why_not(HANDS, change(note(1, 1, "E4"), staff=3))


def test_a_new_note_finds_its_hand():
    added = edited(HANDS, PageEdit(added=NewNote(at=Place(bar="1", beat=2), name="C4", beats=1)))
    assert next((head.staff, head.voice) for head in added.parts[0].notes if head.pitch == 60) == (2, 5)
    added = edited(HANDS, PageEdit(added=NewNote(at=Place(bar="3"), name="C2", beats=1)))
    assert next((head.staff, head.voice) for head in added.parts[0].notes if head.pitch == 36) == (2, 5)


def test_what_is_not_there_is_told_with_what_is():
    near = "E4 at beat 2, C4 at beat 1, G4 at beat 3.5 and C5 at beat 4"
    assert why_not(TUNE, change(note(1, 2, "F4"), deleted=True)) == f"no F4 at bar 1 beat 2; bar 1 has {near}"
    assert why_not(TUNE, change(note(9, 1, "C4"), deleted=True)) == "no bar 9 (they go from 1 to 4)"
    assert why_not(TUNE, change(note(4, 1, "C4"), deleted=True)).endswith("bar 4 is empty")
    assert why_not(TUNE, change(note(1, 1, "C4"), to=Place(bar="2", beat=6))) == "no beat 6 in bar 2"
    assert "already" in why_not(HANDS, change(note(1, 1, "G3"), name="E4"))
    assert "already" in why_not(HANDS, PageEdit(added=NewNote(at=Place(bar="1"), name="E4", beats=1)))
    both = grand(Note(0, Q, 60, voice=1, staff=1), Note(0, 2 * Q, 60, voice=5, staff=2))
    assert "staff 1 voice 1, staff 2 voice 5" in why_not(both, change(note(1, 1, "C4"), deleted=True))
    assert len(heard(edited(both, change(note(1, 1, "C4", staff=2), deleted=True)))) == 1


def test_one_that_went_astray_leaves_the_others():
    edits = [change(note(1, 1, "D4"), deleted=True), PageEdit(title="Waltz"), change(note(1, 1, "C4"), name="D4")]
    page, report = apply_edits(TUNE, edits)
    assert (page.title, heard(page)[0], report.applied) == ("Waltz", (0, 1, 62), 2)
    assert [number for number, _ in report.astray] == [0]


def test_a_correction_finds_its_note_by_the_clock_when_bars_are_counted_anew():
    second = note(1, 2, "E4")
    timed = replace(second, at=replace(second.at, time_s=0.5))
    late = replace(TUNE, bars=(Bar(0, Q, "0"), *(Bar(Q + 4 * Q * index, 4 * Q, str(index + 1)) for index in range(4))))
    assert heard(edited(late, change(timed, name="Eb4")))[1] == (1, 1.5, 63)
    assert why_not(late, change(replace(timed, at=replace(timed.at, time_s=3.4)), name="Eb4")).startswith("no E4")
    nudged = melody((0, 1, 60), (1.25, 1.25, 64), (2.5, 0.5, 67))  # as a newer version heard it
    assert heard(edited(nudged, change(timed, name="Eb4")))[1] == (1.25, 1.25, 63)
    new = PageEdit(added=NewNote(at=Place(bar="3", beat=1.5, time_s=4.25), name="D5", beats=0.5))
    assert heard(edited(late, new))[-1] == (8.5, 0.5, 74)
    key = edited(late, PageEdit(key=KeyEdit(name="D major", at=Place(bar="2", time_s=2.0)))).keys
    assert [mark.tick for mark in key] == [0, 5 * Q]  # the bar line nearest to where it was


def test_a_performance_gets_no_bars_from_a_title():
    played = replace(TUNE, bars=(), metres=())
    assert edited(played, PageEdit(title="Waltz")) == replace(played, title="Waltz")
    assert heard(edited(replace(TUNE, bars=()), change(note(1, 2, "E4"), name="Eb4")))[1] == (1, 1.5, 63)


def test_a_pick_up_is_counted_from_its_end():
    page = replace(TUNE, bars=(Bar(0, Q, "0"), *(Bar(Q + 4 * Q * index, 4 * Q, str(index + 1)) for index in range(4))))
    assert heard(edited(page, change(note(0, 4, "C4"), name="D4")))[0] == (0, 1, 62)


def test_keys_name_notes_and_chords_but_not_what_the_user_named():
    page = melody((0, 1, 70), (1, 1, 63), (2, 1, 70), (8, 1, 70))
    page = edited(
        replace(page, chords=(ChordSymbol(0, "A#:maj", 8 * Q), ChordSymbol(8 * Q, "A#:maj"))), PageEdit(key=KeyEdit(name="B major"))
    )
    assert {str(head.spelling) for head in page.parts[0].notes} == {"A#4", "D#4"}
    named = edited(page, change(note(1, 3, "A#4"), name="A#4"), PageEdit(key=KeyEdit(name="Eb major")))
    assert [str(head.spelling) for head in named.parts[0].notes] == ["Bb4", "Eb4", "A#4", "Bb4"]
    later = edited(page, PageEdit(key=KeyEdit(name="F minor", at=Place(bar="3"))))
    assert [(mark.tick, mark.fifths, mark.mode) for mark in later.keys] == [(0, 5, "major"), (8 * Q, -4, "minor")]
    assert [str(head.spelling) for head in later.parts[0].notes] == ["A#4", "D#4", "A#4", "Bb4"]
    assert [symbol.label for symbol in later.chords] == ["A#:maj", "Bb:maj"]


def test_another_metre_cuts_notes_at_its_bar_lines():
    page = edited(TUNE, PageEdit(metre=MetreEdit(signature="3/4")))
    assert heard(page) == heard(TUNE)
    assert [bar.tick // Q for bar in page.bars] == [0, 3, 6, 9, 12, 15]
    assert [head.duration / Q for head in page.parts[0].notes if head.pitch == 72] == [3]  # it had a tie over the old bar line
    page = edited(TUNE, PageEdit(metre=MetreEdit(signature="6/8", at=Place(bar="2"))))
    assert [(bar.tick // Q, bar.duration // Q) for bar in page.bars] == [(0, 4), *((4 + 3 * k, 3) for k in range(4))]
    assert [mark[1:3] for mark in page.metres] == [(4, 4), (6, 8)]
    assert heard(page) == heard(TUNE)


def test_chord_symbols():
    page = replace(TUNE, chords=(ChordSymbol(0, "C", 8 * Q), ChordSymbol(8 * Q, "G", 16 * Q, "G5")))

    def chords(score: Score) -> list[tuple[int, str, int]]:
        return [(symbol.tick // Q, symbol.label, symbol.end // Q) for symbol in score.chords]

    first = ChordEdit(at=Place(bar="1", beat=3), label="A:min")
    assert chords(edited(page, PageEdit(chord=first))) == [(0, "C", 2), (2, "A:min", 8), (8, "G", 16)]
    other = edited(page, PageEdit(chord=ChordEdit(at=Place(bar="3"), label="G:7")))
    assert (chords(other)[1], other.chords[1].text) == ((8, "G:7", 16), "")
    assert chords(edited(page, PageEdit(chord=first), PageEdit(chord=replace(first, label="")))) == chords(page)
    assert why_not(page, PageEdit(chord=replace(first, label=""))) == "no chord symbol at bar 1 beat 3; bar 1 has C at bar 1 beat 1"


def test_drums_have_names():
    kit = page_of(Note(0, Q, 42), Note(0, Q, 36, voice=2), Note(Q, Q, 42), is_percussion=True)
    page = edited(
        kit, change(note(1, 2, "closed-hi-hat"), name="snare"), PageEdit(added=NewNote(at=Place(bar="1", beat=2.5), name="kick", beats=0.5))
    )
    assert heard(page) == [(0, 1, 36), (0, 1, 42), (1, 1, 38), (1.5, 0.5, 36)]
    assert "snare" in why_not(kit, change(note(1, 2, "closed-hi-hat"), name="C4"))
    assert why_not(kit, PageEdit(key=KeyEdit(name="C major"), sheets=("drums",))) == "a page of drums, which has no key"
    assert edited(kit, PageEdit(key=KeyEdit(name="D major"))) == kit  # a key of all pages


def test_a_guitar_keeps_the_string_where_it_reaches():
    guitar = page_of(Note(0, Q, 48, marks=("string-5", "fret-3")), tuning=(40, 45, 50, 55, 59, 64))
    assert set(edited(guitar, change(note(1, 1, "C3"), name="D3")).parts[0].notes[0].marks) == {"string-5", "fret-5"}
    assert edited(guitar, change(note(1, 1, "C3"), name="G2")).parts[0].notes[0].marks == ()


def test_a_triplet_is_bracketed_anew_and_a_slur_finds_its_end():
    third = NoteValue("eighth", 0, 3, 2)
    triplet = [Note(k * Q // 3, Q // 3, 60 + k, value=third) for k in range(3)]
    marks = [("tuplet-start", "slur-start"), (), ("tuplet-stop", "slur-stop")]
    page = page_of(*(head._replace(marks=said) for head, said in zip(triplet, marks, strict=True)))
    page = replace(page, parts=(replace(page.parts[0], notes=tuple(h._replace(value=third) for h in page.parts[0].notes)),))
    shorter = edited(page, change(note(1, 1.67, "D4"), deleted=True))
    assert [head.marks for head in shorter.parts[0].notes] == [("slur-start",), ("slur-stop",)]
    assert sorted(sum((head.marks for head in notated(shorter).parts[0].notes), ())) == [
        "slur-start",
        "slur-stop",
        "tuplet-start",
        "tuplet-stop",
    ]


def test_grace_notes_go_with_their_note_and_can_be_meant_themselves():
    page = page_of(Note(0, Q, 60, voice=1), Note(2 * Q, Q, 64, voice=1), staves=2)
    small = Note(2 * Q, 0, 65, grace=Grace.ACCIACCATURA, value=NoteValue("eighth"))
    page = replace(page, parts=(replace(page.parts[0], notes=sorted_notes((*page.parts[0].notes, small))),))
    moved = edited(page, change(note(1, 3, "E4"), to=Place(bar="2", beat=2)))
    assert [(head.onset // Q, head.pitch) for head in moved.parts[0].notes] == [(0, 60), (5, 65), (5, 64)]
    other = edited(page, change(note(1, 3, "E4"), staff=2))
    assert [(head.staff, head.voice) for head in other.parts[0].notes[1:]] == [(2, 5), (2, 5)]
    assert edited(page, change(note(1, 3, "E4"), deleted=True)).parts[0].notes == page.parts[0].notes[:1]
    chord = edited(page, PageEdit(added=NewNote(at=Place(bar="1", beat=3), name="G4", beats=1)), change(note(1, 3, "E4"), deleted=True))
    assert [head.pitch for head in chord.parts[0].notes] == [60, 65, 67]
    bare = edited(page, change(note(1, 3, "F4", grace=True), deleted=True))
    assert [head.pitch for head in bare.parts[0].notes] == [60, 64]
    renamed = edited(page, change(note(1, 3, "F4", grace=True), name="F#4"))
    assert str(renamed.parts[0].notes[1].spelling) == "F#4"
    assert "renamed or deleted" in why_not(page, change(note(1, 3, "F4", grace=True), beats=1))
    assert why_not(page, change(note(1, 1, "F4", grace=True), deleted=True)) == "no grace note F4 at bar 1 beat 1; bar 1 has F4 at beat 3"


# --- any corrections -----------------------------------------------------------------------------------------------------------------


@st.composite
def pages(draw) -> Score:
    """Two hands of notes on a grid of halves, quarters and thirds, none of them twice on one key."""
    notes = []
    for staff, low in ((1, 60), (2, 40)):
        at = 0
        while at < 10 * Q:
            at += draw(st.sampled_from((0, Q, Q // 2)))
            length = draw(st.sampled_from((Q // 2, Q, 3 * Q // 2, 2 * Q, 3 * Q)))
            for pitch in draw(st.sets(st.integers(low, low + 18), max_size=2)):
                notes.append(Note(at, min(length, 12 * Q - at), pitch, velocity=64, voice=4 * staff - 3, staff=staff))
            at += length
    return page_of(*notes, staves=2, bars=3)


@st.composite
def corrections(draw, score: Score) -> PageEdit:
    """Something that a user could say of a page."""
    place = Place(bar=str(draw(st.integers(1, 3))), beat=1 + draw(st.integers(0, 3)) + draw(st.sampled_from(SLOTS)) / Q)
    here = sounding(score.parts[0], 0)
    name = str(Spelling(draw(st.sampled_from("CDEFGAB")), draw(st.integers(-1, 1)), draw(st.integers(2, 5))))
    beats = draw(st.sampled_from((0.25, 1 / 3, 0.5, 1.0, 1.5, 2.5, 5.0)))
    kind = draw(st.sampled_from(("note", "note", "note", "add", "key", "metre", "chord", "title")))
    if kind == "note" and here:
        found = draw(st.sampled_from(here))
        at = place_at(score, found.note.onset)
        address = NoteAddress(at=at, name=name_of(score, found), staff=found.note.staff, voice=found.note.voice)
        said = draw(
            st.sampled_from(({"name": name}, {"to": place}, {"beats": beats}, {"staff": 1}, {"staff": 2}, {"voice": 2}, {"deleted": True}))
        )
        return change(address, **said)
    if kind == "key":
        return PageEdit(key=KeyEdit(name=draw(st.sampled_from(("Eb major", "F# minor", "C major")))))
    if kind == "metre":
        return PageEdit(metre=MetreEdit(signature=draw(st.sampled_from(("3/4", "6/8", "5/4", "2/2"))), at=Place(bar=place.bar)))
    if kind == "chord":
        return PageEdit(chord=ChordEdit(at=place, label=draw(st.sampled_from(("C:min7", "F#", "")))))
    if kind == "title":
        return PageEdit(title=name)
    return PageEdit(added=NewNote(at=place, name=name, beats=beats))


@st.composite
def corrected_pages(draw) -> tuple[Score, list[PageEdit]]:
    score = draw(pages())
    edits: list[PageEdit] = []
    now = score
    for _ in range(draw(st.integers(1, 4))):
        edits.append(draw(corrections(now)))
        now, _ = apply_edits(now, edits[-1:], cut=cut_as_written)
    return score, edits


@SOME
@given(corrected_pages())
def test_bars_stay_full_and_voices_are_lines_whatever_is_said(said):
    score, edits = said
    page, _ = apply_edits(score, edits, cut=cut_as_written)
    complete = notated(page)
    assert {"durations that no note value fits"} & set(complete.warnings) == set()
    for layout in lay_out(complete.parts[0], complete):
        assert not any(line.secondary for line in layout.lines)
        for line in layout.lines:
            at = layout.bar.tick
            for event in line.events:
                assert event.onset == at
                at = event.end
            assert at == layout.bar.end
    for head in page.parts[0].notes:
        assert any(bar.tick <= head.onset and head.end <= bar.end for bar in page.bars)


@SOME
@given(corrected_pages())
def test_said_at_once_or_one_after_the_other_it_is_the_same_and_taken_back_it_is_gone(said):
    score, edits = said
    steps = [score]
    for edit in edits:
        steps.append(apply_edits(steps[-1], [edit], cut=cut_as_written)[0])
    for count in range(len(edits), -1, -1):  # undo takes the last one off the list
        page, report = apply_edits(score, edits[:count], cut=cut_as_written)
        assert heard(page) == heard(steps[count])
        assert page.bars == steps[count].bars
        assert report.applied + len(report.astray) == count
    assert page == score


@SOME
@given(corrected_pages())
def test_nothing_but_the_note_that_is_meant_changes(said):
    score, edits = said
    page = score
    for edit in edits:
        after, report = apply_edits(page, [edit], cut=cut_as_written)
        if edit.note is not None and not report.astray:
            before, now = heard(page), heard(after)
            gone, come = list(before), list(now)
            for one in before:
                if one in come:
                    come.remove(one)
                    gone.remove(one)
            assert len(gone) <= 1
            assert len(come) <= 1
            assert len(now) == len(before) - bool(edit.note.deleted)
        elif edit.added is None:
            assert heard(after) == heard(page)
        page = after


@SOME
@given(pages(), st.data())
def test_a_pitch_that_is_put_back_leaves_the_page_as_it_was(score, data):
    here = sounding(score.parts[0], 0)
    assume(here)
    found = data.draw(st.sampled_from(here))
    old = name_of(score, found)
    address = NoteAddress(at=place_at(score, found.note.onset), name=old, staff=found.note.staff)
    page, report = apply_edits(score, [change(address, name="B6"), change(replace(address, name="B6"), name=old)])
    assert report.astray == ()
    assert [head._replace(spelling=None) for head in page.parts[0].notes] == list(score.parts[0].notes)


@pytest.mark.slow
@SOME
@given(corrected_pages())
def test_other_programs_read_the_same_notes(said):
    page, _ = apply_edits(*said, cut=cut_as_written)
    back = read_musicxml(musicxml_text(page).text.encode())
    assert heard(back) == heard(page)
