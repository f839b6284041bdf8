"""Attribute errors to the component that raised them: its name, its file and line, and the call.

This costs nothing while no error occurs: the frames of the traceback show which component was running. Outputs of wrong
shape are rejected where they are returned, before another component fails on them.
"""

import inspect
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.errors import PluginError, UserError, is_interruption

log = logging.getLogger("mpcl.components")


@contextmanager
def naming_component_errors() -> Iterator[None]:
    """Turn an error that a component raises inside into a `PluginError` that names the component.

    The traceback goes to the job's log. A `UserError`, and an error from outside any component, pass unchanged.

    Raises:
        PluginError: naming the component, its file, the line and the call.
    """
    try:
        yield
    except UserError:
        raise
    except BaseException as error:
        if is_interruption(error):
            raise
        if (message := component_error_line(error)) is None:
            raise
        if logging.getLogger("mpcl").handlers:
            log.error("%s", traceback.format_exc())  # noqa: TRY400
        raise PluginError(message) from error


def error_line(error: BaseException) -> str:
    """Describe an error in one line of text that any encoding can hold.

    Args:
        error: any error.

    Returns:
        Its message, with the component that raised it where there is one; characters that UTF-8 lacks are escaped.
    """
    if isinstance(error, UserError):
        text = str(error)
    else:
        text = component_error_line(error) or f"{type(error).__name__}: {error}"
    return text.encode(errors="backslashreplace").decode()


def component_error_line(error: BaseException) -> str | None:
    """Name the innermost component in an error's traceback.

    Args:
        error: an error with its traceback.

    Returns:
        One line with the component, the innermost line in its file, the call and the error; None where no component was
        running.
    """
    innermost: tuple[Component, FrameType, int] | None = None
    step = error.__traceback__
    while step is not None:
        owner = step.tb_frame.f_locals.get("self")
        if isinstance(owner, Component):
            innermost = owner, step.tb_frame, step.tb_lineno
        elif innermost is not None and step.tb_frame.f_code.co_filename == innermost[1].f_code.co_filename:
            innermost = *innermost[:2], step.tb_lineno  # a function beside the component, which it calls
        step = step.tb_next
    if innermost is None:
        return None
    component, frame, line = innermost
    code = frame.f_code
    hint = ". It writes into an array that it was given; let it copy the array first" if _is_write(error) else ""
    return (
        f"{component.slot} '{component.name}' ({code.co_filename}:{line}) failed in {code.co_name}(): "
        f"{type(error).__name__}: {error}{hint}"
    )


def _is_write(error: BaseException) -> bool:
    return isinstance(error, ValueError) and "read-only" in str(error)


def require_shape(component: Component, what: str, output: Any, shape: tuple[Any, ...]) -> Any:
    """Check the shape of a component's output.

    Args:
        component: the component that returned it.
        what: the name of the output in the message.
        output: what it returned.
        shape: the shape that it must have.

    Returns:
        The output.

    Raises:
        PluginError: it has another shape, or is no tensor.
    """
    actual = getattr(output, "shape", None)
    if actual != shape:
        found = type(output).__name__ if actual is None else tuple(actual)
        raise PluginError(f"{describe_component(component)} returned {what} {found}, not {shape}")
    return output


def describe_component(component: Component) -> str:
    """Return a component's slot, name and file: ``encoder 'moments' (/home/me/moments.py)``.

    Args:
        component: any component.

    Returns:
        The description, for messages.
    """
    return describe_class(type(component))


def describe_class(cls: type[Component]) -> str:
    """Return the slot, name and file of a component's class: ``encoder 'moments' (/home/me/moments.py)``.

    Args:
        cls: the class of any component.

    Returns:
        The description, for messages.
    """
    return f"{cls.slot} '{cls.name}' ({inspect.getfile(cls)})"
