"""What a report says of data: tracks and classes, how they were divided, what leaks and confounds were found, which features were taken."""

from collections import Counter

import numpy as np

from hexachord.journeys.lab.run import LabRun
from hexachord.journeys.reporting.report import Block, Notice, Section, Table, Text
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
    if counts:
        whole = sum(counts.values())
        rows = tuple(
            (name, f"{count}", f"{count / whole:.1%}") for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        blocks.append(Table(head=("class", "tracks", "share"), rows=rows))
    if run.dataset.skipped:
        blocks.append(_lines("Left out", run.dataset.skipped))
    checks = run.checks
    if checks is None:
        blocks.append(
            Notice(state="unknown", title="Integrity of the files", text="Nobody looked for unreadable, silent or doubled files.")
        )
        return Section(title="The data", blocks=tuple(blocks))
    looked: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("Cannot be read", checks.unreadable),
        ("The same recording", tuple(", ".join(group) for group in checks.duplicates)),
        ("Sound the same", tuple(", ".join(group) for group in checks.near_duplicates)),
        ("Silent", checks.silent),
        ("Labels that contradict one another", checks.disagreeing),
    )
    blocks += [_lines(title, lines) for title, lines in looked if lines]
    if not any(lines for _, lines in looked):
        blocks.append(
            Notice(state="good", title="Integrity of the files", text="Every file can be read, none is silent, none stands twice.")
        )
    if checks.facts:
        blocks.append(Table(head=("of the files", ""), rows=checks.facts))
    return Section(title="The data", blocks=tuple(blocks))


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
    elif leaks.found:
        blocks.append(Notice(state="look", title="Leaks", text=f"{len(leaks.found)} were found, asking by {', '.join(leaks.asked)}."))
        blocks.append(_lines("On both sides", leaks.found))
    else:
        blocks.append(
            Notice(state="good", title="Leaks", text=f"Nothing stands on both sides of a fold, asked by {', '.join(leaks.asked)}.")
        )
    if run.openings is not None:
        times = "once" if run.openings.count == 1 else f"{run.openings.count} times"
        blocks.append(
            Notice(state="good" if run.openings.count <= 1 else "look", title="The test side", text=f"It has been opened {times}.")
        )
        if run.openings.lines:
            blocks.append(_lines("Opened", run.openings.lines))
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
    if check.seen is not None:
        look = check.seen.low > check.chance
        text = (
            f"A classifier that sees metadata alone has balanced accuracy {check.seen.value:.3f} "
            f"({check.seen.low:.3f}–{check.seen.high:.3f}); "
            f"chance is {check.chance:.3f}." + (" Models may know no more than that." if look else "")
        )
        blocks.append(Notice(state="look" if look else "good", title="Metadata alone", text=text))
    ranked = sorted(check.fields, key=lambda each: (-each.strength, each.field))
    if ranked:
        rows = tuple((each.field, each.measure, f"{each.strength:.3f}", f"{each.p_value:.3g}") for each in ranked)
        blocks.append(
            Table(
                head=("field", "measure", "goes with the label", "p"),
                rows=rows,
                caption="From 0, not at all, to 1, entirely; p by permutation",
            )
        )
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
    more = f" ({len(lines)}; the first {_LISTED} are listed, all are in report.json)" if len(lines) > _LISTED else f" ({len(lines)})"
    return Table(head=("",), rows=tuple((line,) for line in lines[:_LISTED]), caption=title + more)
