"""Print the messages of a running command on standard error."""

import argparse
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from mpcl_core.toolkit.printable import printable

if TYPE_CHECKING:
    from mpcl_core.app.plugins.consent import PluginConsent
    from mpcl_core.jobs.progress import ProgressDisplay
    from mpcl_core.model.model import Model


WIDTH = 200
"""Characters of a line that is not written to a terminal."""


class SafeConsole(Console):
    """Print text as it is: nothing is taken for markup, and control characters are escaped.

    Where the output is no terminal, lines may be `WIDTH` characters long, so that tables in files and pipes are whole.

    Args:
        stderr: print on standard error.
        soft_wrap: do not wrap long lines.
    """

    def __init__(self, stderr: bool = False, soft_wrap: bool = False) -> None:
        super().__init__(stderr=stderr, soft_wrap=soft_wrap, markup=False, highlight=False, emoji=False)
        if not self.is_terminal and "COLUMNS" not in os.environ:
            self.width = WIDTH

    def render_str(self, text: str, **options: Any) -> Text:
        """Turn a line, a title or a cell into the text that is printed.

        Args:
            text: the line, title or cell.
            options: those of rich.

        Returns:
            The text with control characters as escapes.
        """
        return super().render_str(printable(text), **options)


def message_printer(console: SafeConsole | None = None) -> Callable[[str], None]:
    """Return a function that prints one message per call.

    Args:
        console: where to print; standard error where None.

    Returns:
        The function. Long messages are not wrapped.
    """
    console = console or SafeConsole(stderr=True)
    return partial(console.print, soft_wrap=True)


def plugin_consent(arguments: argparse.Namespace) -> "PluginConsent":
    """Return which plugin files may be imported, by ``--trust`` and ``--no-plugins``.

    Args:
        arguments: the options of a verb that has one of them, or both.

    Returns:
        The consent, which announces each file on standard error.
    """
    from mpcl_core.app.plugins.consent import PluginConsent

    is_refused, is_trusted = getattr(arguments, "no_plugins", False), getattr(arguments, "trust", False)
    return PluginConsent(not is_refused, is_trusted, message_printer())


def open_model(arguments: argparse.Namespace) -> "Model":
    """Load the model that a verb uses, with the plugin files that ``--plugin`` and ``--trust`` allow.

    Args:
        arguments: the options of the verb.

    Returns:
        The model.

    Raises:
        UsageError: the folder is no model.
        PluginError: it needs plugin files that may not be imported.
    """
    from mpcl_core.app.model_folders.loading import load_model

    return load_model(arguments.model, arguments.plugins, plugin_consent(arguments))


def terminal_display() -> "ProgressDisplay":
    """Return a display of progress: a live table where standard error is a terminal, and lines.

    Returns:
        The display.
    """
    from mpcl_core.jobs.progress import ProgressDisplay

    console = SafeConsole(stderr=True)
    return ProgressDisplay(message_printer(console), console)
