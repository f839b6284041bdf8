"""``report.html``: a run for a reader, in one file that needs no network, no script and no other file.

The order is that of a sceptic's questions: what came out, what that may claim, what it cost, what it was made of.
jinja2 is imported when a report is written, not before. The same run gives the same report.
"""

import logging
from pathlib import Path

from mpcl_core.evaluation.run import Run

log = logging.getLogger("mpcl.report")


def write(run: Run) -> Path | None:
    """Write the report of a run, ``report.html``, into its folder.

    A report that fails is said in one line: a page never costs a run its numbers.

    Args:
        run: the run.

    Returns:
        The file; None where it could not be made.
    """
    from mpcl_core.reporting.report.page import page

    try:
        text = page(run)
    except Exception as error:
        log.warning("No report: %s: %s", type(error).__name__, str(error).partition("\n")[0])
        return None
    run.report.write_text(text, encoding="utf-8")
    return run.report
