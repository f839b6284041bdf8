"""Compare variants of one run or of several: scores, tests paired by subject, and average ranks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan
from pathlib import Path
from typing import Any

from mpcl_core.evaluation.groups import Group, ScoredVariant, group_variants
from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.statistics.pairs import PairedTest, paired_tests
from mpcl_core.evaluation.statistics.ranks import Ranks, average_ranks, undistinguished
from mpcl_core.evaluation.summary import VariantScore
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.folder import check_run_folder
from mpcl_core.runs.reader import RunReader

COMPLETE_MODELS = ("full", "main")
"""Names that recipes give to the variant of which the others are ablations."""


@dataclass(frozen=True)
class Comparison:
    """Hold the numbers of variants that may be compared: one grade, the same test windows.

    Args:
        title: the runs and their grade.
        group: the variants.
        metric: the metric by which they are ranked, and whose tests are shown.
        scores: the scores, under the names of the group.
        references: the variants that the others are tested against: the reference, and the baseline ``mean`` where it
            is another.
        tests: every variant against each of these by each metric.
        ranks: by ``metric``; None with fewer than three variants or five subjects.
        notes: what limits the evidence.
    """

    title: str
    group: Group
    metric: str
    scores: Sequence[VariantScore]
    references: Sequence[str]
    tests: Sequence[PairedTest]
    ranks: Ranks | None
    notes: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values.

        Returns:
            What ``mpcl compare --json`` prints of it, with null for what does not exist.
        """
        ranks = self.ranks
        return {
            "title": self.title,
            "grade": self.group.grade,
            "references": list(self.references),
            "notes": list(self.notes),
            "rows": [_plain(asdict(score)) for score in self.scores],
            "tests": [_plain(asdict(test)) for test in self.tests],
            "friedman": ranks
            and {
                "metric": self.metric,
                "n_subjects": ranks.n_subjects,
                "statistic": ranks.statistic,
                "p": ranks.p,
                "critical_difference": ranks.critical,
                "average_ranks": dict(zip(ranks.variants, ranks.average.tolist(), strict=True)),
                "not_told_apart": [list(names) for names in undistinguished(ranks)],
            },
        }


def compare(folders: Sequence[Path], metric: str = KL, reference: str | None = None) -> list[Comparison]:
    """Compare the variants of some run folders.

    Args:
        folders: the run folders.
        metric: the metric by which the variants are ranked.
        reference: the variant that the others are tested against. Without it: the variant ``full`` or ``main`` where
            there is one, else the first network.

    Returns:
        A comparison for each grade and each set of test windows; numbers of different grades are never ranked together.

    Raises:
        UsageError: a folder is not a run or is damaged, two are the same, no job of one has finished, or there is no
            such metric or variant.
    """
    runs = _read_runs(folders)
    found = compare_runs(runs, metric, reference)
    scored = {label for comparison in found for label, _ in comparison.group.studies}
    if unscored := [str(run.path) for label, run in runs.items() if label not in scored]:
        raise UsageError(f"nothing to compare: no job of {', '.join(unscored)} has finished")
    return found


def compare_runs(runs: Mapping[str, RunReader], metric: str = KL, reference: str | None = None) -> list[Comparison]:
    """Compare the variants of some runs.

    Args:
        runs: label -> run.
        metric, reference: as `compare`.

    Returns:
        As `compare`; runs without a finished job are left out.

    Raises:
        UsageError: a file of a run is damaged, or there is no such metric or variant.
    """
    groups = group_variants(runs)
    _check_metric(metric, groups)
    names = [name for group in groups for found in group.variants for name in (found.name, found.variant)]
    if reference is not None and reference not in names:
        raise UsageError(f"no variant '{reference}'. Variants: {', '.join(dict.fromkeys(names))}.")
    return [_compare(group, metric, reference, group.separation_note(groups[0])) for group in groups]


def _check_metric(metric: str, groups: Sequence[Group]) -> None:
    for group in groups:
        if metric not in group.higher_is_better:
            labels = ", ".join(dict.fromkeys(label for label, _ in group.studies))
            raise UsageError(f"no metric '{metric}' in {labels}. Metrics: {', '.join(group.higher_is_better)}.")


def _read_runs(folders: Sequence[Path]) -> dict[str, RunReader]:
    """Read runs.

    Returns:
        Label -> run; the label is the recipe's name, or the folder where names are not unique.
    """
    for folder in folders:
        check_run_folder(folder)
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise UsageError("a run is named twice")
    runs = [RunReader(folder) for folder in folders]
    times = Counter(run.name for run in runs)
    return {run.name if times[run.name] == 1 else str(run.path): run for run in runs}


def _compare(group: Group, metric: str, wanted: str | None, separation: str) -> Comparison:
    reference = _reference(group.complete, wanted)
    means = [found.name for found in group.complete if found.is_mean][:1]
    references = list(dict.fromkeys([*reference, *means]))
    labels = list(dict.fromkeys(label for label, _ in group.studies))
    scores = group.subject_scores(metric)
    return Comparison(
        title=f"{', '.join(labels)}: {group.grade}",
        group=group,
        metric=metric,
        scores=group.scores,
        references=references,
        tests=_tests(group, references),
        ranks=average_ranks(scores, group.higher_is_better[metric]) if group.are_subjects_known else None,
        notes=[*([separation] if separation else []), *_notes(group, references, wanted)],
    )


def _tests(group: Group, references: Sequence[str]) -> list[PairedTest]:
    """Test every variant against each reference.

    Returns:
        The tests; two references are tested against each other once.
    """
    found: list[PairedTest] = []
    for name in references if group.are_subjects_known else ():
        for metric in group.higher_is_better:
            earlier = [test for test in found if test.metric == metric]
            found += paired_tests(group.subject_scores(metric), name, metric, earlier, group.higher_is_better)
    tried = {each.name: each.n_tried for each in group.variants}
    return [replace(test, tried=max(tried[test.variant], tried[test.reference])) for test in found]


def _notes(group: Group, references: Sequence[str], wanted: str | None) -> Iterator[str]:
    yield from group.incomplete_notes()
    seeds = {found.name: len(found.windows) for found in group.complete if found.is_network}
    if len(set(seeds.values())) > 1:
        yield (
            f"Unlike numbers of seeds: {', '.join(f'{name} {n}' for name, n in seeds.items())}. A mean over more is "
            f"steadier, which a test over subjects cannot see."
        )
    if wanted is not None and not _named(group.complete, wanted):
        instead = f"; the reference is {references[0]}" if references else ""
        yield f"{wanted} is not among the complete variants{instead}."


def _reference(variants: Sequence[ScoredVariant], wanted: str | None) -> list[str]:
    own = [found for found in variants if not found.is_baseline]
    usual = [[found.name for found in own if found.variant == name] for name in COMPLETE_MODELS]
    networks = [found.name for found in variants if found.is_network]
    choices = [_named(variants, wanted), *usual, networks]
    return next((names[:1] for names in choices if names), [])


def _named(variants: Sequence[ScoredVariant], wanted: str | None) -> list[str]:
    exact = [found.name for found in variants if found.name == wanted]
    return exact or [found.name for found in variants if found.variant == wanted]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in values.items()}
