"""Bar lines as MusicXML: repeats, voltas, styles."""

from hexachord.score.model import Bar


def left_barline(bars: tuple[Bar, ...], index: int) -> str:
    """What stands at the left of a bar: a repeat sign, the start of a volta; an empty string for nothing."""
    bar = bars[index]
    before = bars[index - 1].endings if index else ()
    ending = bool(bar.endings) and (bar.endings != before or _ending_stops(bars, index - 1))
    if not bar.repeat_start and not ending:
        return ""
    style = "<bar-style>heavy-light</bar-style>" if bar.repeat_start else ""
    volta = f'<ending number="{",".join(map(str, bar.endings))}" type="start"/>' if ending else ""
    repeat = '<repeat direction="forward"/>' if bar.repeat_start else ""
    return f'<barline location="left">{style}{volta}{repeat}</barline>\n'


def _ending_stops(bars: tuple[Bar, ...], index: int) -> bool:
    following = bars[index + 1].endings if index + 1 < len(bars) else ()
    return bool(bars[index].endings) and (bars[index].endings != following or bool(bars[index].repeat_end))


def right_barline(bars: tuple[Bar, ...], index: int) -> str:
    """What stands at the right of a bar: its style, a repeat sign, the end of a volta; an empty string for an ordinary line."""
    bar = bars[index]
    stops = _ending_stops(bars, index)
    if not (bar.barline or bar.repeat_end or stops):
        return ""
    style = bar.barline or ("light-heavy" if bar.repeat_end else "")
    style_xml = f"<bar-style>{style}</bar-style>" if style else ""
    kind = "stop" if bar.repeat_end else "discontinue"
    volta = f'<ending number="{",".join(map(str, bar.endings))}" type="{kind}"/>' if stops else ""
    times = f' times="{bar.repeat_end}"' if bar.repeat_end > 2 else ""
    repeat = f'<repeat direction="backward"{times}/>' if bar.repeat_end else ""
    return f'<barline location="right">{style_xml}{volta}{repeat}</barline>\n'
