"""Variants of one run or of several, side by side: numbers, tests paired by subject, and average ranks."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from yaml import YAMLError

from mpcl_core.evaluation.groups import Entry, Group, groups
from mpcl_core.evaluation.metrics import HIGHER_IS_BETTER, METRICS
from mpcl_core.evaluation.statistics.pairs import Pair, pairs
from mpcl_core.evaluation.statistics.ranks import Ranks, average_ranks, together
from mpcl_core.evaluation.summary import Row, variant_rows
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.opening import opened
from mpcl_core.runs.reader import KL

WHOLE = ("full", "main")
"""What a recipe calls the variant that others are ablations of."""


@dataclass(frozen=True)
class Result:
    """What may be compared.

    Args:
        title: the runs and their grade.
        group: the variants.
        metric: by which they are ranked, and whose tests are shown.
        rows: the numbers, under the names of the group.
        references: what the others are tested against: the reference, and the train mean where it is another.
        tests: every variant against each of these by each metric.
        ranks: by ``metric``; None with fewer than three variants or five subjects.
        notes: what else must be said.
    """

    title: str
    group: Group
    metric: str
    rows: Sequence[Row]
    references: Sequence[str]
    tests: Sequence[Pair]
    ranks: Ranks | None
    notes: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Everything, with null for what there is not."""
        ranks = self.ranks
        return {
            "title": self.title,
            "grade": self.group.grade,
            "references": list(self.references),
            "notes": list(self.notes),
            "rows": [_plain(asdict(row)) for row in self.rows],
            "tests": [_plain(asdict(pair)) for pair in self.tests],
            "friedman": ranks
            and {
                "metric": self.metric,
                "n_subjects": ranks.n_subjects,
                "statistic": ranks.statistic,
                "p": ranks.p,
                "critical_difference": ranks.critical,
                "average_ranks": dict(zip(ranks.variants, ranks.average.tolist(), strict=True)),
                "not_told_apart": [list(names) for names in together(ranks)],
            },
        }


def compare(folders: Sequence[Path], metric: str = KL, reference: str | None = None) -> list[Result]:
    """A result for each grade and each set of rows; numbers of different grades are never ranked together.

    Args:
        folders: runs.
        metric: by which the variants are ranked.
        reference: the variant that the others are tested against. Without it: the variant ``full`` or ``main`` where
            there is one, else the first network.

    Raises:
        UsageError: a folder is no run, two are the same, no job of one ended well, or there is no such metric or
            variant.
    """
    if metric not in METRICS:
        raise UsageError(f"no metric '{metric}'. Metrics: {', '.join(METRICS)}.")
    found = _groups(folders)
    names = [name for group in found for entry in group.entries for name in (entry.name, entry.variant)]
    if reference is not None and reference not in names:
        raise UsageError(f"no variant '{reference}'. Variants: {', '.join(dict.fromkeys(names))}.")
    return [_result(group, metric, reference, group.apart(found[0])) for group in found]


def _groups(folders: Sequence[Path]) -> list[Group]:
    try:
        runs = opened(folders)
        found = groups(runs)
    except (ValueError, KeyError, OSError, EOFError, YAMLError, BadZipFile, zlib.error) as error:
        raise UsageError(
            f"a file of {' or '.join(map(str, folders))} cannot be read: {type(error).__name__}: {error}"
        ) from None
    scored = {label for group in found for label, _ in group.studies}
    if silent := [str(run.folder) for label, run in runs.items() if label not in scored]:
        raise UsageError(f"nothing to compare: no job of {', '.join(silent)} ended well")
    return found


def _result(group: Group, metric: str, wanted: str | None, apart: str) -> Result:
    reference = _reference(group.complete, wanted)
    means = [entry.name for entry in group.complete if entry.is_mean][:1]
    references = list(dict.fromkeys([*reference, *means]))
    labels = list(dict.fromkeys(label for label, _ in group.studies))
    return Result(
        title=f"{', '.join(labels)}: {group.grade}",
        group=group,
        metric=metric,
        rows=[row for entry in group.entries for row in _rows(entry, group.grade)],
        references=references,
        tests=_tests(group, references),
        ranks=average_ranks(group.scores(metric), HIGHER_IS_BETTER[metric]) if group.subjects_known else None,
        notes=[*([apart] if apart else []), *_notes(group, references, wanted)],
    )


def _tests(group: Group, references: Sequence[str]) -> list[Pair]:
    """Every variant against each reference; two references are tested against each other once."""
    found: list[Pair] = []
    for name in references if group.subjects_known else ():
        for metric in METRICS:
            found += pairs(group.scores(metric), name, metric, [pair for pair in found if pair.metric == metric])
    return found


def _notes(group: Group, references: Sequence[str], wanted: str | None) -> Iterator[str]:
    yield from group.gaps()
    seeds = {entry.name: len(entry.rows) for entry in group.complete if entry.network}
    if len(set(seeds.values())) > 1:
        yield (
            f"Unlike numbers of seeds: {', '.join(f'{name} {n}' for name, n in seeds.items())}. A mean over more is "
            f"steadier, which a test over subjects cannot see."
        )
    if wanted is not None and not _named(group.complete, wanted):
        instead = f"; the reference is {references[0]}" if references else ""
        yield f"{wanted} is not among the complete variants{instead}."


def _rows(entry: Entry, grade: str) -> Iterator[Row]:
    for row in variant_rows(entry.folder, entry.variant, grade):
        yield replace(row, variant=entry.name + row.variant.removeprefix(entry.variant))


def _reference(entries: Sequence[Entry], wanted: str | None) -> list[str]:
    """The name of the reference, or nothing where no variant could be it."""
    usual = [[entry.name for entry in entries if entry.own and entry.variant == name] for name in WHOLE]
    networks = [entry.name for entry in entries if entry.network]
    choices = [_named(entries, wanted), *usual, networks]
    return next((names[:1] for names in choices if names), [])


def _named(entries: Sequence[Entry], wanted: str | None) -> list[str]:
    exact = [entry.name for entry in entries if entry.name == wanted]
    return exact or [entry.name for entry in entries if entry.variant == wanted]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in values.items()}
