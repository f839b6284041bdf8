"""The costs in a report are medians over jobs."""

import json
import shutil
from pathlib import Path

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import write_report
from support.report_pages import page


def test_cohort_size_is_reported(full: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(full, tmp_path / "run"))
    assert "ohort size" not in page(run).sections["costs"]
    for number, folder in enumerate(sorted((run / "jobs" / "net").glob("*/*"))):
        (folder / "cost.json").write_text(json.dumps({"seconds": 1.0, "cohort": 4 if number else 3}))
    write_report(Run(run))
    found = page(run)
    head, mean, net = found.tables["Cost, grade subject-independent (net)"]
    assert [row[-1] for row in (head, mean, net)] == ["cohort size", "–", "3 – 4"]
    assert "its share of the cohort's time" in found.sections["costs"]


def test_costs_are_medians_over_jobs(full: Path) -> None:
    table = page(full).tables["Cost, grade subject-independent (net)"]
    assert dict(zip(table[0], table[2], strict=True)) == {
        "variant": "net",
        "jobs": "4",
        "seconds per job": "5",
        "of which training": "3",
        "epochs": "2",
        "peak memory, MiB": "500",
        "parameters and buffers": "10 – 30",
    }
    assert table[1] == ["mean", "2", "1", "–", "–", "–", "–"]
