"""Load a stored state into a component or a network; one that does not fit is refused with one message."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpcl_core.interfaces.components import FittedComponent
from mpcl_core.interfaces.errors import DataError, UserError, is_interruption
from mpcl_core.toolkit.state_file import decode_state


def load_fitted_state(component: FittedComponent, content: bytes, file: Path, prefix: str = "") -> None:
    """Load the fitted state of a transform or an estimator from the content of a file.

    Args:
        component: an instance with the parameters of the one that was stored.
        content: the content of the file.
        file: the file, for errors.
        prefix: what the names of its values in the file begin with.

    Raises:
        DataError: the content is damaged, or lacks a value that the component needs, or holds another one.
    """
    with naming_damaged_file(f"{component.slot} '{component.name}'", file):
        state = decode_state(content)
        own = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
        component.load_state_dict(own)


@contextmanager
def naming_damaged_file(what: str, file: Path) -> Iterator[None]:
    """Turn every error inside into a `DataError` that names a file and what it should hold.

    Args:
        what: whose state the file holds.
        file: the file.

    Raises:
        DataError: in the place of any other error, whose message it repeats.
    """
    try:
        yield
    except BaseException as error:
        if is_interruption(error) or isinstance(error, MemoryError):
            raise
        raise DataError(f"does not hold the state of {what}: {_reason(error)}", file) from error


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    if isinstance(error, UserError):
        return str(error)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[1] if len(lines) > 1 else lines[0] if lines else type(error).__name__
