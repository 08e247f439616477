"""Presses of a genie's buttons, as people write them down: a line of digits, a table, or JSON.

``"1 3 5 5 8 . 135 - |"`` is a step for each word: digits press (several at once), ``.`` is silence, ``-`` holds on, ``|`` is there for
the eye. A table (.csv) has the columns ``time, button`` and, if there are any, ``length, velocity``; JSON is a list of objects with these
names. Seconds, buttons 1 to 8, velocities 1 to 127.
"""

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hexachord.composition.genie.cues import BUTTONS, TOGETHER_S
from hexachord.errors import InputError
from hexachord.files import read_text

_NAMES = ("time", "button", "length", "velocity")


class Press(NamedTuple):
    """One or several buttons at one time: `length_s` None lasts until the next press, `velocity` None is unmarked."""

    time_s: float
    buttons: tuple[int, ...]
    length_s: float | None = None
    velocity: int | None = None


def parse_buttons(text: str, *, step_s: float) -> tuple[Press, ...]:
    """Read a line of buttons.

    Parameters
    ----------
    step_s : seconds that each word takes

    Raises
    ------
    InputError : if a word is none, or nothing is pressed.

    Examples
    --------
    >>> parse_buttons("1 - 35 .", step_s=0.5)
    (Press(time_s=0.0, buttons=(1,), length_s=1.0, velocity=None), Press(time_s=1.0, buttons=(3, 5), length_s=0.5, velocity=None))
    """
    presses = list[Press]()
    held = False
    for place, word in enumerate(text.replace("|", " ").split()):
        if word == "-":
            if held:
                presses[-1] = presses[-1]._replace(length_s=(presses[-1].length_s or 0.0) + step_s)
        elif word == ".":
            held = False
        elif word.isdigit() and word.isascii():
            presses.append(Press(place * step_s, _buttons([int(digit) for digit in word], f"--buttons {word}"), step_s))
            held = True
        else:
            raise InputError(f"--buttons {word}", found="no buttons", expected=f"digits 1 to {BUTTONS}, '.', '-' or '|'")
    if not presses:
        raise InputError("--buttons", found="nothing that is pressed", expected="digits, as 1 3 5 8")
    return tuple(presses)


def read_presses(path: str | Path) -> tuple[Press, ...]:
    """Read a file of presses, .csv or .json; what is pressed within 35 ms is one chord.

    Raises
    ------
    InputError : naming the row that is at fault: a button that is none, a time that goes back, a number that is none.
    """
    path = Path(path)
    text = read_text(path, what="presses")
    rows = _json_rows(text, path) if path.suffix.lower() == ".json" else _csv_rows(text, path)
    presses = list[Press]()
    for where, row in rows:
        press = _press(row, f"{path.name}, {where}")
        before = presses[-1] if presses else None
        if before is not None and press.time_s < before.time_s:
            raise InputError(
                f"{path.name}, {where}",
                found=f"{press.time_s:g} s after {before.time_s:g} s",
                expected="times that go on",
                next_step="sort the rows by time",
            )
        if before is not None and press.time_s - before.time_s <= TOGETHER_S:
            together = _buttons([*before.buttons, *press.buttons], f"{path.name}, {where}")
            presses[-1] = before._replace(buttons=together)
        else:
            presses.append(press)
    if not presses:
        raise InputError(path, found="no presses", expected="a row for each press")
    return tuple(presses)


def presses_to_csv(presses: Sequence[Press]) -> str:
    """Write presses as a table that `read_presses` reads.

    Examples
    --------
    >>> print(presses_to_csv([Press(0.0, (1, 3), 0.5)]), end="")
    time,button,length,velocity
    0.000,1 3,0.500,
    """
    rows = [
        f"{press.time_s:.3f},{' '.join(map(str, press.buttons))},{'' if press.length_s is None else f'{press.length_s:.3f}'},"
        f"{'' if press.velocity is None else press.velocity}"
        for press in presses
    ]
    return "\n".join([",".join(_NAMES), *rows]) + "\n"


def _csv_rows(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), skipinitialspace=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if not {"time", "button"} <= set(names):
        raise InputError(path, found=f"the columns {', '.join(names) or 'of nothing'}", expected="time, button[, length, velocity]")
    reader.fieldnames = names
    return [(f"line {reader.line_num}", row) for row in reader]


def _json_rows(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(path, found=f"no JSON ({error})", expected="a list of presses") from error
    if isinstance(content, dict):
        content = content.get("presses")
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise InputError(path, found="something else", expected='a list of objects as {"time": 0.5, "button": 3}')
    return [(f"press {number}", row) for number, row in enumerate(content, start=1)]


def _press(row: dict[str, Any], where: str) -> Press:
    time_s, length_s = (_number(row.get(name), name, where) for name in ("time", "length"))
    velocity = _number(row.get("velocity"), "velocity", where)
    if time_s is None or time_s < 0:
        raise InputError(where, found="no time" if time_s is None else f"the time {time_s:g}", expected="seconds, 0 or more")
    if length_s is not None and length_s <= 0:
        raise InputError(where, found=f"the length {length_s:g}", expected="seconds, more than 0")
    if velocity is not None and not 1 <= velocity <= 127:
        raise InputError(where, found=f"the velocity {velocity:g}", expected="1 to 127")
    given = row.get("button")
    words = str(given if given is not None else "").split() if not isinstance(given, list) else [str(each) for each in given]
    if not words or not all(word.isdigit() for word in words):
        raise InputError(where, found=f"the button {given!r}", expected=f"1 to {BUTTONS}, or several")
    return Press(time_s, _buttons([int(word) for word in words], where), length_s, None if velocity is None else round(velocity))


def _number(value: object, name: str, where: str) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InputError(where, found=f"the {name} {value!r}", expected="a number")
    return found


def _buttons(numbers: list[int], where: str) -> tuple[int, ...]:
    wrong = [number for number in numbers if not 1 <= number <= BUTTONS]
    if wrong:
        raise InputError(where, found=f"button {wrong[0]}", expected=f"1 to {BUTTONS}")
    return tuple(sorted(set(numbers)))
