"""The log of a job."""

import logging
import warnings
from pathlib import Path

from mpcl_core.jobs.job_log import logging_to


def test_records_and_each_warning_once_go_to_the_log(tmp_path: Path) -> None:
    seen: set[str] = set()
    for _ in range(2):
        with logging_to(tmp_path, seen):
            logging.getLogger("mpcl.job").error("broken")
            warnings.warn("careful", UserWarning, stacklevel=1)
    text = (tmp_path / "job.log").read_text()
    assert (text.count("broken"), text.count("careful")) == (2, 1)
