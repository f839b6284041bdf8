"""Define the errors that a user can cause. Each is one clear message; any other exception is a bug."""

import errno
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


def is_interruption(error: BaseException) -> bool:
    """Return whether an exception interrupts a run and is no fault of the code that raised it.

    A `KeyboardInterrupt` is the user's only where Python turns Ctrl-C into one: in the main thread of a process that
    does not ignore the signal, which worker processes do. Elsewhere a plugin raised it.

    Args:
        error: any exception.

    Returns:
        True for the user's Ctrl-C, and for the end of a generator that is not needed any more.
    """
    if isinstance(error, KeyboardInterrupt):
        is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        return not is_ignored and threading.current_thread() is threading.main_thread()
    return isinstance(error, GeneratorExit)


def is_disk_full(error: BaseException) -> bool:
    """Return whether an error means that a disk is full or a file has reached its largest size.

    Args:
        error: any exception.

    Returns:
        True for ENOSPC, EDQUOT and EFBIG.
    """
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_access_refused(error: BaseException) -> bool:
    """Return whether an error means that a file may not be read or written.

    Args:
        error: any exception.

    Returns:
        True for EROFS, EACCES and EPERM.
    """
    return isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES, errno.EPERM)


def describe_error(error: BaseException) -> str:
    """Return an error in one line.

    Args:
        error: the error.

    Returns:
        Its class and the first line of its message.

    Example:
        >>> describe_error(ValueError("no windows")), describe_error(EOFError())
        ('ValueError: no windows', 'EOFError')
    """
    text = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class UserError(Exception):
    """Report a user's mistake; shown without a traceback.

    ``exit_code`` is the exit status of the command line.
    """

    exit_code = 1


@dataclass(frozen=True, order=True)
class Place:
    """Hold where something stands in a text.

    Args:
        file: the path of the text, or ``--set``; a mapping that was passed in place of a text has no lines.
        line: counted from 1; 0 where there are no lines.
        column: counted from 1.
        shipped: whether the text is a recipe that is installed with the framework; ``file`` is then its name plus
            ``.yaml``, and relative paths in it refer to the current folder.
    """

    file: str
    line: int
    column: int
    shipped: bool = False

    @property
    def folder(self) -> Path:
        """Return the folder to which relative paths in the text refer."""
        return Path() if self.shipped else Path(self.file).parent

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{text} (shipped recipe '{self.file.removesuffix('.yaml')}')" if self.shipped else text


@dataclass(frozen=True)
class Fault:
    """Hold one mistake in a recipe.

    Args:
        place: file, line and column.
        key: the dotted key; may be empty.
        message: what is wrong, and what to write instead.
    """

    place: Place
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.key}: {self.message}" if self.key else f"{self.place}: {self.message}"


class RecipeError(UserError):
    """Report a recipe that cannot be used.

    Args:
        faults: every mistake that one stage of the checks found; they are sorted by place.
    """

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.place, fault.key)))
        super().__init__("\n".join(map(str, self.faults)))


class UsageError(UserError):
    """Report an argument that a command cannot use: a wrong option, a folder that is no run."""

    exit_code = 2


class PluginError(UserError):
    """Report a plugin that cannot be used or does not keep the contract.

    The message names the plugin and its file.

    Args:
        message: what is wrong.
        owner: the plugin, as the registry names it; empty where it is not known.
    """

    exit_code = 2

    def __init__(self, message: str, owner: str = "") -> None:
        super().__init__(message)
        self.owner = owner


class DataError(UserError):
    """Report a data file or array that is not as expected.

    Args:
        message: what is wrong, and what was expected instead.
        path: the file, where there is one.
        field: the array, column or key in it.
        row: the row of that array, counted from 0.
        line: the line of that table, counted from 1 as editors do.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        path: Path | str | None = None,
        field: str = "",
        row: int | None = None,
        line: int | None = None,
    ) -> None:
        place = [str(path)] if path is not None else []
        if field:
            place.append(field)
        if row is not None:
            place.append(f"row {row}")
        if line is not None:
            place.append(f"line {line}")
        super().__init__(f"{', '.join(place)}: {message}" if place else message)
        self.message, self.path, self.field, self.row, self.line = message, path, field, row, line

    def __reduce__(self) -> tuple[type["DataError"], tuple[str, Path | str | None, str, int | None, int | None]]:
        return type(self), (self.message, self.path, self.field, self.row, self.line)
