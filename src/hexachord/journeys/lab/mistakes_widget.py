"""Songs that were taken for something else, with players: what it is, what it was taken for, and how surely."""

from collections.abc import Mapping, Sequence
from html import escape

from hexachord.journeys.lab.songs_judged import JudgedSong
from hexachord.journeys.reporting.html import relative_url
from hexachord.journeys.reporting.report import Widget


def mistakes_widget(wrong: Sequence[JudgedSong], classes: Sequence[str], sounds: Mapping[str, str], *, most: int = 60) -> Widget:
    """List mistakes, the surest first, to be narrowed down by the actual and the predicted class.

    Parameters
    ----------
    wrong : see `mistakes`
    classes : their names
    sounds : paths below the page, by id of the song
    most : how many are listed
    """
    listed = wrong[:most]
    items = "".join(_item(song, classes, sounds.get(song.id, "")) for song in listed)
    more = f" The {most} surest of {len(wrong)} are listed." if len(wrong) > most else ""
    several = " several-labels" if any(len(song.truth) != 1 or len(song.said) != 1 for song in listed) else ""
    actual = _choice("actual", sorted({each for song in listed for each in song.truth}), classes)
    said = _choice("predicted", sorted({each for song in listed for each in song.said}), classes)
    rows = [f"- {song.id}: {_names(song.truth, classes)} → {_names(song.said, classes)} ({song.confidence:.2f})" for song in listed]
    return Widget(
        html=f'<div class="mistakes{several}"><div class="tools">{actual}{said}'
        f'<span class="count" aria-live="polite"></span></div><ol>{items}</ol>'
        f'<p class="caption">The bar is the confidence.{more}</p></div>',
        markdown="\n".join(row.replace("<", "\\<") for row in rows),
    )


def _item(song: JudgedSong, classes: Sequence[str], sound: str) -> str:
    player = f'<audio controls preload="none" src="{escape(relative_url(sound))}"></audio>' if sound else ""
    truth, said = " ".join(map(str, song.truth)), " ".join(map(str, song.said))
    return (
        f'<li data-actual="{truth}" data-predicted="{said}"><span class="song-name">{escape(song.id)}</span>'
        f'<span class="taken">{_marked(song.truth, song.said, classes, "missed")} taken for '
        f"{_marked(song.said, song.truth, classes, 'wrong')}</span>"
        f'<span class="sure"><span style="width:{song.confidence * 100:.1f}%"></span></span>'
        f'<span class="figure">{song.confidence:.2f}</span>{player}</li>'
    )


def _names(kinds: Sequence[int], classes: Sequence[str]) -> str:
    return ", ".join(classes[kind] for kind in kinds) or "nothing"


def _marked(kinds: Sequence[int], others: Sequence[int], classes: Sequence[str], mark: str) -> str:
    """Name classes; those that stand on this side alone are marked."""
    names = (f"<b{'' if kind in others else f' class={mark}'}>{escape(classes[kind])}</b>" for kind in kinds)
    return ", ".join(names) or f"<b class={mark}>nothing</b>"


def _choice(what: str, kinds: Sequence[int], classes: Sequence[str]) -> str:
    options = "".join(f'<option value="{kind}">{escape(classes[kind])}</option>' for kind in kinds)
    return f'<label>{what} <select data-side="{what}"><option value="">any</option>{options}</select></label>'
