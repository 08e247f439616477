"""Engraved pages: complete, followable, self-contained, the same every time."""

import re
import struct
import xml.etree.ElementTree as ET

import pytest

from hexachord.errors import InputError
from hexachord.score.builtin import BUILTIN_NAMES, builtin_score
from hexachord.score.engraving import Engraving, PageOptions, engrave, engrave_musicxml
from hexachord.score.model import ChordSymbol, Direction, Note, Part, Score
from hexachord.score.timing import tempo_map_of

QUARTER = 10080


@pytest.fixture(scope="module", params=BUILTIN_NAMES)
def engraved(request: pytest.FixtureRequest) -> tuple[Score, Engraving]:
    score = builtin_score(request.param)
    return score, engrave(score)


def test_every_notehead_is_on_a_page_and_in_the_time_map(engraved: tuple[Score, Engraving]) -> None:
    score, engraving = engraved
    drawn = {number: set(re.findall(r'id="([^"]+)" class="note', svg)) for number, svg in enumerate(engraving.svg_pages, 1)}
    assert sum(len(ids) for ids in drawn.values()) == score.note_count
    for moment in engraving.time_map:
        for note_id in moment.note_ids:
            assert note_id in drawn[moment.page]
    started = [note_id for moment in engraving.time_map for note_id in moment.note_ids]
    assert len(started) == len(set(started)) == score.note_count  # tied noteheads light up one after the other


def test_time_map_runs_with_the_score_clock(engraved: tuple[Score, Engraving]) -> None:
    score, engraving = engraved
    clock = tempo_map_of(score)
    times = [moment.time_s for moment in engraving.time_map]
    assert times == sorted(times)
    for moment in engraving.time_map:
        assert moment.time_s == pytest.approx(float(clock.seconds(round(moment.quarter * QUARTER))), abs=1e-9)
    onsets = {note.onset for part in score.parts for note in part.notes}
    assert {round(moment.quarter * QUARTER) for moment in engraving.time_map if moment.note_ids} == onsets


def test_pages_need_no_music_font(engraved: tuple[Score, Engraving]) -> None:
    for svg in engraved[1].svg_pages:
        assert not re.search("[\ue000-\uf8ff]", svg)
        assert "Leipzig" not in svg
        ET.fromstring(svg)


def test_same_score_same_pages() -> None:
    score = builtin_score("scale")
    assert engrave(score).svg_pages == engrave(score).svg_pages


def test_title_block_and_page_numbers() -> None:
    engraving = engrave(builtin_score("six-small-notes"), page=PageOptions(staff_mm=7.0))
    first, *others = engraving.svg_pages
    assert "Six Small Notes</text>" in first
    assert others
    assert all("Six Small Notes" not in page for page in others)
    assert f'text-anchor="middle">{len(engraving.svg_pages)}</text>' in others[-1]
    assert "<text" in first
    bare = engrave(builtin_score("scale"), page=PageOptions(title_block=False))
    assert "C major scale" not in bare.svg_pages[0]


def test_lyrics_and_chord_names_are_drawn() -> None:
    text = " ".join("".join(ET.fromstring(svg).itertext()) for svg in engrave(builtin_score("six-small-notes")).svg_pages)
    for word in ("Street", "train,", "chorus", "Easy pop", "104", "Cm6"):
        assert word in text


def test_chord_symbols_before_one_note_stand_apart() -> None:
    part = '<part-list><score-part id="P1"><part-name/></score-part></part-list><part id="P1"><measure number="1">'
    attributes = "<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
    symbol = '<harmony><root><root-step>{}</root-step></root><kind text="sus2">suspended-second</kind></harmony>'
    note = "<note><pitch><step>C</step><octave>5</octave></pitch><duration>4</duration><type>whole</type></note>"
    body = part + attributes + symbol.format("C") + symbol.format("D") + note
    text = f'<score-partwise version="4.0">{body}</measure></part></score-partwise>'
    svg = engrave_musicxml(text).svg_pages[0]
    places = [float(x) for x in re.findall(r'class="harm".*?<text x="([\d.]+)"', svg, flags=re.DOTALL)]
    assert len(places) == 2
    assert places[1] - places[0] > 500


def test_a_pedal_that_changes_is_drawn_to_its_end() -> None:
    """One bracket for each time that the pedal is down."""
    notes = tuple(Note(tick * QUARTER, QUARTER, 48 + tick) for tick in range(16))
    lines = tuple(Direction(4 * bar * QUARTER, "pedal", "line", end=4 * (bar + 1) * QUARTER, above=False) for bar in range(4))
    (page,) = engrave(Score(ticks_per_quarter=QUARTER, parts=(Part(notes=notes, directions=lines),))).svg_pages
    drawn = [group for group in re.findall(r'class="pedal[^"]*"[^>]*?(?:/>|>(.*?)</g>)', page, flags=re.DOTALL) if "<rect" in group]
    assert len(drawn) == 4


def test_pdf_and_png(tmp_path: pytest.TempPathFactory) -> None:
    engraving = engrave(builtin_score("scale"))
    pdf = engraving.save_pdf(f"{tmp_path}/scale.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"/Type /Page\n" in pdf or b"/Type/Page" in pdf.replace(b" ", b"")
    (png,) = engraving.save_png(f"{tmp_path}/scale.png", dots_per_inch=72.0)
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    assert (width, height) == (pytest.approx(210 / 25.4 * 72, abs=1), pytest.approx(297 / 25.4 * 72, abs=1))
    many = engrave(builtin_score("six-small-notes"), page=PageOptions(staff_mm=7.0))
    assert [path.name for path in many.save_svg(f"{tmp_path}/song.svg")] == [f"song-{n}.svg" for n in range(1, len(many.svg_pages) + 1)]


def test_one_long_page_fits_its_music() -> None:
    engraving = engrave(builtin_score("bach-invention-4"), page=PageOptions(height_mm=0.0))
    assert len(engraving.svg_pages) == 1
    assert 100 < engraving.height_mm < 400


def test_flats_in_chord_names_keep_their_place() -> None:
    notes = tuple(Note(k * QUARTER, QUARTER, 70) for k in range(4))
    score = Score(parts=(Part(notes=notes),), chords=(ChordSymbol(0, "Ab:maj7/3", 4 * QUARTER),))
    svg = engrave(score).svg_pages[0]
    harm = svg[svg.index('class="harm"') :]
    places = [float(x) for x in re.findall(r'(?:<text x="|translate\()(\d+)', harm)[:3]]
    assert places == sorted(places)
    assert places[1] - places[0] > 200  # the flat comes after the A, not on it


def test_empty_score_is_refused() -> None:
    with pytest.raises(InputError, match="no notes"):
        engrave(Score(title="nothing"))
    with pytest.raises(InputError, match="a4 or letter"):
        PageOptions.on_paper("a9")
