"""A genie: eight buttons play a piano, note by note as they are pressed.

The player gives rhythm and contour, the network what fits: which keys, and so which scale and which harmony. Contour is a promise, not a
habit: against the notes of the moment before, and those struck together with it, a button further right never sounds lower and one further
left never higher, whatever the network would like; the same button stays near. Scale, chord and the range of keys may be locked, too.
C. Donahue, I. Simon, S. Dieleman, "Piano Genie", IUI 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hexachord.arrays import BoolArray
from hexachord.composition.genie.cues import BUTTONS, KEYS, KINDS, LONGEST_WAIT_S, LOWEST, TOGETHER_S, scale_of, tones_of
from hexachord.composition.genie.network import NETWORK, GenieSteps
from hexachord.errors import InputError
from hexachord.models.row_sampling import Chance, draw_values

USUAL = Chance(temperature=0.8, top_p=0.95)
NEAR = 4
"""Semitones that the same button may move."""
KEYBOARDS = {88: (21, 108), 76: (28, 103), 73: (28, 100), 61: (36, 96), 49: (36, 84), 37: (48, 84), 32: (41, 72), 25: (48, 72)}
"""The lowest and the highest key of keyboards by how many keys they have."""
_PITCHES = np.arange(LOWEST, LOWEST + KEYS)


@dataclass(frozen=True, kw_only=True)
class GenieOptions:
    """How a genie plays.

    Attributes
    ----------
    kind : ``melody`` (one line), ``piano`` (all fingers), or nothing: the network finds out
    key : as ``D major``; told to the network, which then mostly keeps to it. Nothing leaves it to find a key
    scale : notes of the key's scale alone
    chord_tones : notes of the chord alone, while one is set (`Genie.set_chord`)
    low, high : the keys it may use, MIDI numbers
    chance : how chance decides
    contour : keep the promise of contour; without it the network alone follows the buttons
    seed : of chance; the same presses with the same seed play the same
    """

    kind: str = "melody"
    key: str = ""
    scale: bool = False
    chord_tones: bool = False
    low: int = LOWEST
    high: int = LOWEST + KEYS - 1
    chance: Chance = USUAL
    contour: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"kind {self.kind!r}", found="nothing it plays", expected=f"one of {', '.join(KINDS[1:])}, or nothing")
        if not LOWEST <= self.low <= self.high < LOWEST + KEYS:
            raise InputError(f"keys {self.low} to {self.high}", found="no range of a piano", expected=f"{LOWEST} to {LOWEST + KEYS - 1}")
        if self.seed < 0:
            raise InputError(f"seed {self.seed}", found="a negative number", expected="0 or more")
        try:
            scale_of(self.key)
        except ValueError as error:
            raise InputError(f"key {self.key!r}", found="no key", expected="a note and its mode, as D major") from error
        if self.key and self.scale and not np.any(scale_of(self.key)[_PITCHES[self.low - LOWEST : self.high - LOWEST + 1] % 12]):
            raise InputError(f"keys {self.low} to {self.high}", found=f"no note of {self.key} among them", expected="a wider range")


class Genie:
    """A piano that is played with eight buttons.

    Parameters
    ----------
    options : see `GenieOptions`
    network : the shipped one by its name, or the path of an .onnx that ``training/genie.py`` wrote

    Raises
    ------
    InputError : if there is no such network, or a scale is to be kept and no key is said.

    Examples
    --------
    >>> genie = Genie(GenieOptions(key="C major", scale=True, seed=1))
    >>> low, high = genie.press(2, 0.0), genie.press(6, 0.5)
    >>> low < high
    True
    >>> chord = genie.press((1, 3, 5), 1.0)
    >>> len(chord), chord == tuple(sorted(chord))
    (3, True)
    """

    def __init__(self, options: GenieOptions = GenieOptions(), *, network: str | Path = NETWORK) -> None:
        if options.scale and not options.key:
            raise InputError("scale", found="no key whose scale could be kept", expected="a key, as D major")
        self.options = options
        self._steps = GenieSteps(network=network, kind=options.kind)
        self._ranged = (options.low <= _PITCHES) & (options.high >= _PITCHES)
        self._scale = scale_of(options.key)
        self.restart()

    def restart(self) -> None:
        """Forget what was played, chance too: the same presses then play the same."""
        self._steps.restart()
        self._random = np.random.default_rng(self.options.seed)
        self._chord = np.zeros(12, dtype=np.float32)
        self._time_s = -np.inf
        self._moment_s = -np.inf
        self._last: list[tuple[int, int]] = []  # button and pitch of the moment before
        self._now: list[tuple[int, int]] = []

    def set_chord(self, label: str) -> None:
        """Say which chord sounds from now on; nothing, or ``N``, for none.

        Parameters
        ----------
        label : in Harte's syntax: ``D:min7``

        Raises
        ------
        InputError : if it is no chord.
        """
        try:
            self._chord = tones_of(label)
        except ValueError as error:
            raise InputError(f"chord {label!r}", found="no chord", expected="one in Harte's syntax, as D:min7 or G") from error

    def press(self, button: int | Sequence[int], time_s: float) -> tuple[int, ...]:
        """Press one button, or several at once.

        Parameters
        ----------
        button : 1 to 8; several are a chord, whatever their order
        time_s : when, in seconds of any clock that does not go back

        Returns
        -------
        MIDI numbers, one for each button from the left one to the right one. In a range too narrow for a chord two may be the same.

        Raises
        ------
        InputError : if there is no such button, none, one twice, or time goes back.
        """
        pressed = sorted([button] if isinstance(button, int | np.integer) else button)
        _check(pressed)
        if not (np.isfinite(time_s) and time_s >= self._time_s):
            raise InputError(
                f"{time_s:g} s", found="a press before the last one", expected=f"{self._time_s:g} s or later", next_step="sort them by time"
            )
        if time_s - self._moment_s > TOGETHER_S:
            self._last, self._now, self._moment_s = self._now or self._last, [], time_s
        sounding = [self._sound(each, time_s) for each in pressed]
        return tuple(sounding)

    def play(self, buttons: Sequence[int | Sequence[int]], times_s: Sequence[float]) -> list[tuple[int, ...]]:
        """Press one after the other, from where it stands; see `press`.

        Raises
        ------
        InputError : as `press`, and if there are not as many times as buttons.
        """
        if len(buttons) != len(times_s):
            raise InputError("presses", found=f"{len(buttons)} buttons and {len(times_s)} times", expected="as many of both")
        return [self.press(button, float(time_s)) for button, time_s in zip(buttons, times_s, strict=True)]

    def _sound(self, button: int, time_s: float) -> int:
        wait_s = 0.0 if self._now else min(time_s - self._time_s, LONGEST_WAIT_S)
        logits = self._steps.tell(button, wait_s, np.concatenate([self._scale, self._chord]))
        legal = self._legal(button)
        value, _ = draw_values(logits[None].astype(np.float64), legal[None], self._random.random(1), chance=self.options.chance)
        pitch = LOWEST + int(value[0])
        self._steps.take(pitch)
        self._now.append((button, pitch))
        self._time_s = time_s
        return pitch

    def _legal(self, button: int) -> BoolArray:
        """Which keys may sound: strictly higher or lower with the buttons where the locks leave such a key, else not against them."""
        locked = self._ranged & self._locks()
        if not self.options.contour:
            return locked if locked.any() else self._ranged
        strict, loose = np.ones(KEYS, dtype=bool), np.ones(KEYS, dtype=bool)
        for other, pitch in (*self._last, *self._now):
            if button > other:
                strict &= pitch < _PITCHES
                loose &= pitch <= _PITCHES
            elif button < other:
                strict &= pitch > _PITCHES
                loose &= pitch >= _PITCHES
            else:
                near = np.abs(_PITCHES - pitch) <= NEAR
                strict &= near
                loose &= near
        for keys in (strict & locked, loose & locked, loose & self._ranged):
            if keys.any():
                return np.asarray(keys)
        return self._ranged

    def _locks(self) -> BoolArray:
        allowed = np.ones(12, dtype=bool)
        if self.options.scale:
            allowed &= self._scale > 0
        if self.options.chord_tones and self._chord.any():
            both = allowed & (self._chord > 0)
            allowed = both if both.any() else self._chord > 0  # a chord that is foreign to the key is what was asked for last
        return np.asarray(allowed[_PITCHES % 12])


def keyboard_range(keys: int) -> tuple[int, int]:
    """Say from which MIDI number to which a keyboard of so many keys goes.

    Raises
    ------
    InputError : if nobody builds one.

    Examples
    --------
    >>> keyboard_range(61)
    (36, 96)
    """
    if keys not in KEYBOARDS:
        raise InputError(f"{keys} keys", found="no usual keyboard", expected=f"one of {', '.join(map(str, KEYBOARDS))}")
    return KEYBOARDS[keys]


def _check(pressed: Sequence[int]) -> None:
    wrong = [each for each in pressed if not 1 <= each <= BUTTONS]
    if wrong:
        raise InputError(f"button {wrong[0]}", found="no such button", expected=f"1 to {BUTTONS}")
    if not pressed:
        raise InputError("a press", found="no button", expected=f"one or more of 1 to {BUTTONS}")
    if len(set(pressed)) < len(pressed):
        raise InputError(f"buttons {' '.join(map(str, pressed))}", found="one of them twice", expected="each once")
