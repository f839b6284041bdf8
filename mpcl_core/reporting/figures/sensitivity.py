"""Draw how the KL depends on the recipe's numbers that variants change one at a time."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mpcl_core.evaluation.metrics import KL
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures.layout import BASELINE, PREDICTED, TRUE, WIDTH, new_page
from mpcl_core.reporting.number_format import format_count

COLUMNS = 3


@dataclass
class Sweep:
    """Hold the values of one number of the recipe.

    Args:
        base: value in the base variant; None if the base leaves it to the component's default.
        variants: value -> the variant that has it.
    """

    base: float | None
    variants: dict[float, str] = field(default_factory=dict)


def build_figures(run: Run) -> Iterator[tuple[str, Figure]]:
    """Build ``sensitivity`` from the variants that differ from the recipe's first variant in one number.

    Args:
        run: the run.

    Yields:
        File name and figure; nothing if there are no such variants in the study of the first.
    """
    base = run.own_variants[0] if run.own_variants else ""
    study = next((study for study in run.studies if base in study.variants), None)
    if study is None or (base, KL) not in run.numbers:
        return
    found = find_sweeps(run, base, study.variants)
    if not found:
        return
    number = run.numbers[base, KL]
    over = f"{format_count(number.n_subjects, 'subject')} and {format_count(number.n_seeds, 'seed')}"
    caption = (
        f"KL, mean over {over}, with 95 % intervals over subjects. The values are ordered and evenly spaced. Diamond: "
        f"the value of '{base}'. Grey line: the train mean."
    )
    rows = math.ceil(len(found) / COLUMNS)
    figure = new_page("Sensitivity", f"{run.name}, around '{base}'", study, caption, 1.2 + 1.8 * rows)
    columns = min(COLUMNS, len(found))
    grid = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes, (key, sweep) in zip(grid.flat, found.items(), strict=False):
        _draw_panel(axes, run, base, sweep)
        if mean := run.mean_baseline(study):
            axes.axhline(run.numbers[mean, KL].mean, color=BASELINE, linewidth=0.8, linestyle=":")
        axes.set_xlabel(_wrap(key, WIDTH / columns))
    for axes in grid.flat[len(found) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("KL, nats")
    yield "sensitivity", figure


def find_sweeps(run: Run, base: str, variants: list[str]) -> dict[str, Sweep]:
    """Find the numbers that are the only difference between a variant and the base variant.

    Args:
        run: the run.
        base: the base variant.
        variants: the variants to compare with it.

    Returns:
        Dotted key -> its values.
    """
    found: dict[str, Sweep] = {}
    start = _flatten(run.resolved(base))
    for name in variants:
        if name in run.own_variants and (name, KL) in run.numbers:
            change = _find_change(start, _flatten(run.resolved(name)))
            if change is not None:
                key, before, value = change
                found.setdefault(key, Sweep(before)).variants[value] = name
    return found


def _find_change(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, float | None, float] | None:
    """Find the one number that differs; it may differ under several keys that end in the same name.

    Args:
        old, new: dotted keys and their values.

    Returns:
        Key, old value (None if absent) and new value; None if more, or something else, differs.
    """
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    changes = [(key.rpartition(".")[2], old.get(key), new.get(key)) for key in keys]
    if not keys or any(change != changes[0] for change in changes):
        return None
    _, before, value = changes[0]
    if not _is_number(value):
        return None
    return _join_keys(keys), float(before) if _is_number(before) else None, float(value)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _join_keys(keys: list[str]) -> str:
    parts = zip(*(key.split(".") for key in keys), strict=False)
    return ".".join(names[0] if len(set(names)) == 1 else "*" for names in parts)


def _flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        found |= _flatten(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found


def _draw_panel(axes: Axes, run: Run, base: str, sweep: Sweep) -> None:
    values = sorted({*sweep.variants, *([] if sweep.base is None else [sweep.base])})
    names = [sweep.variants.get(value, base) for value in values]
    ticks = [f"{value:g}" for value in values]
    if sweep.base is None:
        names, ticks = [base, *names], ["default", *ticks]
    numbers = [run.numbers[name, KL] for name in names]
    positions = range(len(names))
    axes.vlines(positions, [n.low for n in numbers], [n.high for n in numbers], color=TRUE, linewidth=1)
    axes.plot(positions, [n.mean for n in numbers], "o-", color=TRUE, markersize=4, linewidth=1)
    axes.plot(names.index(base), run.numbers[base, KL].mean, "D", color=PREDICTED, markersize=6)
    axes.set_xticks(positions, ticks)
    axes.margins(x=0.15)


def _wrap(key: str, width: float) -> str:
    head, _, last = key.rpartition(".")
    return key if len(key) < 14 * width else f"{head}.\n{last}"
