"""Which part of a recording is heard: the item's own times, or the middle of it."""

from hexachord.learning.annotation.project import Item, Project


def excerpt_of(project: Project, item: Item, duration_s: float) -> tuple[float, float]:
    """Give the first and the last second of an item that are heard.

    Parameters
    ----------
    duration_s : of the whole file

    Examples
    --------
    >>> from hexachord.learning.annotation.project import labels_project
    >>> excerpt_of(labels_project(["jazz"], excerpt_s=30), Item(id="a.ogg"), 100.0)
    (35.0, 65.0)
    """
    if item.start_s > 0 or item.end_s is not None:
        start_s = min(item.start_s, duration_s)
        return start_s, duration_s if item.end_s is None else max(start_s, min(item.end_s, duration_s))
    if not project.excerpt_s or duration_s <= project.excerpt_s:
        return 0.0, duration_s
    start_s = (duration_s - project.excerpt_s) / 2
    return start_s, start_s + project.excerpt_s
