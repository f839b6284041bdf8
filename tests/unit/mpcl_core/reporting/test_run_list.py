"""The page of a folder of runs."""

import re
from datetime import UTC, datetime
from pathlib import Path

from mpcl_core.evaluation.overview import RunOverview
from mpcl_core.reporting.run_list import HEADINGS, describe_run, write_run_list

DATE = datetime(2026, 11, 28, 12, 30, tzinfo=UTC)


def test_page_links_reports_and_shows_nothing_as_markup(tmp_path: Path) -> None:
    done = tmp_path / "runs" / "a b"
    done.mkdir(parents=True)
    (done / "report.html").touch()
    runs = [
        RunOverview(done, "<b>name", DATE, "leaky", "main", 0.05, 0.04, 0.06, 0.07, 8, 4, 4, 2**20, is_complete=True),
        RunOverview(tmp_path / "runs" / "c.partial", "c", DATE, fault="c/lock.json is <i>damaged"),
    ]
    write_run_list(runs, tmp_path / "runs", tmp_path / "index.html")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<a href="([^"]+)">([^<]+)</a>', page) == [("runs/a%20b/report.html", "a b")]
    assert "&lt;b&gt;name" in page
    assert "is &lt;i&gt;damaged" in page
    assert "<b>" not in page
    cells = dict(zip(HEADINGS, describe_run(runs[0], tmp_path), strict=True))
    assert cells["KL ↓"] == "0.0500 [0.0400, 0.0600]"
    assert (cells["run"], cells["date (UTC)"], cells["jobs"], cells["MiB"]) == (
        "runs/a b",
        "2026-11-28 12:30",
        "4 of 4",
        "1.0",
    )
    assert describe_run(runs[1], tmp_path)[3] == "unreadable"
