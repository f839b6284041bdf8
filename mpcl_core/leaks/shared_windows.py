"""Find what both sides of a fold share: codes (a), and (d) for the validation windows."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Bool

from mpcl_core.data.plan import Study
from mpcl_core.data.spellings import spelling_note
from mpcl_core.interfaces.data import Fold, RecordingOverlap, WindowSet
from mpcl_core.leaks.duplicate_windows import number_by_values
from mpcl_core.leaks.finding import AuditNote, Finding, Observation
from mpcl_core.leaks.time_overlap import RecordingTimes
from mpcl_core.leaks.window_groups import Indices, describe_examples, group_ids, untested_fitting_indices

MESSAGES = {
    "shared-row (a)": "are training windows as well",
    "shared-trial (a)": "belong to a trial that is among the fitting windows as well",
    "shared-subject (a)": "belong to a subject that is among the fitting windows as well",
    "overlapping-time (a)": "cover time that fitting windows of the same recording or file cover as well",
    "identical-window (a)": "have exactly the values of a training window",
    "validated-on-test (d)": "are validation windows as well, or have exactly the values of one",
}
"""Code -> the statement about the test windows."""


def find_shared_windows(study: Study) -> Iterator[Observation]:
    """Find everything that is on both sides of a fold.

    Args:
        study: its windows and folds.

    Yields:
        At most one finding of each code, then notes.
    """
    windows = study.windows
    sides = _FoldSides(windows, study.folds, study.overlaps)
    found = {
        "shared-row (a)": sides.on_both_sides(),
        "shared-trial (a)": sides.same_values("subject", "trial", where=windows.trial != ""),
        "shared-subject (a)": sides.unplanned_subjects(),
        "overlapping-time (a)": sides.overlapping(),
        "identical-window (a)": sides.copies("train"),
        "validated-on-test (d)": sides.on_both_sides("validation"),
    }
    for label, indices in sides.copies("validation").items():
        found["validated-on-test (d)"][label] = np.union1d(found["validated-on-test (d)"][label], indices)
    n_labelled = sum(map(len, sides.copies("train", labelled=True).values()))
    details = {"identical-window (a)": f"; {n_labelled} of them have its label as well"}
    for code, by_fold in found.items():
        yield from _findings(code, study, by_fold, details.get(code, ""))
    is_leaky = any(len(indices) for indices in found["shared-trial (a)"].values())
    yield from _notes(study, sides, is_leaky)


class _FoldSides:
    """Compare the sides of a study's folds.

    Each method returns fold label -> indices of the test windows that share something with the other side.
    """

    def __init__(self, windows: WindowSet, folds: Sequence[Fold], overlaps: Sequence[RecordingOverlap] = ()) -> None:
        self.windows, self.folds, self.overlaps = windows, folds, overlaps
        self._values = number_by_values(windows)
        label = np.unique(windows.D, axis=0, return_inverse=True)[1].reshape(-1)
        pairs = np.stack([self._values, label])
        self._labelled_values = np.unique(pairs, axis=1, return_inverse=True)[1].reshape(-1)

    def on_both_sides(self, side: str = "train") -> dict[str, Indices]:
        return {fold.label: fold.test[np.isin(fold.test, getattr(fold, side))] for fold in self.folds}

    def same_values(self, *columns: str, where: Bool[np.ndarray, "N"]) -> dict[str, Indices]:
        """Find test windows whose columns have the values of a fitting window.

        Args:
            columns: names of columns.
            where: the windows in which the columns are known (N).

        Returns:
            Fold label -> indices.
        """
        number = group_ids(self.windows, *columns)
        return {
            fold.label: fold.test[where[fold.test] & np.isin(number[fold.test], number[untested_fitting_indices(fold)])]
            for fold in self.folds
        }

    def overlapping(self) -> dict[str, Indices]:
        times, found = RecordingTimes(self.windows), {}
        for fold in self.folds:
            fitting = untested_fitting_indices(fold)
            is_found = times.find_overlaps(fold.test, fitting)
            is_found |= times.find_declared_overlaps(fold.test, fitting, self.overlaps)
            found[fold.label] = fold.test[is_found]
        return found

    def copies(self, side: str, labelled: bool = False) -> dict[str, Indices]:
        """Find test windows that have exactly the values of another window.

        Args:
            side: ``train`` or ``validation``, where the other window is.
            labelled: whether the label must be the same as well.

        Returns:
            Fold label -> indices.
        """
        copies, number = {}, self._labelled_values if labelled else self._values
        for fold in self.folds:
            indices = getattr(fold, side)
            others = indices[~np.isin(indices, fold.test)]
            copies[fold.label] = fold.test[np.isin(number[fold.test], number[others])]
        return copies

    def unplanned_subjects(self) -> dict[str, Indices]:
        """Find test windows of subjects on both sides where the split does not plan it.

        It is not planned where a window names no trial, so that nothing shows that its trial is not shared; or where
        most tested subjects are held out and these are not.

        Returns:
            Fold label -> indices.
        """
        windows = self.windows
        shared = self.same_values("subject", where=windows.subject != "")
        n_tested = sum(len(np.unique(windows.subject[fold.test])) for fold in self.folds)
        n_shared = sum(len(np.unique(windows.subject[indices])) for indices in shared.values())
        most_are_held_out = 2 * n_shared <= n_tested
        return {
            label: indices if most_are_held_out else indices[windows.trial[indices] == ""]
            for label, indices in shared.items()
        }


def _findings(code: str, study: Study, by_fold: Mapping[str, Indices], details: str) -> Iterator[Finding]:
    indices = np.concatenate(list(by_fold.values()))
    if not len(indices):
        return
    n_tested = sum(len(fold.test) for fold in study.folds)
    n_folds = sum(len(found) > 0 for found in by_fold.values())
    start = f"{len(indices)} of {n_tested} test windows, in {n_folds} of {len(by_fold)} folds,"
    message = f"{start} {MESSAGES[code]}{details}"
    yield Finding(code, study.variants, message, len(indices), n_tested, describe_examples(study.windows, indices))


def _notes(study: Study, sides: _FoldSides, is_leaky: bool) -> Iterator[AuditNote]:
    windows = study.windows
    n_unnamed = int(((windows.subject == "") & (windows.trial == "")).sum())
    if n_unnamed:
        start = f"{n_unnamed} of {len(windows)} windows name neither subject nor trial"
        message = f"{start}, so that shared subjects and trials cannot be found among them"
        yield AuditNote("unknown-rows", study.variants, message)
    if note := spelling_note("subject", windows.subject.tolist()):
        yield AuditNote("two-spellings", study.variants, note.removesuffix("."))
    shared = sides.same_values("subject", where=windows.subject != "")
    unplanned = sides.unplanned_subjects()
    if not is_leaky and any(len(indices) > len(unplanned[label]) for label, indices in shared.items()):
        message = (
            "test windows are of subjects whose other trials are fitting windows, so the scores do not show how well"
            " new subjects are predicted"
        )
        yield AuditNote("known-subjects", study.variants, message)
