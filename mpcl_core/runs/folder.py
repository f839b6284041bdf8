"""The folder of a run: ``<name>.partial`` while jobs are run, and in its place, whole, when they have been.

It holds all that a job needs beside its rows, and so all that is needed to finish a run that was stopped.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs import layout
from mpcl_core.runs.atomic_files import write_whole
from mpcl_core.runs.layout import JOBS, MANIFEST, PLUGINS, RECIPE
from mpcl_core.runs.manifest import Manifest, read_manifest


class RunFolder:
    """Where a run is kept.

    Args:
        folder: the place it will have, or has.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.partial = layout.partial(folder)

    @classmethod
    def found(cls, path: Path) -> "RunFolder":
        """The folder of a run that has begun; ``path`` names it with or without ``.partial``.

        Raises:
            UsageError: there is no such run.
        """
        path = path if path.name not in ("", "..") else path.resolve()
        found = cls(layout.final(path))
        if not found.recipe.is_file():
            raise UsageError(f"{path} is not a run folder: it has no {RECIPE}")
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
            if (self.partial / RECIPE).is_file():
                with self.held():
                    pass  # nobody is at it
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

    def reopen(self) -> None:
        """Have jobs run in it again."""
        if not self.partial.exists():
            self.folder.rename(self.partial)

    @property
    def now(self) -> Path:
        """Where it is."""
        return self.partial if self.partial.is_dir() else self.folder

    @property
    def recipe(self) -> Path:
        """The resolved recipe."""
        return self.now.resolve() / RECIPE

    def manifest(self) -> Manifest | None:
        """Read the run manifest.

        Returns:
            The manifest; None where the run was stopped before it was written, which is before the first job.

        Raises:
            UsageError: the manifest is damaged, or is missing although jobs were run.
        """
        if (self.now / MANIFEST).is_file():
            return read_manifest(self.now)
        if (self.now / JOBS).exists():
            raise UsageError(f"{self.now} has no {MANIFEST}, so what its jobs were run with is unknown")
        return None

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


def check_run_folder(path: Path) -> None:
    """Raise an error where a folder is not that of a run.

    Args:
        path: the folder.

    Raises:
        UsageError: it is not the folder of a run, or its manifest is damaged.
    """
    if not path.is_dir():
        raise UsageError(f"{path} is not a run folder: there is no such folder")
    for name in (MANIFEST, RECIPE):
        if not (path / name).is_file():
            raise UsageError(f"{path} is not a run folder: it has no {name}")
    read_manifest(path)


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
