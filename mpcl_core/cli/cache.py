"""List, clear and explain the cache of prepared windows: ``mpcl cache``."""

import argparse
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mpcl_core.cli.options import add_consent, add_json, add_recipe, amount, write_json

if TYPE_CHECKING:
    from mpcl_core.app.inspection.caching import VariantsInCache
    from mpcl_core.data.cache.location import CacheEntry

HELP = "list, clear and explain the prepared windows that are stored between runs"
GIGABYTE = 1e9
MAX_DIFFERENCES = 20
"""Differences that are printed; ``--json`` has all."""
HASH_LENGTH = 64

Answer = tuple[Any, Iterable[Any]]
"""The answer as JSON, and what is printed otherwise."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their options."""
    from mpcl_core.cli.main import add_parser

    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add_json(add_parser(actions, "ls", "list the entries, the last used first"))
    clear = add_parser(actions, "gc", "remove damaged and unfinished entries, and those that the options name")
    clear.add_argument("--days", type=amount, metavar="N", help="also remove entries that were not used for N days")
    clear.add_argument(
        "--size", type=amount, metavar="GB", help="also remove the longest unused entries until at most GB remain"
    )
    clear.add_argument("--all", action="store_true", help="remove all entries that no run is using")
    add_json(clear)
    why = add_parser(actions, "why", "print whether a recipe's windows are stored, and if not, what differs")
    add_recipe(why)
    add_consent(why)
    add_json(why)


def run(arguments: argparse.Namespace) -> int:
    """List the cache, clear it, or explain why a recipe's windows are stored or not.

    Returns:
        0.

    Raises:
        UsageError: this user has no cache folder, or the files of a recipe cannot be read.
    """
    from mpcl_core.data.cache.location import find_root
    from mpcl_core.interfaces.errors import UsageError

    try:
        root = find_root()
    except OSError as error:
        raise UsageError(str(error)) from None
    answer, lines = {"ls": _list, "gc": _clear, "why": _explain}[arguments.action](root, arguments)
    if arguments.json:
        write_json(answer)
        return 0
    from mpcl_core.cli.messages import SafeConsole

    console = SafeConsole()
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str))
    return 0


def _list(root: Path, _: argparse.Namespace) -> Answer:
    from mpcl_core.data.cache import location

    entries = location.list_entries(root)
    rows = [_as_row(entry) for entry in entries]
    total = f"{_entries(entries)} in {root}"
    formatted = [
        {**row, "key": _short(row["key"]), "size": _bytes(row["size"]), "made": row["made"][:16].replace("T", " ")}
        for row in rows
    ]
    return {"folder": str(root), "entries": rows}, [_table(formatted), total] if rows else [total]


def _as_row(entry: "CacheEntry") -> dict[str, Any]:
    about = entry.about or {"recipe": "(damaged)"}
    return {
        "key": entry.folder.name,
        "recipe": about.get("recipe", ""),
        "source": about.get("inputs", {}).get("source", {}).get("use", ""),
        "rows": about.get("windows", {}).get("rows", 0),
        "size": entry.size,
        "made": about.get("made", ""),
        "unused": _age(time.time() - entry.used),
    }


def _clear(root: Path, arguments: argparse.Namespace) -> Answer:
    from mpcl_core.data.cache import location

    size = None if arguments.size is None else arguments.size * GIGABYTE
    cleared = location.clear(root, arguments.days, size, arguments.all)
    answer = {
        "removed": [entry.folder.name for entry in cleared.removed],
        "left": [entry.folder.name for entry in cleared.in_use],
        "bytes": sum(entry.size for entry in cleared.removed),
    }
    lines = [f"Removed {_entries(cleared.removed)}."]
    lines += [f"Left {_short(entry.folder.name)}: it is in use, or you may not remove it." for entry in cleared.in_use]
    return answer, lines


def _explain(root: Path, arguments: argparse.Namespace) -> Answer:
    from mpcl_core.app.inspection.caching import explain_recipe
    from mpcl_core.cli.messages import plugin_consent

    entries = explain_recipe(arguments.recipe, root, arguments.sets, arguments.plugins, plugin_consent(arguments))
    return [each.as_json() for each in entries], [line for each in entries for line in _explanation(each)]


def _explanation(entries: "VariantsInCache") -> list[Any]:
    names, cache = ", ".join(entries.variants), entries.lookup
    if cache.key is None:
        return [f"{names}: never cached. The source names no files, or the code of a component is not known."]
    if cache.cached:
        return [f"{names}: cached ({_short(cache.key)})"]
    start = f"{names}: not cached ({_short(cache.key)})."
    if cache.nearest is None:
        return [f"{start} There is no entry of this source."]
    rows = [
        {"part": part, "here": _short(own), "there": _short(other)} for part, (own, other) in cache.differences.items()
    ]
    more = [f" … and {len(rows) - MAX_DIFFERENCES} more"] if len(rows) > MAX_DIFFERENCES else []
    nearest = _short(cache.nearest.folder.name)
    return [f"{start} The nearest entry, {nearest}, differs in", _table(rows[:MAX_DIFFERENCES]), *more]


def _short(value: object) -> str:
    """Return a value as text.

    Returns:
        The text; of a hash its first characters.
    """
    from mpcl_core.data.cache.location import SHORT_KEY_LENGTH

    text = value if isinstance(value, str) else json.dumps(value)
    return text[:SHORT_KEY_LENGTH] if len(text) == HASH_LENGTH else text


def _table(rows: Sequence[Mapping[str, object]]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in rows[0]:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row.values()))
    return table


def _entries(entries: "Sequence[CacheEntry]") -> str:
    number = "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
    return f"{number} of {_bytes(sum(entry.size for entry in entries))}"


def _bytes(size: int) -> str:
    from rich.filesize import decimal

    return decimal(size)


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
