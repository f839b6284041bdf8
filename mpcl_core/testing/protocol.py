"""Checks of a protocol, on a made-up study of 6 subjects with 8 trials of 5 windows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.testing.common import leaves_alone
from mpcl_core.testing.failure import demand
from mpcl_core.testing.immutability import demand_untouched
from mpcl_core.testing.other_process import answer_elsewhere
from mpcl_core.testing.sample_data import study

SIDES = ("train", "validation", "test")
Named = dict[str, list[list[tuple[str, str, int]]]]
"""Fold -> the rows of its sides, by subject, trial and window."""


def sides_apart(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """No row stands on two sides of a fold or twice on one, no side is empty, and every index is a row's."""
    windows = study()
    folds = _folds(cls, parameters, windows)
    demand(folds, "it gives no fold")
    for fold in folds:
        sides = {side: getattr(fold, side) for side in SIDES}
        empty = [side for side, rows in sides.items() if not len(rows)]
        demand(not empty, f"fold '{fold.label}': {', '.join(empty)} is empty")
        rows, times = np.unique(np.concatenate(list(sides.values())), return_counts=True)
        demand(
            rows.min() >= 0 and rows.max() < len(windows),
            f"fold '{fold.label}' holds row {rows.max()} of 0 to {len(windows) - 1}",
        )
        twice = rows[times > 1]
        demand(not len(twice), f"fold '{fold.label}': {len(twice)} rows stand twice, row {twice[:1]} first")


def labels_unique(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Every fold has a label of its own, whatever the case of its letters; it names the job's folder."""
    labels = [fold.label for fold in _folds(cls, parameters, study())]
    alike = sorted({label for label in labels if [other.casefold() for other in labels].count(label.casefold()) > 1})
    demand(not alike, f"two folds are called {', '.join(alike)}")


def repeatable(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """The same rows give the same folds: on a second call, and from a second protocol with the same parameters."""
    windows = study()
    protocol = cls(**parameters)
    first = _named(list(protocol.split(windows)), windows)
    for about, again in (("a second call", protocol), ("another of it", cls(**parameters))):
        _demand_same(first, _named(list(again.split(windows)), windows), f"{about} gives other folds")


def order_independent(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Rows in another order give the same folds by name. A subject's trials keep their order, which is time's."""
    windows = study()
    rng = np.random.default_rng(0)
    order = np.concatenate(
        [_shuffled(windows, subject, rng) for subject in rng.permutation(np.unique(windows.subject))]
    )
    moved = windows.take(order)
    first, second = (_named(_folds(cls, parameters, one), one) for one in (windows, moved))
    _demand_same(first, second, "rows in another order give other folds")


def _shuffled(windows: WindowSet, subject: str, rng: np.random.Generator) -> Int64[np.ndarray, "_"]:
    """The subject's rows, trial by trial, the windows of a trial in any order."""
    mine = np.flatnonzero(windows.subject == subject)
    trials = [mine[windows.trial[mine] == trial] for trial in dict.fromkeys(windows.trial[mine].tolist())]
    return np.concatenate([rng.permutation(rows) for rows in trials])


def hash_independent(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Folds do not depend on Python's hash seed, which differs between processes and orders every set of names."""
    if folds_by_row(cls(**parameters)) == folds_by_row(cls(**parameters), "T"):
        return  # other names have other hashes, and nothing came of it
    elsewhere = answer_elsewhere(cls, parameters, f"{__name__}:folds_by_row")
    demand(
        elsewhere == folds_by_row(cls(**parameters)),
        "two processes with other seeds of Python's hashing give other folds; sort what is a set",
    )


def folds_by_row(protocol: Protocol, renamed: str = "S") -> str:
    """The folds as text, of subjects and trials that are named otherwise."""
    windows = study()
    names: dict[str, Any] = {
        column: np.array([name.replace(name[0], renamed, 1) for name in getattr(windows, column).tolist()])
        for column in ("subject", "trial", "stimulus")
    }
    folds = protocol.split(replace(windows, **names) if renamed != "S" else windows)
    return repr([[np.sort(getattr(fold, side)).tolist() for side in SIDES] for fold in folds])


def labels_unseen(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Folds depend on the columns of the rows, neither on their distributions nor on their signals."""
    windows = study()
    other = replace(windows, D=windows.D[::-1].copy())
    other = other.with_signals({name: 3 * X[::-1] + 1 for name, X in windows.X.items()})
    first, second = (_named(_folds(cls, parameters, one), one) for one in (windows, other))
    _demand_same(first, second, "other labels and signals give other folds")


def input_unchanged(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """``split`` leaves the rows as they are."""
    windows = study()
    with demand_untouched(windows, "split"):
        _folds(cls, parameters, windows)


def leaves_the_process_alone(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Using it changes no setting of torch or numpy and seeds nothing: other components would notice."""
    windows = study()
    leaves_alone(lambda: _folds(cls, parameters, windows))


def _folds(cls: type[Protocol], parameters: Mapping[str, Any], windows: WindowSet) -> list[Fold]:
    return list(cls(**parameters).split(windows))


def _named(folds: Sequence[Fold], windows: WindowSet) -> Named:
    def of(rows: np.ndarray) -> list[tuple[str, str, int]]:
        columns = (windows.subject[rows].tolist(), windows.trial[rows].tolist(), windows.window[rows].tolist())
        return sorted(zip(*columns, strict=True))

    return {fold.label: [of(getattr(fold, side)) for side in SIDES] for fold in folds}


def _demand_same(first: Named, second: Named, message: str) -> None:
    demand(first.keys() == second.keys(), f"{message}: {sorted(first)[:3]} … and {sorted(second)[:3]} …")
    for label in first:
        for side, one, other in zip(SIDES, first[label], second[label], strict=True):
            missing = [row for row in one if row not in other]
            demand(
                one == other,
                f"{message}: {len(missing)} rows are no longer in {side} of '{label}', {missing[:1]} first",
            )


PROTOCOL = (
    sides_apart,
    labels_unique,
    repeatable,
    order_independent,
    hash_independent,
    labels_unseen,
    input_unchanged,
    leaves_the_process_alone,
)
