"""Check a protocol on a made-up study of 6 subjects with 8 trials of 5 windows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Int64

from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.testing.common import demand_process_state_unchanged
from mpcl_core.testing.failure import demand
from mpcl_core.testing.immutability import demand_unchanged
from mpcl_core.testing.other_process import call_in_process
from mpcl_core.testing.sample_data import study

SIDES = ("train", "validation", "test", "unrated")
Named = dict[str, list[list[tuple[str, str, int]]]]
"""Fold -> the windows of its sides, as (subject, trial, window)."""


def sides_disjoint(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require disjoint, non-empty sides of each fold, without repeated windows or invalid indices."""
    windows = study()
    folds = _split(cls, parameters, windows)
    demand(folds, "it returns no fold")
    for fold in folds:
        sides = {side: getattr(fold, side) for side in SIDES}
        empty = [side for side, index in sides.items() if not len(index) and side != "unrated"]
        demand(not empty, f"fold '{fold.label}': {', '.join(empty)} is empty")
        index, counts = np.unique(np.concatenate(list(sides.values())), return_counts=True)
        is_valid = index.min() >= 0 and index.max() < len(windows)
        demand(is_valid, f"fold '{fold.label}' contains index {index.max()}; windows have 0 to {len(windows) - 1}")
        repeated = index[counts > 1]
        demand(
            not len(repeated),
            f"fold '{fold.label}' contains {len(repeated)} windows more than once, first window {repeated[:1]}",
        )


def labels_unique(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require fold labels that differ also without case, since they name the folders of jobs."""
    labels = [fold.label for fold in _split(cls, parameters, study())]
    equal = sorted({label for label in labels if [other.casefold() for other in labels].count(label.casefold()) > 1})
    demand(not equal, f"several folds have the label {', '.join(equal)}")


def repeatable(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require equal folds of a second call, and of a second protocol with the same parameters."""
    windows = study()
    protocol = cls(**parameters)
    first = _name_windows(list(protocol.split(windows)), windows)
    for about, again in (("a second call", protocol), ("a second protocol", cls(**parameters))):
        _demand_same(first, _name_windows(list(again.split(windows)), windows), f"{about} returns other folds")


def order_independent(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require equal folds for windows in another order.

    The trials of a subject keep their order, which is that of time.
    """
    windows = study()
    rng = np.random.default_rng(0)
    order = np.concatenate([_shuffle(windows, subject, rng) for subject in rng.permutation(np.unique(windows.subject))])
    moved = windows.take(order)
    first, second = (_name_windows(_split(cls, parameters, each), each) for each in (windows, moved))
    _demand_same(first, second, "another order of the windows gives other folds")


def _shuffle(windows: WindowSet, subject: str, rng: np.random.Generator) -> Int64[np.ndarray, "_"]:
    """Shuffle the windows of a subject within each trial, and keep the order of the trials.

    Args:
        windows: the study.
        subject: the subject.
        rng: the random generator.

    Returns:
        Indices of the subject's windows.
    """
    index = np.flatnonzero(windows.subject == subject)
    trials = [index[windows.trial[index] == trial] for trial in dict.fromkeys(windows.trial[index].tolist())]
    return np.concatenate([rng.permutation(trial) for trial in trials])


def hash_independent(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require folds that do not depend on Python's hash seed.

    The seed differs between processes and changes the order of sets.
    """
    if list_folds(cls(**parameters)) == list_folds(cls(**parameters), "T"):
        return  # other names have other hashes, and the folds are the same
    in_other_process = call_in_process(cls, parameters, f"{__name__}:list_folds")
    demand(
        in_other_process == list_folds(cls(**parameters)),
        "another hash seed of Python gives other folds; sort the elements of sets",
    )


def list_folds(protocol: Protocol, renamed: str = "S") -> str:
    """List the folds of the study as text, with other names of subjects and trials.

    Args:
        protocol: the protocol.
        renamed: letter that replaces the first letter of names; ``S`` keeps the names.

    Returns:
        The indices of each side of each fold.
    """
    windows = study()
    names: dict[str, Any] = {
        column: np.array([name.replace(name[0], renamed, 1) for name in getattr(windows, column).tolist()])
        for column in ("subject", "trial", "stimulus")
    }
    folds = protocol.split(replace(windows, **names) if renamed != "S" else windows)
    return repr([[np.sort(getattr(fold, side)).tolist() for side in SIDES] for fold in folds])


def labels_not_used(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require folds that depend neither on the distributions nor on the signals of the windows."""
    windows = study()
    other = replace(windows, D=windows.D[::-1].copy())
    other = other.with_signals({name: 3 * X[::-1] + 1 for name, X in windows.X.items()})
    first, second = (_name_windows(_split(cls, parameters, each), each) for each in (windows, other))
    _demand_same(first, second, "other labels and signals give other folds")


def input_unchanged(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require that ``split`` does not change the windows."""
    windows = study()
    with demand_unchanged(windows, "split"):
        _split(cls, parameters, windows)


def process_state_unchanged(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    """Require that using the protocol changes no setting of torch or numpy and seeds nothing.

    Such changes would affect other components.
    """
    windows = study()
    demand_process_state_unchanged(lambda: _split(cls, parameters, windows))


def _split(cls: type[Protocol], parameters: Mapping[str, Any], windows: WindowSet) -> list[Fold]:
    return list(cls(**parameters).split(windows))


def _name_windows(folds: Sequence[Fold], windows: WindowSet) -> Named:
    def name(index: np.ndarray) -> list[tuple[str, str, int]]:
        columns = (windows.subject[index].tolist(), windows.trial[index].tolist(), windows.window[index].tolist())
        return sorted(zip(*columns, strict=True))

    return {fold.label: [name(getattr(fold, side)) for side in SIDES] for fold in folds}


def _demand_same(first: Named, second: Named, message: str) -> None:
    demand(first.keys() == second.keys(), f"{message}: {sorted(first)[:3]} … and {sorted(second)[:3]} …")
    for label in first:
        for side, before, after in zip(SIDES, first[label], second[label], strict=True):
            missing = [window for window in before if window not in after]
            demand(
                before == after,
                f"{message}: {len(missing)} windows are no longer in {side} of '{label}', first {missing[:1]}",
            )


PROTOCOL = (
    sides_disjoint,
    labels_unique,
    repeatable,
    order_independent,
    hash_independent,
    labels_not_used,
    input_unchanged,
    process_state_unchanged,
)
