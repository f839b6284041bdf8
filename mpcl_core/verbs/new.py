"""``mpcl new``."""

import argparse
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.values import NAME_PATTERN


def run(arguments: argparse.Namespace) -> int:
    """Write the beginnings of a data set: a manifest and a recipe, in the current folder."""
    name: str = arguments.name
    if not NAME_PATTERN.match(name):
        raise UsageError(f"'{name}' is no name: letters, digits, '.', '-' and '_', starting with a letter or digit")
    manifest, recipe = Path(f"{name}.csv"), Path(f"{name}.yaml")
    for path in (manifest, recipe):
        if path.exists():
            raise UsageError(f"{path} exists, and nothing is overwritten. Choose another name, or move it away.")
    from mpcl_core.scaffold.dataset import dataset
    from mpcl_registry.discover import discover

    catalog = discover().catalog
    source: Any = catalog.find("source", "folder")
    if source is None:
        raise UsageError(catalog.unknown("source", "folder"))
    made = dataset(name, arguments.folder, arguments.ratings, dict(arguments.sfreq), source.suffixes, source.channels)
    _write(manifest, made.manifest)
    _write(recipe, made.recipe)
    from rich.console import Console

    left = f" Left out, since the name states no subject: {made.left_out}." if made.left_out else ""
    console = Console(highlight=False)
    console.print(f"{manifest}: {made.recordings} recordings with {', '.join(made.modalities)}.{left}", soft_wrap=True)
    console.print(f"Fill in {', '.join(arguments.ratings)}, then: python -m mpcl_core check {recipe}", soft_wrap=True)
    return 0


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
