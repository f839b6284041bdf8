"""Write the JSON Schema of recipes with the components that are installed."""

from collections.abc import Sequence
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.json_schema import recipe_schema
from mpcl_core.toolkit.printable import json_text
from mpcl_registry.discover import discover


def schema_text(plugins: Sequence[Path] = ()) -> str:
    """Return the schema as JSON.

    Args:
        plugins: plugin files whose components it knows too.

    Returns:
        The text, with a newline at its end.
    """
    components = [entry.cls for entry in discover(plugins).catalog.entries()]
    return json_text(recipe_schema(components)) + "\n"


def write_schema(path: Path, plugins: Sequence[Path] = ()) -> None:
    """Write the schema to a file; only a schema is overwritten.

    Args:
        path: the file.
        plugins: plugin files whose components it knows too.

    Raises:
        UsageError: the file exists and is no schema, or cannot be written.
    """
    text = schema_text(plugins)
    if path.is_file() and '"$schema"' not in path.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(f"{path} exists and is no schema; name another file")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
