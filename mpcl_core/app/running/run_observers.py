"""Call the observers of a run, none of which may affect it."""

import logging
from collections.abc import Callable, Mapping, Sequence

from mpcl_core.interfaces.component_errors import error_line
from mpcl_core.interfaces.errors import is_interruption

log = logging.getLogger("mpcl.run")


def call_observers(observers: Mapping[str, Sequence[Callable[..., None]]], hook: str, **arguments: object) -> None:
    """Call every observer of a hook; one that fails is logged and affects neither the run nor the others.

    Args:
        observers: hook -> its functions.
        hook: the name of the hook.
        arguments: the hook's arguments.
    """
    for observer in observers.get(hook, ()):
        try:
            observer(**arguments)
        except BaseException as error:
            if is_interruption(error):
                raise
            log.warning("an observer of %s failed: %s", hook, error_line(error))
