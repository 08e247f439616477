"""What the MusicXML writer puts on the page, and what the reader takes from it."""

import re
from xml.etree import ElementTree

import pytest

from hexachord.score.model import (
    Bar,
    ChordSymbol,
    Clef,
    Direction,
    Grace,
    KeyMark,
    MetreMark,
    Note,
    NoteValue,
    Part,
    Score,
    SectionMark,
    Spelling,
    TempoMark,
    Transposition,
)
from hexachord.score.musicxml_harmony import chord_label, chord_text, harmony_xml, read_harmony
from hexachord.score.musicxml_read import read_musicxml
from hexachord.score.musicxml_write import musicxml_text, write_musicxml
from hexachord.score.notes import merge_ties, note_array

Q = 10080


def score_of(*notes: Note, metre: tuple[int, int] = (4, 4), fifths: int = 0, **options: object) -> Score:
    part = Part(notes=notes, staves=max([1, *(note.staff for note in notes)]))
    return Score(parts=(part,), metres=(MetreMark(0, *metre),), keys=(KeyMark(0, fifths),), **options)  # type: ignore[arg-type]


def events(score: Score, *, bar: int = 0) -> list[str]:
    """One bar of the first part in shorthand: ``C4 quarter``, ``r eighth.``, ``F#4 eighth 3:2 [sharp] ~`` (tied on)."""
    measure = ElementTree.fromstring(write_musicxml(score)).findall("part")[0].findall("measure")[bar]
    found = []
    for note in measure.iter("note"):
        if note.find("rest") is not None:
            name = "R" if note.find("rest").get("measure") else "r"  # type: ignore[union-attr]
        else:
            alter = int(note.findtext("pitch/alter") or 0)
            name = f"{note.findtext('pitch/step')}{'#' * alter}{'b' * -alter}{note.findtext('pitch/octave')}"
        text = f"{name} {note.findtext('type') or ''}{'.' * len(note.findall('dot'))}".strip()
        if note.find("time-modification") is not None:
            text += f" {note.findtext('time-modification/actual-notes')}:{note.findtext('time-modification/normal-notes')}"
        if note.findtext("accidental"):
            text += f" [{note.findtext('accidental')}]"
        if any(tie.get("type") == "start" for tie in note.findall("tie")):
            text += " ~"
        found.append(text)
    return found


def beams(score: Score) -> list[str]:
    notes = ElementTree.fromstring(write_musicxml(score)).iter("note")
    return ["/".join(beam.text or "" for beam in note.findall("beam")) for note in notes if note.find("rest") is None]


def test_rests_are_split_on_beats() -> None:
    assert events(score_of(Note(0, Q // 4, 60))) == ["C4 16th", "r 16th", "r eighth", "r quarter", "r half"]
    assert events(score_of(Note(3 * Q, Q, 60))) == ["r half", "r quarter", "C4 quarter"]
    assert events(score_of(Note(Q, Q, 60))) == ["r quarter", "C4 quarter", "r half"]
    assert events(score_of(Note(0, Q, 60), metre=(3, 4))) == ["C4 quarter", "r quarter", "r quarter"]


def test_rests_in_compound_metres_follow_the_dotted_beat() -> None:
    assert events(score_of(Note(0, Q // 2, 60), metre=(6, 8))) == ["C4 eighth", "r eighth", "r eighth", "r quarter."]
    assert events(score_of(Note(Q, Q // 2, 60), metre=(6, 8))) == ["r quarter", "C4 eighth", "r quarter."]
    assert events(score_of(Note(0, 3 * Q // 2, 60), metre=(12, 8))) == ["C4 quarter.", "r quarter.", "r half."]


def test_a_silent_bar_is_one_rest_but_a_pickup_is_not() -> None:
    bars = (Bar(0, Q, "0"), Bar(Q, 4 * Q, "1"), Bar(5 * Q, 4 * Q, "2"))
    score = score_of(Note(Q // 2, Q // 2, 60), Note(5 * Q, 4 * Q, 62), bars=bars)
    assert [events(score, bar=index) for index in range(3)] == [["r eighth", "C4 eighth"], ["R"], ["D4 whole"]]


def test_rests_inside_a_triplet_are_triplet_rests() -> None:
    score = score_of(Note(Q // 3, Q // 3, 60), Note(2 * Q // 3, Q // 3, 62))
    assert events(score)[:3] == ["r eighth 3:2", "C4 eighth 3:2", "D4 eighth 3:2"]
    text = write_musicxml(score)
    first_rest = text[text.index("<rest/>") : text.index("</note>")]
    assert '<tuplet type="start"' in first_rest  # the bracket covers the rest
    assert read_musicxml(text).parts[0].notes[0].marks == ("tuplet-start",)


def test_long_sounds_are_cut_at_bar_lines_and_into_values() -> None:
    score = score_of(Note(3 * Q, 7 * Q, 60))
    assert [events(score, bar=index) for index in range(3)] == [
        ["r half", "r quarter", "C4 quarter ~"],
        ["C4 whole ~"],
        ["C4 half", "r half"],
    ]
    assert events(score_of(Note(0, 5 * Q // 4, 60)))[:2] == ["C4 quarter ~", "C4 16th"]
    assert events(score_of(Note(3 * Q // 4, 5 * Q // 4, 60)))[-3:] == ["C4 16th ~", "C4 quarter", "r half"]
    again = read_musicxml(write_musicxml(score))
    assert [note[:3] for note in merge_ties(again.parts[0].notes)] == [(3 * Q, 7 * Q, 60)]


def test_accidentals_last_a_bar_on_their_line() -> None:
    sharp, natural = Spelling("F", 1, 4), Spelling("F", 0, 4)
    notes = [Note(index * Q, Q, name.pitch, spelling=name) for index, name in enumerate([sharp, sharp, natural, sharp, sharp])]
    score = score_of(*notes, Note(5 * Q, Q, 77, spelling=Spelling("F", 0, 5)))
    assert events(score) == ["F#4 quarter [sharp]", "F#4 quarter", "F4 quarter [natural]", "F#4 quarter [sharp]"]
    assert events(score, bar=1)[:2] == ["F#4 quarter [sharp]", "F5 quarter"]


def test_accidentals_know_the_key_and_the_tie() -> None:
    in_g = score_of(Note(0, Q, 66, spelling=Spelling("F", 1, 4)), Note(Q, Q, 65, spelling=Spelling("F", 0, 4)), fifths=1)
    assert events(in_g)[:2] == ["F#4 quarter", "F4 quarter [natural]"]
    tied = score_of(Note(3 * Q, 2 * Q, 66, spelling=Spelling("F", 1, 4)), Note(5 * Q, Q, 66, spelling=Spelling("F", 1, 4)))
    assert events(tied, bar=1)[:2] == ["F#4 quarter", "F#4 quarter [sharp]"]  # the tied note sets no accidental


def test_accidentals_are_decided_in_time_order_across_voices() -> None:
    score = score_of(Note(2 * Q, Q, 66, voice=1, spelling=Spelling("F", 1, 4)), Note(0, Q, 66, voice=2, spelling=Spelling("F", 1, 4)))
    shown = [event for event in events(score) if event.startswith("F")]
    assert shown == ["F#4 quarter", "F#4 quarter [sharp]"]  # voice 1 is written first but sounds later


def test_beams_follow_the_beat() -> None:
    eighths = score_of(*(Note(index * Q // 2, Q // 2, 60) for index in range(8)))
    assert beams(eighths) == ["begin", "continue", "continue", "end"] * 2
    compound = score_of(*(Note(index * Q // 2, Q // 2, 60) for index in range(6)), metre=(6, 8))
    assert beams(compound) == ["begin", "continue", "end"] * 2
    dotted = score_of(Note(0, 3 * Q // 4, 60), Note(3 * Q // 4, Q // 4, 60))
    assert beams(dotted) == ["begin", "end/backward hook"]
    additive = Score(
        parts=(Part(notes=tuple(Note(index * Q // 2, Q // 2, 60) for index in range(5))),), metres=(MetreMark(0, 5, 8, (2, 3)),)
    )
    assert beams(additive) == ["begin", "end", "begin", "continue", "end"]


def test_two_voices_and_two_staves_are_written_one_after_the_other() -> None:
    score = score_of(Note(0, 4 * Q, 72), Note(0, Q, 60, voice=2), Note(0, 4 * Q, 48, voice=5, staff=2))
    text = write_musicxml(score)
    assert text.count("<backup>") == 2
    assert re.findall(r"<voice>(\d)</voice>", text) == ["1", "2", "5"]  # no rests after the second voice has left
    assert "<staves>2</staves>" in text
    assert '<clef number="2"><sign>F</sign>' in text


def test_voice_numbers_that_start_again_on_each_staff_stay_apart() -> None:
    score = score_of(Note(0, 4 * Q, 72), Note(0, 4 * Q, 48, staff=2))
    text = write_musicxml(score)
    assert "<chord/>" not in text
    assert {(note.voice, note.staff) for note in read_musicxml(text).parts[0].notes} == {(1, 1), (1, 2)}


def test_drums_have_places_heads_and_instruments() -> None:
    part = Part(notes=(Note(0, Q, 36), Note(0, Q, 42), Note(Q, Q, 38)), is_percussion=True)
    text = write_musicxml(Score(parts=(part,)))
    assert "<midi-unpitched>43</midi-unpitched>" in text
    assert "<display-step>G</display-step><display-octave>5</display-octave>" in text
    assert "<notehead>x</notehead>" in text
    again = read_musicxml(text).parts[0]
    assert again.is_percussion
    assert sorted(note.pitch for note in again.notes) == [36, 38, 42]


def test_transposing_parts_are_written_up_and_read_down() -> None:
    clarinet = Part(notes=(Note(0, Q, 70, spelling=Spelling("B", -1, 4)),), transposition=Transposition(-1, -2))
    score = Score(parts=(clarinet,), keys=(KeyMark(0, -2, "major"),))
    text = write_musicxml(score)
    assert "<step>C</step><octave>5</octave>" in text
    assert "<fifths>0</fifths>" in text
    again = read_musicxml(text)
    assert (again.keys[0].fifths, again.parts[0].notes[0].pitch) == (-2, 70)


def test_tempo_words_chords_sections_and_repeats_come_back() -> None:
    score = Score(
        parts=(
            Part(notes=(Note(0, 12 * Q, 60),), directions=(Direction(Q, "words", " dolce\r\n"), Direction(2 * Q, "dynamic", "sempre pp"))),
        ),
        tempos=(TempoMark(0, 72.5, "Andante", "quarter. = c. 48"), TempoMark(4 * Q, 80.0)),
        chords=(ChordSymbol(0, "C:maj"), ChordSymbol(Q, "G:7/3", text="G7 on B"), ChordSymbol(2 * Q, "N")),
        sections=(SectionMark(0, "Intro & more"),),
        bars=(
            Bar(0, 4 * Q, "1", repeat_start=True),
            Bar(4 * Q, 4 * Q, "2", endings=(1,), repeat_end=3),
            Bar(8 * Q, 4 * Q, "X1", endings=(2, 3), barline="light-heavy"),
        ),
        metres=(MetreMark(0, 4, 4, (), "common"),),
    )
    again = read_musicxml(write_musicxml(score))
    for name in ("tempos", "chords", "sections", "bars", "metres"):
        assert getattr(again, name) == getattr(score, name)
    assert again.parts[0].directions == score.parts[0].directions


def test_characters_xml_cannot_hold_are_replaced() -> None:
    again = read_musicxml(write_musicxml(Score(title="a\x00b & <c>")))
    assert again.title == "a\ufffdb & <c>"


SMALL = """<score-partwise><part-list><score-part id="P1"><part-name>x</part-name></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>{divisions}</divisions><time><beats>3+2</beats><beat-type>8</beat-type></time></attributes>{body}
</measure></part></score-partwise>"""
NOTE = "<note>{extra}<pitch><step>A</step><octave>4</octave></pitch><duration>{duration}</duration><type>{kind}</type>{after}</note>"


def small(body: str, divisions: int = 2) -> Score:
    return read_musicxml(SMALL.format(body=body, divisions=divisions))


def test_strange_divisions_stay_exact() -> None:
    score = small(NOTE.format(extra="", duration=768, kind="quarter", after="") * 2, divisions=768)
    assert (score.ticks_per_quarter, [note.onset for note in score.parts[0].notes]) == (Q, [0, Q])
    odd = small(NOTE.format(extra="", duration=11, kind="quarter", after="") + NOTE.format(extra="", duration=1, kind="32nd", after=""), 11)
    assert odd.ticks_per_quarter % 11 == 0
    assert odd.parts[0].notes[1].duration * 11 == odd.ticks_per_quarter


def test_grace_cue_hidden_and_chord_notes() -> None:
    grace = "<note><grace slash='yes'/><pitch><step>G</step><octave>4</octave></pitch><type>eighth</type></note>"
    cue = "<note print-object='no'><cue/><pitch><step>C</step><octave>5</octave></pitch><duration>2</duration><type>quarter</type></note>"
    chord = NOTE.format(extra="<chord/>", duration=2, kind="quarter", after="")
    score = small(grace + NOTE.format(extra="", duration=2, kind="quarter", after="") + chord.replace("A", "C") + cue + grace)
    notes = score.parts[0].notes
    assert [(note.onset, note.duration, str(note.spelling)) for note in notes] == [
        (0, 0, "G4"), (0, Q, "C4"), (0, Q, "A4"), (Q, Q, "C5"), (2 * Q, 0, "G4"),
    ]  # fmt: skip
    assert notes[0].grace is Grace.ACCIACCATURA
    assert notes[3].marks == ("cue", "hidden")
    assert notes[4].marks == ("grace-after",)
    assert note_array(score)["pitch"].tolist() == [60, 69, 72]
    assert read_musicxml(write_musicxml(score)).parts[0].notes == notes


def test_additive_metres_and_short_bars() -> None:
    score = small(NOTE.format(extra="", duration=3, kind="quarter", after="<dot/>"))
    assert score.metres == (MetreMark(0, 5, 8, (3, 2)),)
    assert score.bars == (Bar(0, 3 * Q // 2, "1"),)


def test_what_is_dropped_is_counted_once_per_kind() -> None:
    figured = "<figured-bass><figure/></figured-bass>" * 3
    score = small(figured + NOTE.format(extra="", duration=2, kind="quarter", after="<play/>"))
    assert score.warnings == ("figured-bass elements: 3",)
    assert musicxml_text(Score(parts=(Part(notes=(Note(0, Q, 60, marks=("sparkle",)),)),))).warnings == ("note marks 'sparkle': 1",)


def test_timewise_documents_are_turned_round() -> None:
    body = NOTE.format(extra="", duration=1, kind="quarter", after="")
    part = "<part id='{id}'><attributes><divisions>1</divisions></attributes>{body}</part>"
    measure = "<measure number='{n}'>" + part.format(id="P1", body=body) + part.format(id="P2", body=body * 2) + "</measure>"
    head = "<score-timewise><part-list><score-part id='P1'/><score-part id='P2'/></part-list>"
    score = read_musicxml(head + measure.format(n=1) + measure.format(n=2) + "</score-timewise>")
    assert [[note.onset for note in part.notes] for part in score.parts] == [[0, 2 * Q], [0, Q, 2 * Q, 3 * Q]]
    assert [bar.number for bar in score.bars] == ["1", "2"]


def test_a_clef_inside_a_held_note_and_pedal_changes() -> None:
    part = Part(
        notes=(Note(0, 4 * Q, 60),),
        clefs=(Clef(0, 1, "G", 2), Clef(2 * Q, 1, "F", 4)),
        directions=(Direction(0, "pedal", "line", 2 * Q), Direction(2 * Q, "pedal", "line", 4 * Q)),
    )
    text = write_musicxml(Score(parts=(part,)))
    assert '<pedal type="change"' in text
    again = read_musicxml(text).parts[0]
    assert (again.clefs, again.directions) == (part.clefs, part.directions)


@pytest.mark.parametrize(
    ("label", "text"),
    [("C:maj", "C"), ("C#:min7/b3", "C#m7/E"), ("F:7(b9)", "F7b9"), ("Bb:sus4(b7)", "Bb7sus4"), ("E:aug(b7)", "E7#5"), ("A:hdim7", "Am7b5"),
     ("G:7(*5,b5)", "G7b5"), ("D:13(*9,b9)", "D13b9"), ("Eb:maj6(9)", "Eb6/9"), ("N", "N.C."), ("C:min(9)", "Cm(add9)"),
     ("Fb:maj7(*3)/b7", "Fbmaj7no3/Ebb")],
)  # fmt: skip
def test_chord_labels_survive_musicxml(label: str, text: str) -> None:
    assert chord_text(label) == text
    symbol = ChordSymbol(0, label)
    assert read_harmony(ElementTree.fromstring(harmony_xml(symbol)), 0) == symbol
    if "no3" not in text:
        assert chord_label(text) in (label, None)


def test_tuplets_without_marks_get_brackets() -> None:
    notes = tuple(Note(index * Q // 3, Q // 3, 60 + index) for index in range(6))
    again = read_musicxml(write_musicxml(score_of(*notes)))
    assert [note.marks for note in again.parts[0].notes] == [("tuplet-start",), (), ("tuplet-stop",)] * 2
    sextuplet = tuple(Note(index * Q // 6, Q // 6, 60, value=NoteValue("16th", 0, 6, 4)) for index in range(6))
    again = read_musicxml(write_musicxml(score_of(*sextuplet)))
    assert [len(note.marks) for note in again.parts[0].notes] == [1, 0, 0, 0, 0, 1]


def test_a_part_name_broken_into_lines_is_one_line() -> None:
    text = SMALL.format(body=NOTE.format(extra="", duration=2, kind="quarter", after=""), divisions=2)
    score = read_musicxml(text.replace(">x</part-name>", "> Singstimme\n  Voice </part-name>"))
    assert score.parts[0].name == "Singstimme Voice"
