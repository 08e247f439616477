"""Reports and their plots: well-formed, self-contained, and what was measured stands in them."""

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import numpy as np
import pytest

from hexachord.composition.clips import Clip, empty_chords, empty_notes, make_bars
from hexachord.journeys.recipes.piano_roll import piano_roll
from hexachord.journeys.reporting.html import html_document, html_page
from hexachord.journeys.reporting.markdown import markdown_page
from hexachord.journeys.reporting.report import Figure, Notice, Report, Section, Sheet, Sounds, Table, Text, Widget
from hexachord.journeys.reporting.svg_plots import Dot, Line, interval_plot, line_plot, nice_ticks, paired_plot

NASTY = 'a <b> & "c" | d'


def report() -> Report:
    return Report(
        title=NASTY,
        lead="The lead.",
        figures=(("Songs", "5"),),
        sections=(
            Section(
                title="Tables",
                blocks=(Text(text=NASTY), Table(head=("", "x"), rows=((NASTY, "1"), ("b", "2")), strong=(1,), caption="told")),
            ),
            Section(
                title="Rest",
                folded=True,
                blocks=(
                    Figure(
                        svg=(line_plot([Line(name=NASTY, x=[0, 1], y=[2, 1])], x_label="x", y_label="y", title=NASTY),), caption="a line"
                    ),
                    Sounds(pieces=((NASTY, "wav/a b.wav", (("midi", "midi/a#1.mid"),)),)),
                    Sheet(svg="<svg xmlns='http://www.w3.org/2000/svg'/>", caption="a page"),
                ),
            ),
        ),
    )


class Balanced(HTMLParser):
    void = frozenset({"meta", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        pass

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_alone() -> None:
    page = html_page(report())
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert "<b>" not in page
    assert not re.search(r"""(?:src|href)=["']https?:""", page)
    assert 'src="wav/a%20b.wav"' in page
    assert 'href="midi/a%231.mid"' in page


def test_the_same_in_markdown() -> None:
    text = markdown_page(report())
    assert text.startswith("# a \\<b>")
    assert "- Songs: **5**" in text
    assert '| a \\<b> & "c" \\| d | 1 |' in text
    assert "| **b** | **2** |" in text
    assert "[midi](midi/a%231.mid), [wav](wav/a%20b.wav)" in text


@pytest.mark.parametrize("values", [(0.0, 0.0), (1.0, 1.0), (-3.2, 8.1), (1e-6, 3e-6), (0.78, 0.97), (0, 123456)])
def test_ticks_are_round_and_span(values: tuple[float, float]) -> None:
    ticks = nice_ticks(*values)
    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= values[0] + 1e-9
    assert ticks[-1] >= values[1] - 1e-9
    assert np.allclose(np.diff(ticks), ticks[1] - ticks[0])


def test_plots_lie_in_their_frames() -> None:
    line = line_plot(
        [Line(name="a", x=[0, 1, 2.5], y=[9.0, 5.0, float("nan")]), Line(name="b", x=[0, 2], y=[8, 6])], x_label="x", y_label="y", title="t"
    )
    dots = interval_plot([Dot(name="real", mean=2.0, low=1.9, high=2.1), Dot(name="made", mean=1.0, low=0.5, high=1.4)], title="H1")
    notes = empty_notes(3)
    notes["bar"], notes["place"], notes["pitch"], notes["duration"], notes["velocity"] = (
        (0, 1, 3),
        (0, 12, 90),
        (40, 60, 90),
        (48, 6, 600),
        (0, 60, 127),
    )
    roll = piano_roll(Clip(bars=make_bars(4, 4, 4), notes=notes, chords=empty_chords()), title="r", given=2)
    for svg in (line, dots, roll):
        root = ElementTree.fromstring(svg)
        width, height = (float(number) for number in root.get("viewBox").split()[2:])
        for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
            assert float(rect.get("x")) >= -1e-6
            assert float(rect.get("x")) + float(rect.get("width")) <= width + 0.1
            assert 0 <= float(rect.get("y")) <= height
        for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
            assert 0 <= float(circle.get("cx")) <= width
            assert 0 <= float(circle.get("cy")) <= height
    assert roll.count('class="note"') == 3
    assert "nan" not in line


def test_nothing_to_draw() -> None:
    empty = Clip(bars=make_bars(2, 4, 4), notes=empty_notes(), chords=empty_chords())
    drawn = (piano_roll(empty, title="x"), interval_plot([], title="x"), line_plot([], x_label="", y_label="", title=""))
    assert drawn == ("", "", "")
    page = html_page(Report(title="t", lead="l", sections=(Section(title="s", blocks=(Figure(svg=("",)),)),)))
    assert "<figure" not in page


def test_notices_and_widgets_in_both() -> None:
    blocks = (
        Notice(state="look", title=NASTY, text="why"),
        Notice(state="unknown", title="u", text="w"),
        Widget(html="<i>x</i>", markdown="x!"),
    )
    made = Report(title="t", lead="l", sections=(Section(title="s", blocks=blocks),), contents=True, scripts=("let a = 1;",))
    page, text = html_page(made), markdown_page(made)
    assert 'class="notice look"' in page
    assert "worth a look" in page
    assert "<i>x</i>" in page
    assert '<a href="#part-1">s</a>' in page
    assert "<script>let a = 1;</script>" in page
    assert "x!" in text
    assert "(not measured): w" in text
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []


def test_a_script_cannot_end_its_own_element() -> None:
    with pytest.raises(ValueError, match="end tag"):
        html_document("t", "", scripts=("'</SCRIPT>'",))


def test_markdown_has_no_markup_of_names() -> None:
    hostile = "<script>alert(1)</script>"
    blocks = (
        Text(text=hostile),
        Table(head=("a", hostile), rows=((hostile, hostile),), caption=hostile),
        Sounds(pieces=((hostile, "", ()),)),
        Notice(state="good", title=hostile, text=hostile),
    )
    made = Report(title=hostile, lead=hostile, figures=((hostile, hostile),), sections=(Section(title=hostile, blocks=blocks),))
    assert not re.search(r"(?<!\\)<script", markdown_page(made))
    assert "<script>alert" not in html_page(made)


def test_a_legend_of_many_long_names_stays_in_its_frame() -> None:
    lines = [Line(name=f"{number} {'long ' * 20}", x=[0, 1], y=[number, 1]) for number in range(9)]
    root = ElementTree.fromstring(line_plot(lines, x_label="x", y_label="y", title="t"))
    texts = [each for each in root.iter("{http://www.w3.org/2000/svg}text") if each.get("class") == "name"]
    assert len(texts) == 9
    assert all(float(text.get("x")) + 6.7 * len(text.text) <= 640 for text in texts)


def test_pairs_share_one_scale_and_bands_are_asked_for() -> None:
    pairs = [(NASTY, Dot(name="one", mean=0.5, low=0.4, high=0.6), Dot(name="other", mean=0.9, low=0.8, high=1.0))]
    root = ElementTree.fromstring(paired_plot(pairs, title="t"))
    first, second = (float(circle.get("cx")) for circle in root.iter("{http://www.w3.org/2000/svg}circle"))
    ticks = {
        float(text.text): float(text.get("x")) for text in root.iter("{http://www.w3.org/2000/svg}text") if text.get("class") == "tick"
    }
    assert first == pytest.approx(ticks[0.5] if 0.5 in ticks else (ticks[0.4] + ticks[0.6]) / 2, abs=0.2)
    assert second > first
    assert paired_plot([("x", Dot(name="one", mean=float("nan"), low=0, high=1), pairs[0][2])], title="t") == ""
    dots = [Dot(name="one", mean=1, low=0, high=2), Dot(name="other", mean=2, low=1, high=3)]
    bands = [interval_plot(dots, title="t", band=band).count('class="band"') for band in (None, 0, 1)]
    assert bands == [0, 1, 1]
