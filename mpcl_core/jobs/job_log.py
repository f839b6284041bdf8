"""Send log records and warnings to the log of a job."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpcl_core.runs.layout import JOB_LOG

log = logging.getLogger("mpcl.job")


@contextmanager
def logging_to(job: Path, seen: set[str]) -> Iterator[None]:
    """Send log records and warnings to the job's log only; the file is made with the first record.

    Args:
        job: the job's folder.
        seen: the warnings that the log holds already; those inside are added.
    """
    handler = _StrictFileHandler(job / JOB_LOG, mode="a", encoding="utf-8", delay=True, errors="backslashreplace")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("mpcl")
    logger.addHandler(handler)
    propagate = logger.propagate
    logger.propagate = False
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            yield
        for warning in caught:
            text = f"{warning.category.__name__}: {warning.message}"
            if text not in seen:
                seen.add(text)
                log.warning("%s", text)
    finally:
        logger.propagate = propagate
        logger.removeHandler(handler)
        handler.close()


class _StrictFileHandler(logging.FileHandler):
    """Raise errors of writing, which the standard handler prints."""

    def handleError(self, record: logging.LogRecord) -> None:
        raise
