"""The map of songs on a page: hover to hear, arrows to walk, colours and shapes by class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from hexachord.journeys.lab.song_map import SongMap
from hexachord.journeys.lab.songs_judged import JudgedSong
from hexachord.journeys.reporting.html import inline_json, relative_url
from hexachord.journeys.reporting.report import Widget

_SIDE, _MARGIN = 720, 22
_HUES = 8  # more are not told apart; shapes do the rest
_SHAPES = (
    "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
    "M-5.3 -5.3h10.6v10.6h-10.6z",
    "M0 -7.4L6.8 4.8H-6.8z",
    "M0 -7.4L7.4 0L0 7.4L-7.4 0z",
    "M-2.3 -6.6h4.6v4.3h4.3v4.6h-4.3v4.3h-4.6v-4.3h-4.3v-4.6h4.3z",
)


@dataclass(frozen=True, kw_only=True)
class MapSong:
    """What the map tells of a song: its class (-1 where it has none), who it is, what it was taken for."""

    kind: int
    name: str
    judged: JudgedSong | None = None
    sound: str = ""


def colour_of(kind: int, kinds: int) -> tuple[str, str]:
    """Give a class a colour, in CSS, for light and dark, and a shape, as the path of an SVG."""
    if kind < 0:
        return "var(--ink-3)", _SHAPES[0]
    hues = min(kinds, _HUES)
    hue = round(360 * (kind % hues) / hues + 25) % 360
    turn = kind // hues
    darker = 0.12 * (turn // len(_SHAPES) % 2)
    return f"light-dark(oklch({0.6 - darker:.2f} 0.15 {hue}),oklch({0.77 - darker:.2f} 0.13 {hue}))", _SHAPES[turn % len(_SHAPES)]


def map_widget(songs: SongMap, classes: Sequence[str], about: Mapping[str, MapSong]) -> Widget:
    """Draw a map of songs.

    Parameters
    ----------
    songs : where each lies
    classes : their names
    about : of every song of the map
    """
    first = songs.planes[0]
    drawn, facts = [], []
    for row, name in enumerate(songs.ids):
        song = about[name]
        paint, shape = colour_of(song.kind, len(classes))
        x, y = _place(*first.places[row].tolist())
        told = _told(song, classes)
        wrong = " wrong" if song.judged is not None and not song.judged.right else ""
        drawn.append(
            f'<g class="song{wrong}" role="button" tabindex="{0 if row == 0 else -1}" aria-label="{escape(told)}" data-song="{row}" '
            f'data-kind="{song.kind}" style="transform:translate({x}px,{y}px)"><path d="{shape}" style="fill:{paint}"/></g>'
        )
        facts.append({"told": told, "sound": relative_url(song.sound) if song.sound else ""})
    planes = [
        {"name": plane.name, "trust": round(plane.trust, 3), "places": [_place(x, y) for x, y in plane.places.tolist()]}
        for plane in songs.planes
    ]
    buttons = "".join(
        f'<button type="button" class="plane" aria-pressed="{str(not number).lower()}" data-plane="{number}">{escape(plane.name)}</button>'
        for number, plane in enumerate(songs.planes)
    )
    audible = any(song.sound for song in about.values())
    hear = '<button type="button" class="hover" aria-pressed="false">Play under the pointer</button>' if audible else ""
    keys = "Arrow keys walk from song to song" + (", Enter plays and stops." if audible else ".")
    how = f'<p class="caption">{keys} A ring marks a song that the best model took for something else.</p>'
    trusts = ", ".join(f"{plane.name} (trustworthiness {plane.trust:.2f})" for plane in songs.planes)
    return Widget(
        html=f'<div class="song-map"><div class="tools">{buttons}{hear}</div><p class="caption trust"></p><div class="sides">'
        f'<svg viewBox="0 0 {_SIDE} {_SIDE}" role="group" aria-label="Map of {len(songs.ids)} songs">{"".join(drawn)}</svg>'
        f'{_key(songs, classes, about)}</div><p class="told" aria-live="polite">&#160;</p>{how}'
        f'<script type="application/json">{inline_json({"songs": facts, "planes": planes})}</script></div>',
        markdown=f"(A map of {len(songs.ids)} songs, {trusts}: see report.html)",
    )


def _place(x: float, y: float) -> tuple[float, float]:
    return round(_MARGIN + x * (_SIDE - 2 * _MARGIN), 1), round(_MARGIN + (1 - y) * (_SIDE - 2 * _MARGIN), 1)


def _told(song: MapSong, classes: Sequence[str]) -> str:
    kind = classes[song.kind] if song.kind >= 0 else "no class"
    if song.judged is None:
        return f"{song.name}: {kind}"
    said = ", ".join(classes[each] for each in song.judged.said) or "nothing"
    actual = ", ".join(classes[each] for each in song.judged.truth) or "nothing"
    return f"{song.name}: {actual}, taken for {said} ({song.judged.confidence:.2f})"


def _key(songs: SongMap, classes: Sequence[str], about: Mapping[str, MapSong]) -> str:
    counts = Counter(about[name].kind for name in songs.ids)
    lines = []
    for kind, name in enumerate(classes):
        if counts[kind]:
            paint, shape = colour_of(kind, len(classes))
            mark = f'<svg viewBox="-9 -9 18 18" aria-hidden="true"><path d="{shape}" style="fill:{paint}"/></svg>'
            lines.append(
                f'<li><button type="button" aria-pressed="false" data-kind="{kind}">{mark}<span>{escape(name)}</span> '
                f"{counts[kind]}</button></li>"
            )
    return f'<ul class="key" aria-label="Classes">{"".join(lines)}</ul>'
