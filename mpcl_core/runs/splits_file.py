"""Read ``splits.json``: the folds of a run by the names of their windows, as `mpcl_core.data.splits` writes them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from mpcl_core.runs.layout import SPLITS
from mpcl_core.runs.manifest import FolderName
from mpcl_core.toolkit.bounded_json import read_json_object

LARGEST = 2**28
"""Bytes of the largest file of folds; it grows with the product of folds and trials."""

MOST_WINDOWS = 2**24
"""Windows of the largest fold."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FoldWindows(_Record):
    """Hold the windows of a fold.

    Args:
        label: the fold's label.
        rows: subject -> trial -> window numbers, such as ``0-8`` -> side.
    """

    label: FolderName
    rows: dict[str, dict[str, dict[str, str]]]

    def tested(self) -> Iterator[tuple[str, str, int]]:
        """Yield the test windows.

        Yields:
            Subject, trial and number.

        Raises:
            ValueError: a range of numbers is none, or there are too many windows.
        """
        n_windows = 0
        for subject, trials in self.rows.items():
            for trial, sides in trials.items():
                for numbers, side in sides.items():
                    if "test" in side.split("+"):
                        first, _, last = numbers.partition("-")
                        inside = range(int(first), int(last or first) + 1)
                        n_windows += len(inside)
                        if n_windows > MOST_WINDOWS:
                            raise ValueError(f"fold {self.label} names more than {MOST_WINDOWS} windows")
                        yield from ((subject, trial, number) for number in inside)


class StudyFolds(_Record):
    """Hold the folds of a study.

    Args:
        variants: the variants that have these folds.
        split_hash: SHA-256 of the folds.
        numbered_by: the column that numbers the windows.
        folds: the folds.
    """

    variants: list[FolderName]
    split_hash: str
    numbered_by: Literal["window", "row"]
    folds: list[FoldWindows]


class SplitsFile(_Record):
    """Hold the folds of a run, study by study."""

    studies: list[StudyFolds]


def read_splits(run: Path) -> SplitsFile:
    """Read the folds of a run.

    Args:
        run: the run folder.

    Returns:
        The folds.

    Raises:
        OSError: the file is missing or cannot be read.
        ValueError: the file is damaged.
    """
    try:
        return SplitsFile.model_validate(read_json_object(run / SPLITS, LARGEST))
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
