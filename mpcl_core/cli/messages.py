"""Print the messages of a running command on standard error."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from mpcl_core.jobs.progress import ProgressDisplay


def message_printer(console: Console | None = None) -> Callable[[str], None]:
    """Return a function that prints one message per call.

    Args:
        console: where to print; standard error where None.

    Returns:
        The function. Long messages are not wrapped, and nothing in them is taken for markup.
    """
    console = console or Console(stderr=True)
    return partial(console.print, highlight=False, markup=False, soft_wrap=True)


def terminal_display() -> "ProgressDisplay":
    """Return a display of progress: a live table where standard error is a terminal, and lines.

    Returns:
        The display.
    """
    from mpcl_core.jobs.progress import ProgressDisplay

    console = Console(stderr=True)
    return ProgressDisplay(message_printer(console), console)
