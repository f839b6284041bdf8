"""Make studies with hand-made folds for the tests of the audit."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mpcl_core.data.cache.prepared_windows import Provenance
from mpcl_core.data.grade import grade_fold
from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold, Modality, WindowSet
from mpcl_core.leaks.finding import AuditNote, Finding, Observation


def with_folds(windows: WindowSet, folds: Sequence[Fold]) -> Study:
    grades = tuple(grade_fold(windows, fold) for fold in folds)
    return Study(("main",), windows, tuple(folds), grades, (), Provenance())


def fold(train: Sequence[int], test: Sequence[int], validation: Sequence[int] = (), label: str = "f") -> Fold:
    train, validation, test = (np.array(rows, dtype=np.int64) for rows in (train, validation, test))
    return Fold(train, validation, test, label)


def with_noise(windows: WindowSet, seed: int = 0) -> WindowSet:
    """Give windows a signal of noise, and times of 2 s one after the other."""
    signal = Modality("gsr", 1, 8, 4.0)
    X = np.random.default_rng(seed).normal(size=(len(windows), 1, 8)).astype(np.float32)
    present = np.ones(len(windows), dtype=bool)
    stop = windows.t_start + 2.0
    return replace(windows, modalities=(signal,), X={"gsr": X}, present={"gsr": present}, t_stop=stop)


def codes(remarks: Sequence[Observation]) -> set[str]:
    return {remark.code for remark in remarks if isinstance(remark, Finding)}


def notices(remarks: Sequence[Observation]) -> set[str]:
    return {remark.code for remark in remarks if isinstance(remark, AuditNote)}
