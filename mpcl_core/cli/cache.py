"""``mpcl cache``."""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mpcl_core.data.cache import location
from mpcl_core.interfaces.errors import UsageError

if TYPE_CHECKING:
    from mpcl_core.spec.variant import VariantSpec

GIGABYTE = 1e9
LONGEST = 20
"""Differences that are printed; ``--json`` has all."""

Shown = tuple[Any, Iterable[Any]]
"""The answer as JSON, and what is printed otherwise."""


def run(arguments: argparse.Namespace) -> int:
    """Show what is in the cache, clear it, or say why a recipe's rows are in it or not."""
    try:
        root = location.find_root()
    except OSError as error:
        raise UsageError(str(error)) from None
    answer, lines = {"ls": _ls, "gc": _gc, "why": _why}[arguments.action](root, arguments)
    if arguments.json:
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
        return 0
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str))
    return 0


def _ls(root: Path, arguments: argparse.Namespace) -> Shown:
    found = location.list_entries(root)
    rows = [_described(entry) for entry in found]
    total = f"{_entries(found)} in {root}"
    shown = [
        {**row, "key": _short(row["key"]), "size": _bytes(row["size"]), "made": row["made"][:16].replace("T", " ")}
        for row in rows
    ]
    return {"folder": str(root), "entries": rows}, [_table(shown), total] if rows else [total]


def _described(entry: location.CacheEntry) -> dict[str, Any]:
    about = entry.about or {"recipe": "(damaged)"}
    return {
        "key": entry.folder.name,
        "recipe": about["recipe"],
        "source": about.get("inputs", {}).get("source", {}).get("use", ""),
        "rows": about.get("windows", {}).get("rows", 0),
        "size": entry.size,
        "made": about.get("made", ""),
        "unused": _age(time.time() - entry.used),
    }


def _gc(root: Path, arguments: argparse.Namespace) -> Shown:
    size = None if arguments.size is None else arguments.size * GIGABYTE
    cleared = location.clear(root, arguments.days, size, arguments.all)
    answer = {
        "removed": [entry.folder.name for entry in cleared.removed],
        "left": [entry.folder.name for entry in cleared.in_use],
        "bytes": sum(entry.size for entry in cleared.removed),
    }
    lines = [f"Removed {_entries(cleared.removed)}."]
    lines += [f"Left {_short(entry.folder.name)}: it is in use, or not yours to remove." for entry in cleared.in_use]
    return answer, lines


def _why(root: Path, arguments: argparse.Namespace) -> Shown:
    from mpcl_core.recipe.load import load

    recipe = load(arguments.recipe, arguments.sets)
    from mpcl_core import app

    specs = app.check(recipe, arguments.plugins).specs
    groups: dict[str, list[VariantSpec]] = {}
    for spec in specs.values():
        same = json.dumps([spec.recipe.get(key) for key in ("source", "prepare")], sort_keys=True, default=str)
        groups.setdefault(same, []).append(spec)
    answers = [_answer(group, root) for group in groups.values()]
    return answers, [line for answer in answers for line in _explained(answer)]


def _answer(group: "list[VariantSpec]", root: Path) -> dict[str, Any]:
    from mpcl_core.data.cache.explanation import explain

    try:
        found = explain(group[0].source, group[0].prepare, root)
    except OSError as error:
        raise UsageError(f"the files of '{group[0].name}' cannot be read: {error}") from None
    return {
        "variants": [spec.name for spec in group],
        "key": found.key,
        "cached": found.cached,
        "nearest": found.nearest.folder.name if found.nearest else None,
        "differences": [{"part": part, "here": a, "there": b} for part, (a, b) in found.differences.items()],
    }


def _explained(answer: Mapping[str, Any]) -> list[Any]:
    names = ", ".join(answer["variants"])
    if answer["key"] is None:
        return [f"{names}: never cached. The source names no files, or a component's code cannot be told."]
    if answer["cached"]:
        return [f"{names}: cached ({_short(answer['key'])})"]
    start = f"{names}: not cached ({_short(answer['key'])})."
    if answer["nearest"] is None:
        return [f"{start} There is no entry of this source."]
    rows = [{name: _short(value) for name, value in row.items()} for row in answer["differences"]]
    more = [f" … and {len(rows) - LONGEST} more"] if len(rows) > LONGEST else []
    return [f"{start} The nearest entry, {_short(answer['nearest'])}, differs in", _table(rows[:LONGEST]), *more]


def _short(value: object) -> str:
    """A part of a key; of a hash its beginning."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text[: location.SHORT_KEY_LENGTH] if len(text) == 64 else text


def _table(rows: Sequence[Mapping[str, object]]) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in rows[0]:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row.values()))
    return table


def _entries(found: Sequence[location.CacheEntry]) -> str:
    number = "1 entry" if len(found) == 1 else f"{len(found)} entries"
    return f"{number} of {_bytes(sum(entry.size for entry in found))}"


def _bytes(size: int) -> str:
    from rich.filesize import decimal

    return decimal(size)


def _age(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
