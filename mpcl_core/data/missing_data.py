"""State what to pass where the files of a source do not exist."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpcl_core.interfaces.errors import DataError
from mpcl_core.interfaces.suggestions import describe_missing
from mpcl_core.spec.block import Block


@contextmanager
def naming_missing_data(source: Block) -> Iterator[None]:
    """Replace the error of a source whose files do not exist by one that states how to pass others.

    Args:
        source: the source of a recipe.

    Raises:
        DataError: the source raised one; in its place where a path does not exist.
    """
    try:
        yield
    except DataError:
        for name, path in source.parameters.items():
            if isinstance(path, Path) and not path.exists():
                kind = "FILE" if path.suffix else "FOLDER"
                raise DataError(
                    f"{source.place}: pass where the data of '{source.cls.name}' are with "
                    f"--set {source.key}.{name}={kind}; {describe_missing(path)}"
                ) from None
        raise
