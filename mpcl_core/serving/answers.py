"""Answer requests with JSON: predictions as a table, and errors as one message."""

from typing import Any

from starlette.responses import JSONResponse

from mpcl_core.toolkit.printable import printable

LONGEST = 500
"""Characters of the longest message."""


def answer_error(status: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return the answer to a request that cannot be fulfilled.

    Args:
        status: the status.
        message: what is wrong.
        headers: further headers.

    Returns:
        ``{"error": message}``.
    """
    short = message if len(message) <= LONGEST else f"{message[:LONGEST]} …"
    return JSONResponse({"error": printable(short)}, status, headers)


def answer_table(table: dict[str, list[Any]], labels: tuple[str, ...], n: int) -> JSONResponse:
    """Return the answer with the predictions of n windows.

    Args:
        table: column -> values.
        labels: the emotions.
        n: the number of windows.

    Returns:
        ``{"labels": …, "windows": n, "columns": …}``; numbers that are not finite are null.
    """
    columns = {name: [_plain(value) for value in values] for name, values in table.items()}
    return JSONResponse({"labels": list(labels), "windows": n, "columns": columns})


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and value - value != 0 else value
