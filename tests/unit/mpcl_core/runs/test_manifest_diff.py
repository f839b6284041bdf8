"""Two locks against each other."""

import json
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.data.splits import hash_folds
from mpcl_core.runs.manifest_diff import ManifestError, differences, kept_folds, refuse_differences

LOCK: dict[str, Any] = {
    "name": "r",
    "recipe_hash": "0" * 64,
    "seeds": [0, 1],
    "device": "cpu",
    "python": "3.11.7",
    "platform": "Linux x86_64",
    "framework_hash": "f" * 64,
    "packages": {"torch": "2.1", "numpy": "2.0"},
    "components": {"head linear": {"owner": "mpcl_plugins.heads", "sha256": "c" * 64}},
    "studies": [{"variants": ["mean", "main"], "data_hash": "d" * 64, "split_hash": "s" * 64, "notes": []}],
}


def test_a_lock_does_not_differ_from_itself_and_notes_do_not_count() -> None:
    assert differences(LOCK, LOCK) == []
    (study,) = LOCK["studies"]
    assert differences(LOCK, {**LOCK, "name": "other", "studies": [{**study, "notes": ["new"], "grade": "x"}]}) == []
    refuse_differences(LOCK, LOCK)


@pytest.mark.parametrize(
    ("now", "line"),
    [
        ({"recipe_hash": "1" * 64}, "the resolved recipe: 000000000000 then, 111111111111 now"),
        ({"seeds": [0]}, "the seeds: [0, 1] then, [0] now"),
        ({"device": "cuda"}, "the device: cpu then, cuda now"),
        ({"python": "3.12.0"}, "Python: 3.11.7 then, 3.12.0 now"),
        ({"platform": "Darwin arm64"}, "the platform: Linux x86_64 then, Darwin arm64 now"),
        ({"framework_hash": "e" * 64}, "the code of the engine: ffffffffffff then, eeeeeeeeeeee now"),
        ({"packages": {"torch": "2.2", "numpy": "2.0"}}, "torch: 2.1 then, 2.2 now"),
        ({"packages": {"torch": "2.1"}}, "numpy: 2.0 then, nothing now"),
        (
            {"components": {"head linear": {"owner": "mine", "sha256": "c" * 64}}},
            "the owner of head linear: mpcl_plugins.heads then, mine now",
        ),
        (
            {"components": {"head linear": {"owner": "mpcl_plugins.heads", "sha256": "b" * 64}}},
            "the code of head linear: cccccccccccc then, bbbbbbbbbbbb now",
        ),
        (
            {"studies": [{"variants": ["mean", "main"], "data_hash": "x", "split_hash": "s" * 64}]},
            "the data of mean, main: dddddddddddd then, x now",
        ),
        (
            {"studies": [{"variants": ["mean", "main"], "data_hash": "d" * 64, "split_hash": "y"}]},
            "the folds of mean, main: ssssssssssss then, y now",
        ),
    ],
)
def test_what_differs_is_said_in_one_line(now: dict[str, Any], line: str) -> None:
    assert [str(found) for found in differences(LOCK, {**LOCK, **now})] == [line]


def test_what_one_of_them_has_not_is_nothing() -> None:
    lines = [str(found) for found in differences({"studies": []}, LOCK)]
    assert "Python: nothing then, 3.11.7 now" in lines
    assert "the data of mean, main: nothing then, dddddddddddd now" in lines


def test_drift_is_refused_with_all_of_it() -> None:
    with pytest.raises(ManifestError) as error:
        refuse_differences(LOCK, {**LOCK, "python": "3.12.0", "seeds": [2]})
    assert error.value.exit_code == 1
    assert [found.kind for found in error.value.differences] == ["seeds", "python"]
    assert str(error.value).splitlines() == ["the seeds: [0, 1] then, [2] now", "Python: 3.11.7 then, 3.12.0 now"]


def test_folds_that_were_changed_in_their_file(tmp_path: Path) -> None:
    folds: dict[str, Any] = {"numbered_by": "window", "folds": [{"label": "a", "rows": {"s": {"t": {"0-3": "test"}}}}]}
    kept = {"studies": [{"variants": ["main"], "split_hash": "as stated", **folds}]}
    (tmp_path / "splits.json").write_text(json.dumps(kept))
    lock = {"studies": [{"variants": ["main"], "split_hash": hash_folds(folds)}]}
    assert kept_folds(tmp_path, lock) == []
    kept["studies"][0]["folds"][0]["rows"]["s"]["t"] = {"0-4": "test"}
    (tmp_path / "splits.json").write_text(json.dumps(kept))
    (found,) = kept_folds(tmp_path, lock)
    assert (found.kind, found.variants) == ("folds", ("main",))
    assert str(found).startswith("splits.json, the folds of main: ")
