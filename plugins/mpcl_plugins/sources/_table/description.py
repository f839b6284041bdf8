"""Describe what the columns of a feature table seem to hold, to write a recipe for it."""

from dataclasses import dataclass
from typing import Literal

from mpcl_plugins.sources._table.columns import USUAL, find_usual
from mpcl_plugins.sources._table.table_file import TableFile
from mpcl_plugins.sources.formats.number_lines import is_text
from mpcl_plugins.sources.formats.time_columns import has_time_name, rises_evenly

Kind = Literal["number", "text", "times", "constant", "empty"]


@dataclass(frozen=True)
class TableColumn:
    """Hold a column.

    Args:
        name: its name.
        role: what it names by its usual name: ``subject``, ``trial`` …; '' for other columns.
        kind: what it seems to hold; ``times`` are also counters that rise evenly.
        cells: its cells as text; '' where one is missing.
    """

    name: str
    role: str
    kind: Kind
    cells: tuple[str, ...]


def describe_columns(file: TableFile) -> list[TableColumn]:
    """Describe the columns of a table.

    Args:
        file: the table.

    Returns:
        A description of each.

    Raises:
        DataError: the file is damaged.
    """
    roles = {find_usual(name, file.names): name for name in USUAL}
    cells = file.text(file.names)
    return [
        TableColumn(name, roles.get(name, ""), _kind(name, found), tuple(found))
        for name, found in zip(file.names, cells, strict=True)
    ]


def _kind(name: str, cells: list[str]) -> Kind:
    stated = [cell.replace(",", ".") for cell in cells if cell]
    if not stated:
        return "empty"
    if any(map(is_text, stated)):
        return "text"
    if len(set(stated)) == 1:
        return "constant"
    return "times" if has_time_name(name) or rises_evenly(stated) else "number"
