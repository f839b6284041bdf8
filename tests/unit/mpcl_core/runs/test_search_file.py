"""The trials of a search: written, read, and the one that is chosen."""

from pathlib import Path

import pytest

from mpcl_core.runs.search_file import SearchTrial, TrialState, best_trial, read_search, write_search


def trial(number: int, state: TrialState = "complete", kl: float | None = 1.0) -> SearchTrial:
    return SearchTrial(trial=number, values={"dim": 8}, state=state, kl=kl, kl_by_fold=[0.1], seconds=2.0)


def test_trials_are_read_as_they_were_written(tmp_path: Path) -> None:
    trials = [trial(0, kl=1 / 3), trial(1, "failed", None)]
    write_search(tmp_path, trials)
    assert read_search(tmp_path) == trials
    assert read_search(tmp_path / "no job") == []


@pytest.mark.parametrize("text", ["{", "{}\n", '{"trial": 0}\n', "[]\n"])
def test_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "search.jsonl").write_text(text)
    with pytest.raises(ValueError, match=r"."):
        read_search(tmp_path)


def test_trials_that_are_not_numbered_in_order_are_refused(tmp_path: Path) -> None:
    write_search(tmp_path, [trial(0), trial(2)])
    with pytest.raises(ValueError, match="numbered"):
        read_search(tmp_path)


def test_best_trial_is_complete_and_the_earliest_of_equals() -> None:
    trials = [trial(0, kl=2.0), trial(1, "pruned", 0.1), trial(2, "failed", None), trial(3, kl=2.0)]
    assert best_trial(trials) is trials[0]
    assert best_trial(trials[1:3]) is None


def test_trial_that_is_not_better_by_the_margin_is_not_chosen() -> None:
    trials = [trial(0, kl=2.0), trial(1, kl=1.0).model_copy(update={"is_better": False}), trial(2, kl=1.5)]
    assert best_trial(trials[:2]) is trials[0]
    assert best_trial(trials) is trials[2]
