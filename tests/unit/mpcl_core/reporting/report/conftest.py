"""Share a run folder between the tests of the sections of a report."""

from pathlib import Path

import pytest

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import write_report
from support.report_pages import make_full_run


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of two grades with its report, without figures."""
    run = tmp_path_factory.mktemp("run")
    make_full_run(run)
    assert write_report(Run(run)) == run / "report.html"
    return run
