"""Provide the recipes that are installed with the framework, known by name.

The name of a shipped recipe is its path in this folder without ``.yaml``: ``mpcl``, ``comparison/dmer``. Wherever a
recipe is named (on the command line, in ``extends``, in the API), a file of that name comes first, and a path that ends
in ``.yaml`` is always a path. Relative paths that a shipped recipe states refer to the current folder.
"""

from difflib import get_close_matches
from pathlib import Path

from mpcl_core.interfaces.errors import Place
from mpcl_core.interfaces.suggestions import suggest_any

FOLDER = Path(__file__).resolve().parent
SUFFIXES = (".yaml", ".yml")


def names() -> list[str]:
    """Return the names of all shipped recipes, sorted, those in subfolders last.

    Returns:
        Names such as ``mpcl`` and ``comparison/dmer``.

    Example:
        >>> "mpcl" in names()
        True
    """
    found = (path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.yaml"))
    return sorted(found, key=lambda name: ("/" in name, name))


def description(name: str) -> str:
    """Return what a shipped recipe is for: the first comment line of its file.

    Args:
        name: the name of a shipped recipe.

    Returns:
        One sentence.
    """
    with (FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        return file.readline().removeprefix("#").strip()


def is_recipe(stated: str | Path) -> bool:
    """Return whether a text names a recipe: a YAML file, any other file, or a shipped recipe.

    Args:
        stated: what a user has named.

    Returns:
        False for folders, for plugin files, and for names that no recipe has.
    """
    path = Path(stated)
    if path.suffix in SUFFIXES:
        return True
    return not path.is_dir() and path.suffix != ".py" and (path.is_file() or path.as_posix() in names())


def located(stated: str | Path, folder: Path = Path()) -> Path | None:
    """Return the file of a recipe that is stated as a path or as the name of a shipped recipe.

    Args:
        stated: a path, or a name.
        folder: the folder to which a relative path refers.

    Returns:
        The path, which may not exist where it ends in ``.yaml``; None for a name that no recipe has,
        and for an address.
    """
    path = folder / stated
    if "://" in str(stated):
        return None
    if path.suffix in SUFFIXES or (path.exists() and not path.is_dir()):
        return path
    if Path(stated).as_posix() in names():
        return FOLDER / f"{Path(stated).as_posix()}.yaml"
    return path if path.is_dir() else None


def unknown(stated: str | Path) -> str:
    """Return the message for a name that neither a file nor a shipped recipe has.

    Args:
        stated: the name.

    Returns:
        What is wrong, with the names that are close to it.
    """
    if "://" in str(stated):
        return "a recipe is a file, not an address: download it, and look at it before you run it."
    known = names()
    text = Path(stated).as_posix()
    files = [path.as_posix() for suffix in SUFFIXES for path in Path(stated).parent.glob(f"*{suffix}")]
    near = [*get_close_matches(text, known, n=3), *(name for name in known if name.rpartition("/")[2] == text)]
    near += get_close_matches(text, files, n=1)
    missing = f"there is no file '{text}', and no shipped recipe of that name."
    return f"{missing}{suggest_any(near)} 'mpcl list recipes' shows them all."


def place_in(path: Path, line: int, column: int) -> Place:
    """Return a place in the text of a recipe.

    Args:
        path: the file.
        line: counted from 1.
        column: counted from 1.

    Returns:
        A place that names a shipped recipe by its name, and any other file as ``path`` does.
    """
    if path.is_relative_to(FOLDER):
        return Place(path.relative_to(FOLDER).as_posix(), line, column, shipped=True)
    return Place(str(path), line, column)
