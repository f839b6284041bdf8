"""Whose fault it is: an error that a component raises names the component, its file and line, and the call.

Nothing is done while all is well; the frames of the error tell which component was at work. A wrong shape is found
where it comes from, and not in the component that stumbles over it.
"""

import inspect
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.errors import FAULTS, PluginError, UserError

log = logging.getLogger("mpcl.blame")


@contextmanager
def blamed() -> Iterator[None]:
    """Inside, components are at work; what one of them raises becomes an error that names it.

    The traceback is written to the job's log. What is the user's mistake, or raised outside any component, passes.

    Raises:
        PluginError: naming the component, its file, the call and the line.
    """
    try:
        yield
    except UserError:
        raise
    except FAULTS as error:
        if (message := accusation(error)) is None:
            raise
        if logging.getLogger("mpcl").handlers:
            log.error("%s", traceback.format_exc())  # noqa: TRY400
        raise PluginError(message) from error


def in_a_line(error: BaseException) -> str:
    """What went wrong, and with what, as text that can be written anywhere."""
    said = str(error) if isinstance(error, UserError) else accusation(error) or f"{type(error).__name__}: {error}"
    return said.encode(errors="backslashreplace").decode()


def accusation(error: BaseException) -> str | None:
    """Which component raised it, in a line; None where none did. The innermost component is named."""
    found: tuple[Component, FrameType, int] | None = None
    step = error.__traceback__
    while step is not None:
        owner = step.tb_frame.f_locals.get("self")
        if isinstance(owner, Component):
            found = owner, step.tb_frame, step.tb_lineno
        step = step.tb_next
    if found is None:
        return None
    component, frame, line = found
    code = frame.f_code
    return (
        f"{component.slot} '{component.name}' ({code.co_filename}:{line}) failed in {code.co_name}(): "
        f"{type(error).__name__}: {error}"
    )


def shaped(component: Component, what: str, answer: Any, wanted: tuple[int, ...]) -> Any:
    """What a component answers, which has the shape that it must have.

    Raises:
        PluginError: it has another, or is no tensor.
    """
    shape = getattr(answer, "shape", None)
    if shape != wanted:
        seen = type(answer).__name__ if shape is None else tuple(shape)
        raise PluginError(f"{named(component)} gave {what} {seen}, not {wanted}")
    return answer


def named(component: Component) -> str:
    """``encoder 'moments' (/home/me/moments.py)``."""
    return f"{component.slot} '{component.name}' ({inspect.getfile(type(component))})"
