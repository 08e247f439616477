"""How far a training is: a bar on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType

from hexachord.learning.deep.loop import Progress

_LINE_S = 30.0


class Meter:
    """Shows the progress of `hexachord.learning.deep.loop.train`; give it as `tell`, or call it from yours.

    Examples
    --------
    ::

        with Meter("rhythm") as meter:
            train(net, draw, loss, steps=1000, tell=meter, tell_every=10)
    """

    def __init__(self, name: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        self.name = name
        self._console = Console(stderr=True, highlight=False)
        self._bar = Bar(
            TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.percentage:3.0f} %"), TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"), console=self._console, disable=not self._console.is_terminal,
        )  # fmt: skip
        self._task = self._bar.add_task(name, total=1.0, left="")
        self._said_s = -_LINE_S

    def __enter__(self) -> "Meter":
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bar.stop()

    def __call__(self, progress: Progress, net: object = None) -> None:
        """Show it; what `train` passes besides is of no interest."""
        part = min(1.0, max(progress.part, 1e-9))
        left_min = progress.spent_s * (1.0 - part) / part / 60
        text = f"{self.name}: step {progress.step}, loss {progress.loss:.4f}"
        self._bar.update(self._task, completed=part, description=text, left=f"{left_min:.0f} min left")
        if self._bar.disable and (time.monotonic() - self._said_s >= _LINE_S or part >= 1.0):
            self._said_s = time.monotonic()
            self._console.print(f"{text}, {progress.spent_s / 60:.1f} min, {left_min:.1f} min left")

    def note(self, text: str) -> None:
        """Say something beside the bar."""
        self._console.print(text)
