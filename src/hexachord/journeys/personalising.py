"""A user's files → an adapter of the composer, in the user's own folder, with a report of what it is worth."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hexachord.composition.clips import Clip, on_vocabulary
from hexachord.composition.encode import Encoded
from hexachord.composition.identity import vocabulary_from_json
from hexachord.composition.personal import SUFFIX, find_personal, personal_path
from hexachord.composition.scores import clip_of
from hexachord.composition.vocabulary import BAR, KIND, Vocabulary
from hexachord.composition.writing import MODEL
from hexachord.errors import InputError, MissingExtraError
from hexachord.files import sha256_of_file
from hexachord.journeys.pipeline import Event, Listener
from hexachord.models.networks import open_network
from hexachord.models.row_adapter import RowAdapter, base_weights, load_adapter, save_adapter
from hexachord.score.formats import load_score, with_notes
from hexachord.score.unfold import unfold

if TYPE_CHECKING:
    from hexachord.learning.deep.personalising import PersonalOptions

_STAGE = "personalise"


@dataclass(frozen=True, kw_only=True)
class PersonalReport:
    """What came of it.

    Attributes
    ----------
    name, path : of the adapter; the path is None where it was not kept, since songs that it had not learnt from became no likelier
    facts : plain data: files, held-out songs, nats a note before and after, time, numbers
    left_out : file → why it could not be learnt from
    """

    name: str
    path: Path | None
    facts: Mapping[str, Any]
    left_out: Mapping[str, str]

    @property
    def lines(self) -> tuple[str, ...]:
        """The report in words."""
        return report_lines(self.facts)


def report_lines(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Tell what is known of an adapter in words."""
    held, other = facts["held_out_nats"], facts["reminder_nats"]
    minutes = facts["seconds"] / 60
    lines = [
        f"learnt from {len(facts['learnt'])} songs, judged by {len(facts['held_out'])}: {', '.join(facts['held_out'])}",
        f"held-out songs  {held[0]:.3f} -> {held[1]:.3f} nats a note ({_change(*held)})",
    ]
    if other[0] is not None:
        lines.append(f"other music     {other[0]:.3f} -> {other[1]:.3f} nats a note ({_change(*other)})")
    lines.append(f"{minutes:.1f} minutes, {facts['steps']} steps (the best: {facts['best_step']}), {facts['numbers']} numbers")
    return tuple(lines)


def personalise_files(
    files: Sequence[str | Path],
    *,
    name: str,
    options: "PersonalOptions | None" = None,
    model: str | Path = MODEL,
    style: str = "",
    replace_old: bool = False,
    listener: Listener | None = None,
) -> PersonalReport:
    """Adapt the composer to files, and keep what it learnt under a name.

    Parameters
    ----------
    files : scores (.mid, .musicxml, .mxl, .abc, .json) or folders of them, three to some thirty; what cannot be read is left out and named,
        and the same file is learnt from once
    name : of what is learnt, or the path of a file that ends in .safetensors
    model : the composer
    style : of the composer's styles, said of all files, to be said again when it composes
    replace_old : let an adapter of this name be replaced

    Raises
    ------
    InputError : if fewer than three files can be learnt from, the name is taken or none, or there is no such model.
    MissingExtraError : if torch is not installed.
    """
    try:
        from hexachord.learning.deep.personalising import PersonalOptions, personalise
    except ModuleNotFoundError as error:
        raise MissingExtraError("compose personalise", extra="train", need=f"learning ({error.name})") from error

    target = Path(name) if name.endswith(SUFFIX) else personal_path(name)
    if target.exists() and not replace_old:
        raise InputError(f"'{name}'", found="a name that is taken", next_step=f"hexachord compose personal forget {name}, or --replace")
    words = vocabulary_from_json(open_network(model).metadata.get("vocabulary", ""))
    if not isinstance(words, Vocabulary):
        raise InputError(str(model), found="another kind of model", expected="a model of hexachord compose")
    if style and style not in words.styles:
        raise InputError(f"--style {style}", found="no such style", expected=f"one of {', '.join(words.styles)}")
    songs, hashes, left_out = read_songs(_found(files), vocabulary=words, style=style)
    if len(songs) < 3:
        told = "; ".join(f"{path}: {why}" for path, why in left_out.items())
        found = f"too few to learn from ({told})" if told else "too few to learn from"
        raise InputError(f"{len(songs)} songs", found=found, expected="3 or more that differ")
    chosen = PersonalOptions() if options is None else options

    def tell(part: float, nats: float) -> None:
        if listener is not None:
            listener(Event(kind="progress", stage=_STAGE, title=f"Learning ({nats:.2f} nats a note)", fraction=part))

    reminder = _reminder(words)
    made = personalise(songs, base=base_weights(model), vocabulary=words, reminder=reminder, options=chosen, tell=tell)
    facts = {
        "name": target.stem, "made": date.today().isoformat(), "style": style, "rank": chosen.rank, "seed": chosen.seed,
        "numbers": made.adapter.numbers, "learnt": list(made.learnt), "held_out": list(made.held_out),
        "sources": hashes, "base": made.adapter.base, "model": str(Path(model).name),
        "held_out_nats": [made.before, made.after], "reminder_nats": [_or_none(made.reminder_before), _or_none(made.reminder_after)],
        "steps": made.steps, "best_step": made.best_step, "seconds": round(made.seconds, 1), "kept": made.helps,
    }  # fmt: skip
    if made.helps:
        target.parent.mkdir(parents=True, exist_ok=True)
        save_adapter(RowAdapter(base=made.adapter.base, factors=made.adapter.factors, facts=facts), target)
    return PersonalReport(name=target.stem, path=target if made.helps else None, facts=facts, left_out=left_out)


def read_songs(paths: Sequence[Path], *, vocabulary: Vocabulary, style: str = "") -> tuple[dict[str, Clip], dict[str, str], dict[str, str]]:
    """Read songs as they are played; one that cannot be read leaves the others alone.

    Returns
    -------
    name → clip, name → hash of the file, and path → why it was left out
    """
    songs: dict[str, Clip] = {}
    hashes: dict[str, str] = {}
    left_out: dict[str, str] = {}
    for path in paths:
        try:
            score = with_notes(load_score(path), path)
            clip = on_vocabulary(clip_of(unfold(score).score, vocabulary=vocabulary, style=style), vocabulary)
        except InputError as error:
            left_out[str(path)] = f"found {error.found}"
            continue
        digest = sha256_of_file(path)
        if digest in hashes.values():
            left_out[str(path)] = "the same as another"
        elif len(np.unique(clip.notes["bar"])) < 2:
            left_out[str(path)] = "no two bars of notes"
        else:
            name = path.name if path.name not in songs else str(path)
            songs[name], hashes[name] = clip, digest
    return songs, hashes, left_out


def personal_facts(name: str) -> Mapping[str, Any]:
    """Return what is known of an adapter.

    Raises
    ------
    InputError : if there is none of this name.
    """
    return load_adapter(find_personal(name)).facts


def _found(files: Sequence[str | Path]) -> list[Path]:
    """Files, and those of folders."""
    suffixes = (".mid", ".midi", ".musicxml", ".xml", ".mxl", ".abc")
    found: list[Path] = []
    for path in map(Path, files):
        found += sorted(each for each in path.rglob("*") if each.suffix.lower() in suffixes) if path.is_dir() else [path]
    return found


def _reminder(vocabulary: Vocabulary) -> list[Encoded]:
    """Stretches of other music that are shipped; none if they speak of other rows."""
    with np.load(Path(str(resources.files("hexachord.models") / "weights" / "composer_reminder.npz"))) as kept:
        if json.loads(str(kept["facts"]))["vocabulary"] != vocabulary.to_json():
            return []
        ends = np.cumsum(kept["lengths"])[:-1]
        each = zip(np.split(kept["rows"], ends), np.split(kept["scored"], ends), strict=True)
        return [Encoded(rows=rows, scored=scored, bar_rows=np.flatnonzero(rows[:, KIND] == BAR)) for rows, scored in each]


def _change(before: float, after: float) -> str:
    return f"{100 * (after - before) / before:+.1f} %"


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
