"""Find what both sides of a fold share, and nothing where they share nothing."""

from dataclasses import replace

import numpy as np
import pytest

from mpcl_core.interfaces.components import Protocol
from mpcl_core.interfaces.data import RecordingOverlap, WindowSet
from mpcl_core.leaks.finding import Finding
from mpcl_core.leaks.shared_windows import find_shared_windows
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.protocols.loso_calibrated import LOSOCalibrated
from mpcl_plugins.protocols.random_windows import RandomWindows
from mpcl_plugins.protocols.subject_kfold import SubjectKFold
from mpcl_plugins.protocols.trial_heldout import TrialHeldout
from mpcl_plugins.protocols.trial_kfold import TrialKFold
from support.audit_study import codes, fold, notices, with_folds, with_noise
from support.split_study import Trial, grid, study, table

STUDY = with_noise(grid(6, 5))


def found(windows: WindowSet, protocol: Protocol) -> list[Finding]:
    observations = find_shared_windows(with_folds(windows, list(protocol.split(windows))))
    return [remark for remark in observations if isinstance(remark, Finding)]


@pytest.mark.parametrize(
    "protocol", [LOSO(), SubjectKFold(), TrialHeldout(), TrialKFold(), LOSOCalibrated()], ids=lambda p: p.name
)
def test_strict_protocols_share_nothing(protocol: Protocol) -> None:
    assert found(STUDY, protocol) == []


@pytest.mark.parametrize("protocol", [RandomWindows(), KFold()], ids=lambda p: p.name)
def test_windows_of_one_trial_on_both_sides_are_found(protocol: Protocol) -> None:
    (finding,) = found(STUDY, protocol)
    assert finding.code == "shared-trial (a)"
    assert finding.n_checked == sum(len(f.test) for f in protocol.split(STUDY))
    assert finding.n_windows > 0.8 * finding.n_checked
    assert len(finding.examples) == 3
    assert finding.examples[0].startswith("window ")
    assert "subject S1, trial t" in finding.examples[0]


def test_counts_are_those_of_the_windows() -> None:
    # trials of 4 windows: rows 0-3 are S1 t1, 20-23 S2 t1; one window of S2's first trial is among the fitting rows
    honest, leaky = fold(range(20, 60), range(20), label="a"), fold([*range(20), 20], range(21, 40), label="b")
    (trial, subject) = [r for r in find_shared_windows(with_folds(STUDY, [honest, leaky])) if isinstance(r, Finding)]
    assert (trial.code, trial.n_windows, trial.n_checked) == ("shared-trial (a)", 3, 39)
    assert trial.message.startswith("3 of 39 test windows, in 1 of 2 folds, belong to a trial")
    assert trial.examples[0] == "window 21 (subject S2, trial t1, number 1)"
    assert (subject.code, subject.n_windows) == ("shared-subject (a)", 19)


def test_window_on_both_sides_is_found() -> None:
    observations = list(find_shared_windows(with_folds(STUDY, [fold(range(21), range(20, 40))])))
    assert codes(observations) == {"shared-row (a)"}


def test_few_subjects_on_both_sides_of_a_subject_split_are_found() -> None:
    folds = [
        fold(np.setdiff1d(np.arange(120), np.arange(s, s + 20)), range(s, s + 20), label=f"{s}")
        for s in range(0, 120, 20)
    ]
    assert codes(list(find_shared_windows(with_folds(STUDY, folds)))) == set()
    folds[0] = fold(range(4, 120), range(4), label="0")  # the first subject's other trials are training rows
    observations = list(find_shared_windows(with_folds(STUDY, folds)))
    assert codes(observations) == {"shared-subject (a)"}


def test_subject_with_unknown_trials_on_both_sides_is_found() -> None:
    windows = with_noise(table(3, 20))
    (finding,) = found(windows, KFold())
    assert (finding.code, finding.n_windows) == ("shared-subject (a)", 60)
    assert found(windows, LOSO()) == []


def test_windows_without_names_are_a_notice() -> None:
    windows = with_noise(table(1, 40))
    windows.subject[:] = ""
    observations = list(find_shared_windows(with_folds(windows, list(KFold().split(windows)))))
    assert codes(observations) == set()
    assert notices(observations) == {"unknown-rows"}


def test_known_subjects_are_a_notice() -> None:
    observations = list(find_shared_windows(with_folds(STUDY, list(TrialHeldout().split(STUDY)))))
    assert notices(observations) == {"known-subjects"}
    assert notices(list(find_shared_windows(with_folds(STUDY, list(LOSO().split(STUDY)))))) == set()


def test_overlapping_windows_are_found_and_adjacent_ones_are_not() -> None:
    windows = with_noise(study([Trial("S1", "t1", 8), Trial("S2", "t1", 8)]))
    touching = with_folds(windows, [fold([0, 1, *range(8, 16)], [2, 3])])
    assert codes(list(find_shared_windows(touching))) == {"shared-trial (a)"}
    windows = replace(windows, t_stop=windows.t_start + 2.5)
    overlapping = with_folds(windows, [fold([0, 1, *range(8, 16)], [2, 3])])
    observations = [r for r in find_shared_windows(overlapping) if isinstance(r, Finding)]
    assert codes(observations) == {"shared-trial (a)", "overlapping-time (a)"}
    assert observations[1].n_windows == 1
    assert "window 2 " in observations[1].examples[0]


def test_overlap_is_found_across_renamed_trials_of_one_recording() -> None:
    """Pieces of one recording under names of their own: only their times show it."""
    windows = with_noise(study([Trial("S1", f"piece{p}", 4) for p in range(5)] + [Trial("S2", "t1", 4)]))
    windows = replace(windows, t_start=np.arange(24) * 2.0, t_stop=np.arange(24) * 2.0 + 3.0)
    split = [fold([*range(4), *range(8, 24)], range(4, 8))]
    assert codes(list(find_shared_windows(with_folds(windows, split)))) == {"overlapping-time (a)"}
    disjoint = replace(windows, t_stop=windows.t_start + 2.0)
    assert codes(list(find_shared_windows(with_folds(disjoint, split)))) == set()


def test_trials_that_each_start_at_zero_do_not_overlap() -> None:
    windows = with_noise(study([Trial("S1", f"t{t}", 3 + t) for t in range(5)]))
    assert codes(list(find_shared_windows(with_folds(windows, [fold(range(12), range(12, 25))])))) == set()


def test_copies_under_other_names_are_found() -> None:
    windows = with_noise(grid(3, 2))
    windows.X["gsr"][16:18] = windows.X["gsr"][:2]
    windows.D[17] = [0.9, 0.1]
    folds = list(LOSO().split(windows))
    observations = [r for r in find_shared_windows(with_folds(windows, folds)) if isinstance(r, Finding)]
    assert codes(observations) in ({"identical-window (a)"}, {"identical-window (a)", "validated-on-test (d)"})
    split = [fold(range(16), range(16, 24))]
    (finding,) = [r for r in find_shared_windows(with_folds(windows, split)) if isinstance(r, Finding)]
    assert (finding.code, finding.n_windows) == ("identical-window (a)", 2)
    assert "1 of them have its label as well" in finding.message


def test_flat_windows_are_no_copies() -> None:
    windows = with_noise(grid(3, 2))
    windows.X["gsr"][[0, 9, 17]] = 0.0
    windows.X["gsr"][[1, 10, 18]] = 4.5
    assert found(windows, LOSO()) == []


@pytest.mark.parametrize("copied", [False, True])
def test_validation_windows_that_are_test_windows_are_found(copied: bool) -> None:
    windows = with_noise(grid(3, 2))
    windows.X["gsr"][8:12] = windows.X["gsr"][16:20]
    validation = range(8, 16) if copied else range(16, 24)
    (finding,) = [
        r
        for r in find_shared_windows(with_folds(windows, [fold(range(8), range(16, 24), validation)]))
        if isinstance(r, Finding)
    ]
    assert (finding.code, finding.n_windows) == ("validated-on-test (d)", 4 if copied else 8)


def test_a_subject_in_two_spellings_is_noted() -> None:
    subject = np.where(STUDY.subject == "S1", "s01", STUDY.subject)
    subject = np.where(subject == "S2", "S1", subject)
    windows = replace(STUDY, subject=subject)
    observations = list(find_shared_windows(with_folds(windows, list(LOSO().split(windows)))))
    assert [remark.message for remark in observations if "'s01' and 'S1'" in remark.message]
    assert notices(observations) == {"two-spellings"}


def test_windows_that_share_time_by_the_source_are_found() -> None:
    # trials of 4 windows of 2 s; t2 begins 5 s after t1, so its first window, 5 s to 7 s, is among those of t1
    start = np.tile([0.0, 2.0, 4.0, 6.0], len(STUDY) // 4)
    windows = replace(STUDY, t_start=start, t_stop=start + 2.0)
    split = [fold(range(4), range(4, 8)), fold(range(4, 8), range(4), label="g")]
    overlap = RecordingOverlap(("S1", "t1"), ("S1", "t2"), 5.0)
    observations = list(find_shared_windows(replace(with_folds(windows, split), overlaps=(overlap,))))
    (found,) = [remark for remark in observations if isinstance(remark, Finding) if "(a)" in remark.code]
    assert (found.code, found.n_windows, found.n_checked) == ("overlapping-time (a)", 4, 8)
    assert not codes(list(find_shared_windows(with_folds(windows, split))))
