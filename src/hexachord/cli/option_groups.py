"""Options that go together, written once: a frozen dataclass of `Annotated` fields that many commands take as one argument."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints


def spread(function: Callable[..., None]) -> Callable[..., None]:
    """Turn parameters whose default is a dataclass instance into one option for each of its fields.

    The instance says the defaults, so a command may have its own: ``drawing: Drawing = Drawing(temperature=0.8)``. The options stand
    where the group stood, in the order of its fields.

    Raises
    ------
    ValueError : if two options have one name.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Size:
    ...     width: int = 1
    ...     height: int = 1
    >>> def draw(name: str, size: Size = Size(height=5)) -> None:
    ...     print(name, size)
    >>> str(inspect.signature(spread(draw)))
    '(name: str, width: int = 1, height: int = 5) -> None'
    >>> spread(draw)("box", width=3)
    box Size(width=3, height=5)
    """
    signature = inspect.signature(function, eval_str=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[type, tuple[str, ...]]] = {}
    for name, parameter in signature.parameters.items():
        group = parameter.default
        if not is_dataclass(group) or isinstance(group, type):
            parameters.append(parameter)
            continue
        hints = get_type_hints(type(group), include_extras=True)
        names = tuple(field.name for field in fields(group))
        groups[name] = (type(group), names)
        parameters += [
            inspect.Parameter(each, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=getattr(group, each), annotation=hints[each])
            for each in names
        ]
    flat = signature.replace(parameters=parameters)  # raises ValueError for a name that comes twice

    @functools.wraps(function)
    def called(*arguments: Any, **options: Any) -> None:
        bound = flat.bind(*arguments, **options)
        bound.apply_defaults()
        given = dict(bound.arguments)
        for name, (kind, names) in groups.items():
            given[name] = kind(**{each: given.pop(each) for each in names})
        function(**given)

    vars(called)["__signature__"] = flat
    called.__annotations__ = {name: parameter.annotation for name, parameter in flat.parameters.items()}
    return called
