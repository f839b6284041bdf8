"""Make, reopen and finish a run folder: ``<name>.partial`` while jobs are run, ``<name>`` once all have been run.

The folder holds everything that a job needs beside its windows, and so everything needed to finish a stopped run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.suggestions import describe_missing
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.layout import JOBS, MANIFEST, PLUGINS, RECIPE
from mpcl_core.runs.locks import RunLocks
from mpcl_core.runs.manifest import Manifest, read_manifest
from mpcl_core.runs.manifest_diff import ABSENT, refuse_other_files
from mpcl_core.runs.shard import Shard


class RunFolder:
    """Manage the folder of a run while it is run.

    Args:
        folder: the path that the run has once all its jobs have been run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.partial = layout.partial(folder)
        self.locks = RunLocks(folder)

    @classmethod
    def of_begun_run(cls, path: Path) -> "RunFolder":
        """Return the folder of a run that has begun.

        Args:
            path: the folder, with or without ``.partial``.

        Returns:
            The folder.

        Raises:
            UsageError: there is no such run.
        """
        path = path if path.name not in ("", "..") else path.resolve()
        found = cls(layout.final(path))
        if not found.recipe.is_file():
            raise UsageError(f"{path} is not a run folder: it has no {RECIPE}")
        return found

    def make(self, recipe: str, plugins: Sequence[Path]) -> None:
        """Begin a run: write its recipe and a copy of each plugin file.

        Args:
            recipe: the resolved recipe.
            plugins: the plugin files.

        Raises:
            UsageError: the folder exists, was left by a run that was stopped, or cannot be made.
        """
        if self.folder.exists():
            raise UsageError(f"{self.folder} exists; a run needs a folder of its own")
        if self.partial.exists():
            raise UsageError(
                f"{self.partial} was left by a run that was stopped. Finish it with 'mpcl run --resume {self.folder}', "
                f"remove it, or name another --out."
            )
        self._write(recipe, plugins)

    def make_or_join(self, recipe: str, plugins: Sequence[Path]) -> None:
        """Begin a run, or join one that was begun with the same recipe and plugin files.

        Of several processes that call this at the same moment, one begins the run and the others join it.

        Args:
            recipe: the resolved recipe.
            plugins: the plugin files.

        Raises:
            UsageError: the folder holds something else, or cannot be made.
            ManifestError: the run was begun with another recipe or other plugin files.
        """
        with self.locks.gate():
            if not (self.current / RECIPE).is_file():
                if self.folder.exists():
                    raise UsageError(f"{self.folder} exists and is not a run folder: it has no {RECIPE}")
                self._write(recipe, plugins)
                return
        there = {"the resolved recipe": _hash(self.recipe.read_bytes())}
        here = {"the resolved recipe": _hash(recipe.encode())}
        for path, name in zip(plugins, plugin_copies(plugins), strict=True):
            copy = self.current / name
            there[name] = _hash(copy.read_bytes()) if copy.is_file() else ABSENT
            here[name] = _hash(path.read_bytes())
        refuse_other_files(there, here)

    def _write(self, recipe: str, plugins: Sequence[Path]) -> None:
        try:
            self.partial.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{self.partial} cannot be made: {error.strerror}") from None
        for path, name in zip(plugins, plugin_copies(plugins), strict=True):
            (self.partial / name).parent.mkdir(exist_ok=True)
            write_atomically(self.partial / name, path.read_bytes())
        write_atomically(self.partial / RECIPE, recipe.encode())

    def reopen(self) -> None:
        """Rename a finished folder to its name while jobs are run."""
        if not self.partial.exists():
            self.folder.rename(self.partial)

    @property
    def current(self) -> Path:
        """Return the path that the folder has now."""
        return self.partial if self.partial.is_dir() else self.folder

    @property
    def recipe(self) -> Path:
        """Return the path of the resolved recipe."""
        return self.current.resolve() / RECIPE

    def manifest(self) -> Manifest | None:
        """Read the run manifest.

        Returns:
            The manifest; None where the run was stopped before it was written, which is before the first job.

        Raises:
            UsageError: the manifest is damaged, or is missing although jobs were run.
        """
        if (self.current / MANIFEST).is_file():
            return read_manifest(self.current)
        if (self.current / JOBS).exists():
            raise UsageError(f"{self.current} has no {MANIFEST}, so what its jobs were run with is unknown")
        return None

    @contextmanager
    def claimed(self, shard: Shard) -> Iterator[None]:
        """Keep other processes from running the jobs of a shard inside the context.

        Args:
            shard: the shard.

        Yields:
            Nothing.

        Raises:
            UsageError: another process runs them, or nothing can be written beside the folder.
        """
        try:
            self.locks.claim(shard)
        except OSError as error:
            raise UsageError(f"{self.partial} cannot be made: {error.strerror}") from None
        try:
            yield
        finally:
            self.locks.release()

    def finish(self) -> None:
        """Rename the folder to its final name."""
        self.partial.rename(self.folder)


def check_run_folder(path: Path) -> None:
    """Raise an error where a folder is not that of a run.

    Args:
        path: the folder.

    Raises:
        UsageError: it is not the folder of a run, or its manifest is damaged.
    """
    if not path.is_dir():
        raise UsageError(f"{path} is not a run folder" if path.exists() else describe_missing(path, "run folder"))
    for name in (MANIFEST, RECIPE):
        if not (path / name).is_file():
            raise UsageError(f"{path} is not a run folder: it has no {name}")
    read_manifest(path)


def plugin_copies(plugins: Sequence[Path]) -> list[str]:
    """Return the names that copies of plugin files have in a run folder.

    Args:
        plugins: the plugin files.

    Returns:
        Paths relative to the run folder; a name that occurs twice is numbered.
    """
    names = [path.name for path in plugins]
    return [f"{PLUGINS}/{name if names.index(name) == i else f'{i}-{name}'}" for i, name in enumerate(names)]


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
