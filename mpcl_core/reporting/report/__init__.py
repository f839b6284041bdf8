"""Write the report of a run: one HTML file that needs no network and no other file.

Its sections answer first what the results are and what they may claim, then what the run cost and which data, recipe
and versions it used. jinja2 is imported when a report is written, not before. The same run gives the same report.
"""

import logging
from pathlib import Path

from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import describe_error

log = logging.getLogger("mpcl.report")


def write_report(run: Run) -> Path | None:
    """Write the report of a run, ``report.html``, into its folder.

    If the report fails, log one line: a report must not make a run fail.

    Args:
        run: the run.

    Returns:
        The file; None if the report failed.
    """
    from mpcl_core.reporting.report.page import build_page

    try:
        text = build_page(run)
    except Exception as error:
        log.warning("No report: %s", describe_error(error))
        return None
    run.report.write_text(text, encoding="utf-8")
    return run.report
