"""The folder of a run: ``<name>.partial`` while jobs are run, and in its place, whole, when they have been.

It holds all that a job needs beside its rows, and so all that is needed to finish a run that was stopped.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mpcl_core.engine.whole import write_whole
from mpcl_core.interfaces.errors import UsageError

RECIPE, LOCK, SPLITS, PLUGINS = "recipe.yaml", "lock.json", "splits.json", "plugins"


class RunFolder:
    """Where a run is kept.

    Args:
        folder: the place it will have, or has.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.partial = folder.with_name(folder.name + ".partial")

    @classmethod
    def stopped(cls, path: Path) -> "RunFolder":
        """The folder of a run that is to be finished; ``path`` names it with or without ``.partial``.

        Raises:
            UsageError: there is no such run, or its folder was never written to the end.
        """
        found = cls(path.with_name(path.name.removesuffix(".partial")))
        there = [folder for folder in (found.partial, found.folder) if (folder / RECIPE).is_file()]
        if not there:
            raise UsageError(f"{path} is no run folder: it has no {RECIPE}")
        if there[0] == found.folder:
            found.folder.rename(found.partial)
        return found

    def make(self, recipe: str, plugins: Sequence[Path]) -> None:
        """Begin a run: its recipe, and a copy of each plugin file.

        Raises:
            UsageError: the folder exists, is left of a run that was stopped, or cannot be made.
        """
        if self.folder.exists():
            raise UsageError(f"{self.folder} exists; a run needs a folder of its own")
        try:
            self.partial.mkdir(parents=True)
        except FileExistsError:
            raise UsageError(
                f"{self.partial} is left of a run that was stopped. Finish it with 'mpcl run --resume {self.folder}', "
                f"remove it, or name another --out."
            ) from None
        except OSError as error:
            raise UsageError(f"{self.partial} cannot be made: {error.strerror}") from None
        for path, name in zip(plugins, named(plugins), strict=True):
            (self.partial / name).parent.mkdir(exist_ok=True)
            write_whole(self.partial / name, path.read_bytes())
        write_whole(self.partial / RECIPE, recipe.encode())

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.partial.resolve() / RECIPE

    def lock(self) -> dict[str, Any] | None:
        """What the run wrote down about itself before its first job; None where it did not come so far."""
        path = self.partial / LOCK
        return dict(json.loads(path.read_text())) if path.is_file() else None

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a JSON file, at once."""
        write_whole(self.partial / name, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())

    @contextmanager
    def held(self) -> Iterator[None]:
        """Inside, nobody else can run its jobs.

        Raises:
            UsageError: somebody does.
        """
        with (self.partial / RECIPE).open("rb") as file:
            try:
                _hold(file.fileno())
            except BlockingIOError:
                raise UsageError(f"{self.partial} is being run by another process") from None
            yield

    def finish(self) -> None:
        """Put it in its place."""
        self.partial.rename(self.folder)


def named(plugins: Sequence[Path]) -> list[str]:
    """How a run folder names its copies of plugin files; a name that stands twice is numbered."""
    names = [path.name for path in plugins]
    return [f"{PLUGINS}/{name if names.index(name) == i else f'{i}-{name}'}" for i, name in enumerate(names)]


def _hold(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
