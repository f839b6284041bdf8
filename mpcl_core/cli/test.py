"""``mpcl test``."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from mpcl_core.interfaces.errors import Fault, Place, PluginError, RecipeError, UsageError
from mpcl_core.recipe.blocks import Blocks
from mpcl_core.recipe.merge import Layers, option
from mpcl_core.recipe.node import Node
from mpcl_core.spec.block import Block
from mpcl_core.testing.contract import Check, ContractError, checks
from mpcl_core.testing.sample_data import GROUPS, MODALITIES, N_TOKENS, STREAMS, D, K
from mpcl_registry.catalog import Catalog, Entry
from mpcl_registry.discover import discover

SUPPLIED = {
    "modality": MODALITIES[0],
    "modalities": MODALITIES,
    "n_tokens": N_TOKENS,
    "streams": STREAMS,
    "n_outputs": K,
    "dim": D,
    "valence": GROUPS,
}
"""What the engine supplies, made up, for components inside of components."""


def run(arguments: argparse.Namespace) -> int:
    """Run the contract checks of a plugin file's components, or of the components of a name."""
    what: str = arguments.what
    file = Path(what) if what.endswith(".py") or Path(what).is_file() else None
    catalog = discover([*arguments.plugins, *filter(None, [file])]).catalog
    results = [
        {**about, "seen": seen}
        for entry in (_of_name(what, catalog) if file is None else _of_file(file, catalog))
        for about, seen in _tried(entry, _parameters(entry, catalog, arguments.sets), arguments.k)
    ]
    if not results:
        raise UsageError(f"no check has '{arguments.k}' in its name. Without -k they are all run and named.")
    if arguments.json:
        sys.stdout.write(json.dumps(results, indent=1) + "\n")
    else:
        _print(results)
    return 1 if any(result["seen"] for result in results) else 0


def _of_file(file: Path, catalog: Catalog) -> list[Entry]:
    owner = str(file.resolve())
    if reason := catalog.not_loaded.get(owner):
        raise PluginError(f"{owner} did not load: {reason}", owner)
    if found := [entry for entry in catalog.entries() if entry.owner == owner]:
        return found
    raise UsageError(f"{file} brings no component: its mpcl_components() returns none")


def _of_name(name: str, catalog: Catalog) -> list[Entry]:
    if found := [entry for entry in catalog.entries() if entry.cls.name == name]:
        return found
    raise UsageError(f"no component named '{name}', and no such file. {_not_loaded(catalog)}".rstrip())


def _not_loaded(catalog: Catalog) -> str:
    return " ".join(f"Not loaded: {owner} ({reason})." for owner, reason in catalog.not_loaded.items())


def _parameters(entry: Entry, catalog: Catalog, sets: Sequence[str]) -> dict[str, Any]:
    """The options as a recipe would give them to the component: checked, and nested components built.

    Raises:
        RecipeError: with all that is wrong with them.
    """
    faults: list[Fault] = []
    place = Place("--set", 1, 1)
    layers = Layers(Node({"use": Node(entry.cls.name, place)}, place))
    for number, text in enumerate(sets, 1):
        if (patch := option(text, number, faults)) is not None:
            layers.add(patch)
    faults += layers.faults
    node = replace(layers.base, place=place)
    block = Blocks(catalog, faults, {}).block(node, entry.cls.name, entry.cls.slot)
    if faults:
        raise RecipeError(faults)
    given = {name: block.parameters[name] for name in node.mapping if name != "use"}
    return {name: value.build(**SUPPLIED) if isinstance(value, Block) else value for name, value in given.items()}


def _tried(entry: Entry, parameters: dict[str, Any], text: str) -> Iterator[tuple[dict[str, str], str]]:
    """What is known of each check, and what it saw where it fails."""
    for check in checks(entry.cls, **parameters):
        if text in str(check):
            about = {"slot": entry.cls.slot, "component": entry.cls.name, "file": entry.file}
            yield {**about, "check": check.name, "what": check.what}, _seen(check)


def _seen(check: Check) -> str:
    try:
        check()
    except ContractError as error:
        return str(error).removeprefix(f"{check}: ")
    return ""


def _print(results: Sequence[dict[str, str]]) -> None:
    console = Console(highlight=False, markup=False)
    known = ""
    for result in results:
        if (title := f"{result['slot']} '{result['component']}' ({result['file']})") != known:
            console.print(title, soft_wrap=True)
            known = title
        console.print(f"  {'FAILS' if result['seen'] else 'keeps'}  {result['check']}", soft_wrap=True)
        if result["seen"]:
            console.print(f"         It demands: {result['what']}", soft_wrap=True)
            console.print(f"         It saw: {result['seen']}", soft_wrap=True)
    failed = sum(bool(result["seen"]) for result in results)
    console.print(f"{len(results) - failed} of {len(results)} checks are kept.", soft_wrap=True)
