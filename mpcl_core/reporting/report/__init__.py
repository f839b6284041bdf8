"""``report.html``: a run for a reader, in one file that needs no network, no script and no other file.

The order is that of a sceptic's questions: what came out, what that may claim, what it cost, what it was made of.
jinja2 is imported when a report is written, not before. The same run gives the same report.
"""

import logging
from pathlib import Path

from mpcl_core.runs.layout import REPORT

log = logging.getLogger("mpcl.report")


def write(run: Path) -> Path | None:
    """Write ``run/report.html`` from what the run folder holds.

    A report that fails is said in one line: a page never costs a run its numbers.

    Args:
        run: the run folder; its lock, recipe and summary are needed, all else is shown where it is there.

    Returns:
        The file; None where it could not be made.
    """
    from mpcl_core.reporting.report.page import page

    try:
        text = page(run)
    except Exception as error:
        log.warning("No report: %s: %s", type(error).__name__, str(error).partition("\n")[0])
        return None
    (run / REPORT).write_text(text, encoding="utf-8")
    return run / REPORT
