"""Strings and frets on notes: MusicXML, JSON and the page."""

from dataclasses import replace

import pytest

from hexachord.errors import InputError
from hexachord.score.edit import transposed
from hexachord.score.engraving import PageOptions, engrave
from hexachord.score.formats import load_score, save_score
from hexachord.score.json_format import read_json, write_json
from hexachord.score.midi import write_midi
from hexachord.score.model import ChordSymbol, Clef, Grace, KeyMark, MetreMark, Note, Part, Score, SectionMark, TempoMark
from hexachord.score.musicxml_read import read_musicxml
from hexachord.score.musicxml_write import write_musicxml
from hexachord.score.tab_text import write_tab_text
from hexachord.score.tablature import misplaced, place_of, with_place, with_tab_notes, without_tab_notes

Q = 10080
STANDARD = (40, 45, 50, 55, 59, 64)


def guitar_song() -> Score:
    """Two bars of C in broken chords with a capo on the second fret, a bar of rest, and a note held over a bar line."""
    pattern = ((3, 0, 57), (2, 1, 62), (1, 0, 66), (2, 1, 62))
    notes = []
    for bar in (0, 1, 3):
        notes.append(with_place(Note(bar * 4 * Q, (8 if bar == 3 else 4) * Q, 50, voice=2), 5, 3))
        notes += [with_place(Note(bar * 4 * Q + (1 + at) * Q // 2, Q // 2, p), s, f) for at, (s, f, p) in enumerate(pattern)]
    part = Part(
        name="Guitar",
        notes=tuple(sorted(notes, key=lambda note: (note.onset, note.staff, note.voice, note.pitch))),
        staves=2,
        clefs=(Clef(0, 1, "G", 2, -1), Clef(0, 2, "TAB", 5)),
        tuning=STANDARD,
        capo=2,
        program=24,
    )
    return Score(
        parts=(part,),
        title="Broken",
        metres=(MetreMark(0, 4, 4),),
        keys=(KeyMark(0, 2),),
        tempos=(TempoMark(0, 96.0),),
        chords=(ChordSymbol(0, "D:maj"), ChordSymbol(12 * Q, "A:min7")),
        sections=(SectionMark(0, "A"),),
    )


def test_musicxml_holds_every_note_once_and_the_tuning() -> None:
    score = guitar_song()
    text = write_musicxml(score)
    assert "<capo>2</capo>" in text
    assert '<staff-tuning line="1"><tuning-step>E</tuning-step><tuning-octave>2</tuning-octave></staff-tuning>' in text
    assert "<technical><string>5</string><fret>3</fret></technical>" in text
    again = read_musicxml(text)
    part = again.parts[0]
    assert (part.tuning, part.capo, part.staves) == (STANDARD, 2, 2)
    assert again.warnings == ()
    assert not any(note.staff == 2 for note in part.notes)
    assert not misplaced(part.notes, tuning=part.tuning, capo=part.capo)
    assert all(place_of(note) for note in part.notes)  # the tied half of the last note as well
    struck = [note for note in part.notes if not note.tied_to_previous]
    assert [(note.onset, note.pitch, place_of(note)) for note in struck] == [
        (note.onset, note.pitch, place_of(note)) for note in score.parts[0].notes
    ]
    assert write_musicxml(again) == text


def test_json_and_files_keep_strings(tmp_path) -> None:
    score = guitar_song()
    assert read_json(write_json(score)) == score
    for name in ("song.json", "song.musicxml", "song.mxl"):
        save_score(score, tmp_path / name)
        part = load_score(tmp_path / name).parts[0]
        assert (part.tuning, part.capo) == (STANDARD, 2)
        assert place_of(part.notes[0]) == (5, 3)


def test_midi_plays_each_note_once() -> None:
    score = guitar_song()
    bare = replace(score, parts=(replace(score.parts[0], staves=1, clefs=(Clef(0, 1, "G", 2),)),))
    assert write_midi(score)[0] == write_midi(bare)[0]


def test_views_are_filled_and_folded() -> None:
    part = guitar_song().parts[0]
    filled = with_tab_notes(part)
    assert len(filled.notes) == 2 * len(part.notes)
    assert not any(place_of(note) for note in filled.notes if note.staff == 1)
    folded = without_tab_notes(filled)
    assert [(n.onset, n.pitch, place_of(n)) for n in folded.notes] == [(n.onset, n.pitch, place_of(n)) for n in part.notes]
    alone = replace(part, notes=(part.notes[0]._replace(staff=2),))
    assert with_tab_notes(alone) == alone
    assert without_tab_notes(alone) == alone  # nothing above it shows this note


def test_tablature_alone_is_a_staff_of_its_own() -> None:
    part = replace(guitar_song().parts[0], staves=1, clefs=(Clef(0, 1, "TAB", 5),))
    text = write_musicxml(replace(guitar_song(), parts=(part,)))
    assert "<accidental>" not in text
    assert "<stem>none" not in text
    again = read_musicxml(text).parts[0]
    assert [place_of(note) for note in again.notes] == [place_of(note) for note in read_musicxml(text).parts[0].notes]
    assert again.tuning == STANDARD


def test_transposing_forgets_frets() -> None:
    part = guitar_song().parts[0]
    assert not any(place_of(note) for note in transposed(Score(parts=(part,)), semitones=2).parts[0].notes)
    assert all(place_of(note) for note in transposed(Score(parts=(part,)), semitones=0).parts[0].notes)


def test_the_page_shows_frets_under_the_notes() -> None:
    engraving = engrave(guitar_song(), page=PageOptions(height_mm=0))
    svg = engraving.svg_pages[0]
    assert svg.count('class="tabGrp"') == len(guitar_song().parts[0].notes)
    assert "tabDurSym" not in svg  # the staff above says how long
    assert engraving.warnings == ()


GOLDEN = """\
Broken
Tuning: E A D G B E (low to high)
Capo:   fret 2; frets and chords are counted from it
Tempo:  quarter = 96, 4/4
Rhythm: w h q e s t are whole to 32nd, q. dotted, q3 triplet, (q) held, rq rest

    [A]
    C
    e  e  e  e  h       e  e  e  e  h       rw
e |----------0--------|----------0--------|-----------|
B |-------1-----1-----|-------1-----1-----|-----------|
G |----0--------------|----0--------------|-----------|
D |-------------------|-------------------|-----------|
A |-3-----------------|-3-----------------|-----------|
E |-------------------|-------------------|-----------|

    Gm7
    e    e  e  e  h       (w)
e |------------0--------|-----------||
B |---------1-----1-----|-----------||
G |------0--------------|-----------||
D |---------------------|-----------||
A |-3-------------------|-----------||
E |---------------------|-----------||
"""


def test_tab_text_reads_as_guitarists_write_it() -> None:
    assert write_tab_text(guitar_song(), width=70) == GOLDEN


def test_tab_text_lines_fit_and_align() -> None:
    notes = [with_place(Note(at * Q // 4, Q // 4, 64 + at % 15), 1, at % 15) for at in range(64)]
    score = Score(parts=(Part(notes=tuple(notes), tuning=STANDARD),), metres=(MetreMark(0, 4, 4),))
    text = write_tab_text(score, width=72)
    systems = text.split("\n\n")[1:]
    for system in systems:
        lines = system.splitlines()
        strings = [line for line in lines if "|" in line]
        assert len(strings) == 6
        assert len({len(line.rstrip()) for line in strings}) == 1
        assert max(len(line) for line in lines) <= 72
    frets = [
        int(number) for line in text.splitlines() if line.startswith("e |") for number in line[2:].replace("|", "-").split("-") if number
    ]
    assert frets == [at % 15 for at in range(64)]


def test_tab_text_repeats_graces_and_triplets() -> None:
    third = Q // 3
    notes = [with_place(Note(at * third, third, 64 + at), 1, at) for at in range(3)]
    notes.append(with_place(Note(Q, 3 * Q, 67), 1, 3))
    notes.insert(3, with_place(Note(Q, 0, 65, grace=Grace.ACCIACCATURA), 1, 1))
    score = Score(parts=(Part(notes=tuple(notes), tuning=STANDARD),), metres=(MetreMark(0, 4, 4),))
    text = write_tab_text(score)
    assert "(1)3" in text
    assert "e3 e3 e3" in " ".join(text.split("\n\n")[1].split())
    assert "h." in text


def test_tab_text_needs_places() -> None:
    with pytest.raises(InputError, match="--instrument guitar"):
        write_tab_text(Score(parts=(Part(notes=(Note(0, Q, 60),)),)))


def test_tab_files(tmp_path) -> None:
    report = save_score(guitar_song(), tmp_path / "song.tab")
    assert report.path.read_text(encoding="utf-8").startswith("Broken\nTuning: E A D G B E")
