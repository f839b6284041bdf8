"""Call the functions that observe a job."""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence

from mpcl_core.interfaces.data import Job
from mpcl_core.interfaces.errors import is_interruption

log = logging.getLogger("mpcl.job")


class JobObservers:
    """Call the observers of one job.

    Args:
        job: the job.
        by_hook: hook name -> the functions that it calls.
    """

    def __init__(self, job: Job, by_hook: Mapping[str, Sequence[Callable[..., None]]]) -> None:
        self._job, self._by_hook = job, by_hook

    def call(self, hook: str, **arguments: object) -> None:
        """Call every observer of a hook; one that fails is logged and affects neither the job nor the others.

        Args:
            hook: the name of the hook.
            **arguments: its arguments beside the job.
        """
        for observer in self._by_hook.get(hook, ()):
            try:
                observer(job=self._job, **arguments)
            except BaseException as error:
                if is_interruption(error):
                    raise
                log.warning("an observer of %s failed:\n%s", hook, traceback.format_exc())
