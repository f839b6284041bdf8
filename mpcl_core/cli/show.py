"""``mpcl show``."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from mpcl_core.installed.description import described
from mpcl_core.interfaces.errors import Place, UsageError
from mpcl_core.recipe.load import load
from mpcl_core.recipe.node import origins
from mpcl_core.recipes import is_recipe
from mpcl_registry.catalog import Catalog
from mpcl_registry.discover import discover

Values = Mapping[str, tuple[Any, Place]]


def run(arguments: argparse.Namespace) -> int:
    """Show a component, a recipe, or the difference of two recipes."""
    what: Sequence[str] = arguments.what
    if len(what) > 2:
        raise UsageError("show takes a component's name, a recipe, or two recipes")
    if len(what) == 2:
        answer = _difference(*(_values(name, arguments.sets) for name in what))
    elif is_recipe(what[0]):
        answer = [
            {"key": key, "value": value, "from": _from(place)}
            for key, (value, place) in _values(what[0], arguments.sets).items()
        ]
    else:
        return _components(what[0], discover(arguments.plugins).catalog, arguments.json)
    if arguments.json:
        sys.stdout.write(json.dumps(answer, indent=1) + "\n")
    else:
        _print(answer)
    return 0


def _values(stated: str, sets: Sequence[str]) -> Values:
    """Dotted key -> value and place; a variant's own values only where they differ from the first variant's."""
    recipe = load(stated, sets)
    first, *others = recipe.variants.values()
    values: dict[str, tuple[Any, Place]] = dict(origins(first.node))
    values["seeds"] = (list(recipe.seeds), first.node.place)
    for variant in others:
        changes = _difference(origins(first.node), origins(variant.node))
        for change in changes:
            key, place = f"variants.{variant.name}.{change['key']}", origins(variant.node).get(change["key"])
            values[key] = place or ("(removed)", first.node.place)
        if not changes:
            values[f"variants.{variant.name}"] = (f"(as {first.name})", first.node.place)
    return values


def _difference(first: Values, second: Values) -> list[dict[str, Any]]:
    """The keys whose values differ; null where a recipe lacks the key."""
    keys = dict.fromkeys([*first, *second])
    rows = [{"key": key, "first": first.get(key, (None,))[0], "second": second.get(key, (None,))[0]} for key in keys]
    return [row for row in rows if row["first"] != row["second"]]


def _from(place: Place) -> str:
    file = Path(place.file)
    if file.name == "defaults.yaml":
        return "default"
    if place.shipped:
        return str(place)
    here = os.path.relpath(file) if file.is_absolute() else place.file
    return f"{min(here, place.file, key=len)}:{place.line}:{place.column}"


def _print(rows: Sequence[Mapping[str, Any]]) -> None:
    console = Console()
    if not rows:
        console.print("They do not differ.")
        return
    table = Table(box=None)
    for heading in rows[0]:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(text if isinstance(text, str) else json.dumps(text) for text in row.values()))
    console.print(table)


def _components(name: str, catalog: Catalog, as_json: bool) -> int:
    found = [entry for entry in catalog.entries() if entry.cls.name == name]
    if not found:
        names = sorted({entry.cls.name for entry in catalog.entries()})
        raise UsageError(f"no component named '{name}', and no such file. Components: {', '.join(names)}.")
    if as_json:
        sys.stdout.write(json.dumps([described(entry).as_json() for entry in found], indent=1) + "\n")
        return 0
    console = Console(highlight=False, markup=False)
    for entry in found:
        about = described(entry)
        console.print(f"{about.name} ({about.slot}) from {about.owner}\n{about.file}\n", soft_wrap=True)
        console.print(f"{about.equation}\n\n{about.details}\n", soft_wrap=True)
        table = Table("parameter", "type", "default", box=None)
        for parameter in about.parameters:
            table.add_row(parameter.name, parameter.type, parameter.default)
        console.print(table if about.parameters else "It takes no parameters.")
    return 0
