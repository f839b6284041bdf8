"""Read the lines of a table from any row on, without reading the lines before it again; name lines in errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOBase
from itertools import islice
from pathlib import Path

from mpcl_core.plugin import DataError, LongLineError, bounded_lines
from mpcl_plugins.sources.formats.number_lines import without_trailing_blanks
from mpcl_plugins.sources.formats.table_dialect import TableDialect

_MARKED = 1024  # rows from one known place of the file to the next


@contextmanager
def naming_lines(line_of: Callable[[int], int]) -> Iterator[None]:
    """Yield, and name the line of the file in errors that name a row.

    Args:
        line_of: row, counted from 0 -> its line, counted from 1; called after an error only.

    Raises:
        DataError: that of the block.
    """
    try:
        yield
    except DataError as error:
        if error.row is None:
            raise
        raise DataError(error.message, error.path, error.field, line=line_of(error.row)) from error


class TableLines:
    """Read the lines of a table. Places of rows that were passed are remembered.

    Args:
        path: the table.
        dialect: how it is written.
        is_row: whether a line under the header is a row of samples; others are skipped. None for all lines.
    """

    def __init__(self, path: Path, dialect: TableDialect, is_row: Callable[[str], bool] | None = None) -> None:
        self.path, self._dialect, self._is_row = path, dialect, is_row
        self._marks: dict[int, int] = {}

    @contextmanager
    def following(self, first: int = 0) -> Iterator[Iterator[str]]:
        """Yield the lines under the header, from a row on.

        Args:
            first: the row.

        Yields:
            The lines, without the empty ones at the end of the table.

        Raises:
            DataError: they are no text in the encoding of the table, or one of them is too long.
        """
        try:
            with self.path.open(encoding=self._dialect.encoding) as file:
                row = max((known for known in self._marks if known <= first), default=0)
                if row:
                    file.seek(self._marks[row])
                else:
                    for _ in islice(bounded_lines(file), self._dialect.n_above):
                        pass  # next() would make tell() impossible
                yield islice(without_trailing_blanks(self._marked(file, row)), first - row, None)
        except UnicodeDecodeError as error:
            message = (
                f"not text in {error.encoding} at byte {error.start} of a block ({error.reason}); save it as UTF-8"
            )
            raise DataError(message, self.path) from error
        except LongLineError as error:
            raise DataError(str(error), self.path) from error

    def line_of(self, row: int) -> int:
        """Return the line of the file at which a row stands.

        Args:
            row: counted from 0.

        Returns:
            The line, counted from 1.
        """
        first = self._dialect.n_above + 1
        if self._is_row is None:
            return first + row
        with self.path.open(encoding=self._dialect.encoding) as file:
            numbered = islice(enumerate(bounded_lines(file), 1), first - 1, None)
            return next(islice((number for number, line in numbered if self._is_row(line)), row, None))

    def _marked(self, file: TextIOBase, row: int) -> Iterator[str]:
        """Yield lines, and note where some of them begin, so that later stretches need not be searched.

        Args:
            file: the open file, before a row.
            row: the number of that row.

        Yields:
            The lines from that row on.
        """
        lines = bounded_lines(file) if self._is_row is None else filter(self._is_row, bounded_lines(file))
        while True:
            count = _MARKED - row % _MARKED
            block = list(islice(lines, count))
            yield from block
            row += count
            if len(block) < count:
                return
            if row not in self._marks:
                self._marks[row] = file.tell()
