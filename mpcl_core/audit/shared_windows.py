"""What both sides of a fold share, read off the rows: codes (a), and (d) for the validation rows."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Int64

from mpcl_core.audit.duplicate_windows import identities
from mpcl_core.audit.finding import Finding, Notice, Remark
from mpcl_core.audit.time_overlap import Clock
from mpcl_core.audit.window_groups import examples, fitting, groups
from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Fold, WindowSet

Rows = Int64[np.ndarray, "_"]

SAID = {
    "shared-row (a)": "are training rows too",
    "shared-trial (a)": "are of a trial that is among the fitting rows too",
    "shared-subject (a)": "are of a subject that is among the fitting rows too",
    "overlapping-time (a)": "cover time that fitting rows of the same recording cover too",
    "identical-window (a)": "have the very values of a training row",
    "validated-on-test (d)": "are validation rows too, or have the very values of one",
}


def shared(study: Study) -> Iterator[Remark]:
    """Everything that is on both sides of a fold."""
    windows = study.windows
    sides = _Sides(windows, study.folds)
    found = {
        "shared-row (a)": sides.same_rows(),
        "shared-trial (a)": sides.same("subject", "trial", where=windows.trial != ""),
        "shared-subject (a)": sides.stray_subjects(),
        "overlapping-time (a)": sides.overlapping(),
        "identical-window (a)": sides.copies("train"),
        "validated-on-test (d)": sides.same_rows("validation"),
    }
    for label, rows in sides.copies("validation").items():
        found["validated-on-test (d)"][label] = np.union1d(found["validated-on-test (d)"][label], rows)
    labelled = sum(map(len, sides.copies("train", labelled=True).values()))
    more = {"identical-window (a)": f", {labelled} of them its label too"}
    for code, by_fold in found.items():
        yield from _finding(code, study, by_fold, more.get(code, ""))
    leaky = any(len(rows) for rows in found["shared-trial (a)"].values())
    yield from _unknown(study, sides, leaky)


class _Sides:
    """The folds of a study. Each method answers fold label -> test rows that share something with the other side."""

    def __init__(self, windows: WindowSet, folds: Sequence[Fold]) -> None:
        self.windows, self.folds = windows, folds
        self._identity = identities(windows)
        label = np.unique(windows.D, axis=0, return_inverse=True)[1].reshape(-1)
        self._labelled = np.unique(np.stack([self._identity, label]), axis=1, return_inverse=True)[1].reshape(-1)

    def same_rows(self, side: str = "train") -> dict[str, Rows]:
        """The row itself."""
        return {fold.label: fold.test[np.isin(fold.test, getattr(fold, side))] for fold in self.folds}

    def same(self, *columns: str, where: Bool[np.ndarray, "N"]) -> dict[str, Rows]:
        """The columns, for rows in which they are known."""
        number = groups(self.windows, *columns)
        return {
            fold.label: fold.test[where[fold.test] & np.isin(number[fold.test], number[fitting(fold)])]
            for fold in self.folds
        }

    def overlapping(self) -> dict[str, Rows]:
        """Some of their time."""
        clock = Clock(self.windows)
        return {fold.label: fold.test[clock.overlap(fold.test, fitting(fold))] for fold in self.folds}

    def copies(self, side: str, labelled: bool = False) -> dict[str, Rows]:
        """All of their values, as another row; the label too where that is asked."""
        found, identity = {}, self._labelled if labelled else self._identity
        for fold in self.folds:
            rows = getattr(fold, side)
            others = rows[~np.isin(rows, fold.test)]
            found[fold.label] = fold.test[np.isin(identity[fold.test], identity[others])]
        return found

    def stray_subjects(self) -> dict[str, Rows]:
        """The subject, where that is no part of the split's plan: a row names no trial, so that nothing shows that its
        trial is not shared; or most tested subjects are held out, and these are not.
        """
        windows = self.windows
        known = self.same("subject", where=windows.subject != "")
        pairs = [len(np.unique(windows.subject[fold.test])) for fold in self.folds]
        shared_pairs = sum(len(np.unique(windows.subject[rows])) for rows in known.values())
        stray = 2 * shared_pairs <= sum(pairs)
        return {label: rows if stray else rows[windows.trial[rows] == ""] for label, rows in known.items()}


def _finding(code: str, study: Study, by_fold: Mapping[str, Rows], more: str) -> Iterator[Finding]:
    rows = np.concatenate(list(by_fold.values()))
    if not len(rows):
        return
    tested = sum(len(fold.test) for fold in study.folds)
    folds = sum(len(found) > 0 for found in by_fold.values())
    what = f"{len(rows)} of {tested} test rows, in {folds} of {len(by_fold)} folds, {SAID[code]}{more}"
    yield Finding(code, study.variants, what, len(rows), tested, examples(study.windows, rows))


def _unknown(study: Study, sides: _Sides, leaky: bool) -> Iterator[Notice]:
    windows = study.windows
    nameless = int(((windows.subject == "") & (windows.trial == "")).sum())
    if nameless:
        what = f"{nameless} of {len(windows)} rows name neither subject nor trial: nothing shows whose they are"
        yield Notice("unknown-rows", study.variants, what)
    known = sides.same("subject", where=windows.subject != "")
    stray = sides.stray_subjects()
    if not leaky and any(len(rows) > len(stray[label]) for label, rows in known.items()):
        what = "test rows are of subjects whose other trials are fitting rows: nothing is said about new subjects"
        yield Notice("known-subjects", study.variants, what)
