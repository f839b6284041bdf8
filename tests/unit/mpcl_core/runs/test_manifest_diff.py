"""Compare two manifests."""

import json
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.data.splits import hash_folds
from mpcl_core.runs.manifest import ComponentRecord, Manifest, StudyManifest
from mpcl_core.runs.manifest_diff import ManifestError, find_changed_folds, find_differences, refuse_differences
from support.hand_made_runs import manifest, study

STUDY = study("mean", "main", data_hash="d" * 64, split_hash="s" * 64)


def component(owner: str, sha256: str) -> dict[str, ComponentRecord]:
    return {"head linear": ComponentRecord(owner=owner, sha256=sha256)}


THEN = manifest(STUDY, name="r", seeds=(0, 1)).model_copy(
    update={"components": component("mpcl_plugins.heads", "c" * 64)}
)


def changed(**values: Any) -> Manifest:
    return THEN.model_copy(update=values)


def other_study(**values: Any) -> list[StudyManifest]:
    return [STUDY.model_copy(update=values)]


def test_manifest_equals_itself_whatever_its_notes() -> None:
    assert find_differences(THEN, THEN) == []
    assert find_differences(THEN, changed(name="other", studies=other_study(notes=["new"], grade="x"))) == []
    refuse_differences(THEN, THEN)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"recipe_hash": "1" * 64}, "the resolved recipe: 000000000000 then, 111111111111 now"),
        ({"seeds": [0]}, "the seeds: [0, 1] then, [0] now"),
        ({"device": "cuda"}, "the device: cpu then, cuda now"),
        ({"python": "3.12.0"}, "Python: 3.11.7 then, 3.12.0 now"),
        ({"platform": "Darwin arm64"}, "the platform: Linux x86_64 then, Darwin arm64 now"),
        ({"hardware": "fast"}, "the hardware: chip then, fast now"),
        ({"threads": 4}, "the threads of numerical libraries (OMP_NUM_THREADS): 1 then, 4 now"),
        ({"imported_code": {"helper": "a" * 64}}, "the code of the library helper: absent then, aaaaaaaaaaaa now"),
        ({"framework_hash": "e" * 64}, "the code of the engine: ffffffffffff then, eeeeeeeeeeee now"),
        ({"packages": {"torch": "2.2", "numpy": "2.0"}}, "torch: 2.1 then, 2.2 now"),
        ({"packages": {"torch": "2.1"}}, "numpy: 2.0 then, absent now"),
        ({"components": component("mine", "c" * 64)}, "the owner of head linear: mpcl_plugins.heads then, mine now"),
        (
            {"components": component("mpcl_plugins.heads", "b" * 64)},
            "the code of head linear: cccccccccccc then, bbbbbbbbbbbb now",
        ),
        (
            {"start_models": {"main": "b" * 64}},
            "the model that training starts from of main: absent then, bbbbbbbbbbbb now",
        ),
        ({"studies": other_study(data_hash="x")}, "the data of mean, main: dddddddddddd then, x now"),
        ({"studies": other_study(split_hash="y")}, "the folds of mean, main: ssssssssssss then, y now"),
    ],
)
def test_each_difference_is_one_line(values: dict[str, Any], line: str) -> None:
    assert [str(found) for found in find_differences(THEN, changed(**values))] == [line]


def test_refusal_lists_every_difference() -> None:
    with pytest.raises(ManifestError) as error:
        refuse_differences(THEN, changed(python="3.12.0", seeds=[2]))
    assert error.value.exit_code == 1
    assert [found.kind for found in error.value.differences] == ["seeds", "python"]
    first, *lines = str(error.value).splitlines()
    assert first == "What decides the numbers differs from what the run began with:"
    assert lines == ["the seeds: [0, 1] then, [2] now", "Python: 3.11.7 then, 3.12.0 now"]


def test_edited_splits_file_differs_from_the_manifest(tmp_path: Path) -> None:
    folds: dict[str, Any] = {"numbered_by": "window", "folds": [{"label": "a", "rows": {"s": {"t": {"0-3": "test"}}}}]}
    remaining = {"studies": [{"variants": ["main"], "split_hash": "as stated", **folds}]}
    (tmp_path / "splits.json").write_text(json.dumps(remaining))
    stated = manifest(study("main", split_hash=hash_folds(folds)))
    assert find_changed_folds(tmp_path, stated) == []
    remaining["studies"][0]["folds"][0]["rows"]["s"]["t"] = {"0-4": "test"}
    (tmp_path / "splits.json").write_text(json.dumps(remaining))
    (found,) = find_changed_folds(tmp_path, stated)
    assert (found.kind, found.variants) == ("folds", ("main",))
    assert str(found).startswith("splits.json, the folds of main: ")
