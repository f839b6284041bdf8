"""What trackers send of a finished run."""

import json
from pathlib import Path

from mpcl_core.runs import layout
from mpcl_plugins.trackers._finished_run import MANIFEST, grades, run_files


def test_files_of_a_run_and_its_first_own_model_are_listed(tmp_path: Path) -> None:
    variants = {"mean": {"is_baseline": True}, "main": {"is_baseline": False}}
    model = layout.job_folder(tmp_path, "main", 0, "s01") / layout.MODEL
    files = {
        tmp_path / layout.MANIFEST: "",
        tmp_path / layout.FIGURES / "people.svg": "figures",
        model / "model.json": "model",
        model / "plugins" / "own.py": "model/plugins",
    }
    for file in [*files, tmp_path / ".hidden", layout.job_folder(tmp_path, "mean", 0, "s01") / "model" / "model.json"]:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"variants": variants}))
    assert run_files(tmp_path) == files
    assert MANIFEST == layout.MANIFEST


def test_grades_are_listed_once() -> None:
    assert grades([{"grade": "leaky"}, {"grade": "leaky"}, {"grade": "subject-independent"}]) == (
        "leaky, subject-independent"
    )
