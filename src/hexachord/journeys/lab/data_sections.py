"""What a report says of data: tracks and classes, how they were divided, what leaks and confounds were found, which features were taken."""

from collections import Counter
from typing import Literal

import numpy as np

from hexachord.journeys.lab.run import LabRun
from hexachord.journeys.reporting.report import Block, Notice, Section, Table, Text
from hexachord.learning.datasets.integrity import Copy, LabelFacts
from hexachord.learning.datasets.split import Fold

_LISTED = 40


def data_section(run: LabRun) -> Section:
    """How many tracks of which classes there are, and what a look at the files found."""
    tracks = run.dataset.tracks
    counts = Counter(label for track in tracks for label in track.labels)
    kinds = sorted({kind for track in tracks for kind in track.groups})
    facts = [("data", run.dataset.name), ("tracks", f"{len(tracks)}"), ("classes", f"{len(counts)}")]
    facts += [(f"{kind}s" if kind != "index" else kind, f"{len(set(run.dataset.groups(kind)))}") for kind in kinds]
    if run.limit is not None:
        facts.append(("taken", f"{run.limit:.0%} of it"))
    if unlabelled := sum(not track.labels for track in tracks):
        facts.append(("without a label", f"{unlabelled}"))
    blocks: list[Block] = [Table(head=("", ""), rows=tuple(facts))]
    if counts and run.integrity is None:
        whole = sum(counts.values())
        rows = tuple(
            (name, f"{count}", f"{count / whole:.1%}") for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        blocks.append(Table(head=("class", "tracks", "share"), rows=rows))
    if run.dataset.skipped:
        blocks.append(_lines("Left out", run.dataset.skipped))
    found = run.integrity
    if found is None:
        blocks.append(
            Notice(state="unknown", title="Integrity of the files", text="Nobody looked for unreadable, silent or doubled files.")
        )
        return Section(title="The data", blocks=tuple(blocks))
    looked: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("Cannot be read", tuple(found.unreadable.values())),
        ("The same samples", tuple(_copy(copy) for copy in found.copies if copy.exact)),
        ("The same recording, by fingerprint", tuple(_copy(copy) for copy in found.copies if not copy.exact)),
        ("Silent", _joined(found.silent)),
        ("Too short to tell", _joined(found.short)),
        (f"Classes with one {found.group} alone", _joined(found.alone)),
    )
    if not any(lines for _, lines in looked):
        blocks.append(
            Notice(state="good", title="Integrity of the files", text="Every file can be read, none is silent, none stands twice.")
        )
    blocks += [_lines(title, lines) for title, lines in looked if lines]
    if found.labels:
        head = ("class", "tracks", f"{found.group}s", "minutes", "format/codec/rate", "loudness (LUFS)", "up to (kHz)")
        caption = f"The files, class by class: {found.minutes:.1f} minutes in all; medians, and between what the middle half lies"
        blocks.append(Table(head=head, rows=tuple(_class_row(name, facts) for name, facts in found.labels.items()), caption=caption))
    return Section(title="The data", blocks=tuple(blocks))


def _copy(copy: Copy) -> str:
    return f"{copy.first} = {copy.second}" + ("" if copy.labels_agree else " (under different labels)")


def _joined(names: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{len(names)}: {', '.join(names)}",) if names else ()


def _class_row(name: str, facts: LabelFacts) -> tuple[str, ...]:
    codecs = ", ".join(f"{count} {codec}" for codec, count in facts.codecs.items())
    sound = (_middle(facts.loudness_lufs), _middle(facts.bandwidth_hz, unit=1000))
    return (name, f"{facts.tracks}", f"{facts.groups}", f"{facts.minutes:.1f}", codecs, *sound)


def _middle(values: tuple[float, float, float] | None, *, unit: float = 1.0) -> str:
    if values is None:
        return "–"
    middle, low, high = (f"{value / unit:.1f}" for value in values)
    return f"{middle} ({low} to {high})"


def split_section(run: LabRun) -> Section:
    """The rule of the split, its folds, what leaks were looked for and found, and how often the test side was opened."""
    blocks: list[Block] = [Text(text=f"Divided by this rule: {run.evaluation.rule or (run.split.rule if run.split else 'not told')}.")]
    if run.split is not None:
        split = run.split
        rows = tuple((f"{number}", *_sides(fold)) for number, fold in enumerate(split.folds, start=1))
        kept = (
            "nothing is kept together: pieces of one song may stand on both sides"
            if split.group == "chunk"
            else f"kept together: {split.group}"
        )
        blocks.append(
            Table(
                head=("fold", "learnt from", "chosen by", "judged by"),
                rows=rows[:_LISTED],
                caption=f"{split.kind}, {kept}, seed {split.seed}",
            )
        )
        if split.leaks_on_purpose:
            blocks.append(
                Notice(state="look", title="This split leaks on purpose", text="It was asked for so; its figures must not be quoted.")
            )
    leaks = run.leaks
    if leaks is None:
        blocks.append(Notice(state="unknown", title="Leaks", text="Nobody looked whether a recording stands on both sides."))
    else:
        how = "by hash, fingerprint and group" if leaks.by_recording else "by group alone, not by what the files hold"
        text = (
            f"{len(leaks.leaks)} were found, looking {how}." if leaks.leaks else f"Nothing stands on both sides of a fold, looking {how}."
        )
        blocks.append(Notice(state="look" if leaks.leaks else "good", title="Leaks", text=text))
    if run.openings is not None:
        times = "once" if len(run.openings) == 1 else f"{len(run.openings)} times" if run.openings else "never"
        state: Literal["good", "look"] = "good" if len(run.openings) <= 1 else "look"
        blocks.append(Notice(state=state, title="The test side", text=f"It has been opened {times}."))
    if leaks is not None and leaks.leaks:
        blocks.append(_lines("On both sides", tuple(map(str, leaks.leaks))))
    if leaks is not None and leaks.notes:
        blocks.append(_lines("Worth knowing", leaks.notes))
    if run.openings:
        blocks.append(Table(head=("opened", "by", "for"), rows=tuple((each.when, each.who, each.purpose) for each in run.openings)))
    return Section(title="The split", blocks=tuple(blocks))


def _sides(fold: Fold) -> tuple[str, str, str]:
    return f"{len(fold.train)}", f"{len(fold.valid)}" if len(fold.valid) else "–", f"{len(fold.test)}"


def confound_section(run: LabRun) -> Section:
    """What else goes with the label, and what metadata alone tells of it."""
    check = run.confounds
    if check is None:
        text = "Nobody asked whether year, codec, loudness or the like go with the label."
        return Section(title="Confounds", blocks=(Notice(state="unknown", title="Metadata", text=text),))
    blocks: list[Block] = []
    for forest, what in run.deaf_forests:
        text = (
            f"A classifier that sees no more has balanced accuracy {forest.balanced_accuracy:.3f}; chance is {forest.chance:.3f}, "
            f"and shuffled labels stay below {forest.chance_high:.3f}."
            + (" Models may know no more than that." if forest.sees_the_label else "")
        )
        blocks.append(Notice(state="look" if forest.sees_the_label else "good", title=f"{what} alone", text=text))
    rows = tuple(
        (each.field, {"cramers_v": "Cramér's V", "eta_squared": "eta²"}.get(each.measure, each.measure), f"{each.value:.3f}",
         f"{each.information:.0%}", f"{each.p_value:.3g}", "–" if each.alone is None else f"{each.alone:.3f}")
        for each in check.associations
    )  # fmt: skip
    if rows:
        head = ("field", "measure", "goes with the label", "tells of it", "p", "seen alone")
        strong = tuple(row for row, each in enumerate(check.associations) if each.suspicious)
        caption = "From 0, not at all, to 1, entirely; p by permutation; seen alone: balanced accuracy of a small tree on this field"
        blocks.append(Table(head=head, rows=rows, strong=strong, caption=caption))
    if check.notes:
        blocks.append(_lines("Not looked at", check.notes))
    return Section(title="Confounds", blocks=tuple(blocks))


def features_section(run: LabRun) -> Section:
    """Which features there are, block by block."""
    table = run.table
    if table is None or not table.names:
        return Section(title="The features", blocks=())
    missing = ~np.isfinite(table.values)
    rows = []
    for block, columns in table.blocks.items():
        described = list(dict.fromkeys(table.names[column].split("/")[1] for column in columns if "/" in table.names[column]))
        few = ", ".join(described[:8]) + (f" and {len(described) - 8} more" if len(described) > 8 else "")
        rows.append((block, f"{len(columns)}", f"{missing[:, list(columns)].mean():.1%}", few))
    pieces = "" if table.times_s is None else f", {len(table.ids)} pieces of {len(set(table.ids))} songs"
    caption = f"{len(table.names)} numbers for each row{pieces}"
    return Section(
        title="The features", blocks=(Table(head=("block", "numbers", "missing", "describes"), rows=tuple(rows), caption=caption),)
    )


def _lines(title: str, lines: tuple[str, ...]) -> Table:
    more = f" ({len(lines)}; the first {_LISTED} are listed, all are in report.json)" if len(lines) > _LISTED else ""
    return Table(head=("",), rows=tuple((line,) for line in lines[:_LISTED]), caption=title + more)
