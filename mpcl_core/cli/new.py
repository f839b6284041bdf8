"""``mpcl new``."""

import argparse
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.parameter_types import NAME_PATTERN
from mpcl_core.scaffold.files import check_absent, write_all


def run(arguments: argparse.Namespace) -> int:
    """Write the beginnings of a plugin or of a data set into the current folder."""
    return _plugin(arguments) if arguments.kind == "plugin" else _dataset(arguments)


def _plugin(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from mpcl_core.scaffold.plugin import PATCHES, plugin
    from mpcl_registry.discover import discover

    name, slot = arguments.name, arguments.slot
    if slot not in PATCHES:
        raise UsageError(f"no slot named '{slot}'. The slots: {', '.join(PATCHES)}.")
    folder = Path(name) if arguments.package else Path()
    check_absent([folder] if arguments.package else [Path(f"{name}.py")])
    files = plugin(name, slot, arguments.package)
    if name in (catalog := discover().catalog).names(slot):
        owner = next(entry.owner for entry in catalog.entries(slot) if entry.cls.name == name)
        raise UsageError(f"there is the {slot} '{name}' of {owner} already. Choose another name.")
    write_all({folder / path: text for path, text in files.items()}, folder if arguments.package else None)
    say = Console(highlight=False, markup=False, soft_wrap=True).print
    say(f"Written: {', '.join(str(folder / path) for path in files)}. Next:")
    say(f"  mpcl test {folder / name}.py      the contract of its slot")
    say(f"  python -m pytest {folder / f'test_{name}.py'}      the same, and its recipe")
    say(f"  mpcl run {folder / name}.yaml      what it gives")
    if arguments.package:
        say(f"  python -m pip install ./{name}      then it is found without being named")
    return 0


def _dataset(arguments: argparse.Namespace) -> int:
    name: str = arguments.name
    if not NAME_PATTERN.match(name):
        raise UsageError(f"'{name}' is no name: letters, digits, '.', '-' and '_', starting with a letter or digit")
    from rich.console import Console

    from mpcl_core.scaffold.dataset import dataset
    from mpcl_registry.discover import discover

    manifest, recipe = Path(f"{name}.csv"), Path(f"{name}.yaml")
    check_absent([manifest, recipe])
    catalog = discover().catalog
    source: Any = catalog.find("source", "folder")
    if source is None:
        raise UsageError(catalog.unknown("source", "folder"))
    made = dataset(name, arguments.folder, arguments.ratings, dict(arguments.sfreq), source.suffixes, source.channels)
    write_all({manifest: made.manifest, recipe: made.recipe})
    left = f" Left out, since the name states no subject: {made.left_out}." if made.left_out else ""
    console = Console(highlight=False, markup=False)
    console.print(f"{manifest}: {made.recordings} recordings with {', '.join(made.modalities)}.{left}", soft_wrap=True)
    some = ", ".join(made.subjects[:5]) + (" …" if len(made.subjects) > 5 else "")
    line = f"Subjects, by the names of files: {len(made.subjects)} ({some}). Where that is wrong, correct {manifest}."
    console.print(line, soft_wrap=True)
    console.print(f"Fill in {', '.join(arguments.ratings)}, then: mpcl check {recipe}", soft_wrap=True)
    return 0
