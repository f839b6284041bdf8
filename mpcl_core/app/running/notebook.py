"""Show the progress of a run in a notebook as one HTML bar, without cursor codes."""

import sys
from collections.abc import Callable
from html import escape
from typing import Any


def notebook_progress() -> Callable[[int, int, int], None] | None:
    """Return a function that draws a progress bar below the current notebook cell.

    Returns:
        The function, which takes the number of jobs that have ended, of all jobs, and of failed jobs; None outside of a
        notebook.
    """
    if "ipykernel" not in sys.modules:
        return None
    from IPython.display import HTML, display  # type: ignore[import-not-found,unused-ignore]

    handle: Any = display(HTML(""), display_id=True)

    def on_progress(done: int, total: int, failed: int) -> None:
        handle.update(HTML(bar_html(done, total, failed)))

    return on_progress


def bar_html(done: int, total: int, failed: int) -> str:
    """Return a progress bar as HTML.

    Args:
        done: how many jobs have ended.
        total: how many jobs there are.
        failed: how many of those that have ended failed.

    Returns:
        One element.
    """
    text = f"{done} of {total} jobs" + (f", {failed} failed" if failed else "")
    return f'<div><progress value="{done}" max="{max(total, 1)}"></progress> {escape(text)}</div>'
