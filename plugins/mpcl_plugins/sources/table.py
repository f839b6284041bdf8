"""A feature table of one's own: a row for each window or trial, with features and ratings in its columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import Field

from mpcl_core.plugin import (
    AtFloor,
    DataError,
    MissingScore,
    Modality,
    Name,
    NonNegative,
    Positive,
    RatedDistributions,
    RatingRule,
    Ratings,
    Source,
    Valence,
    WindowSet,
)
from mpcl_plugins.sources._folder.declared import usual_unit
from mpcl_plugins.sources._table.columns import Columns, find_columns
from mpcl_plugins.sources._table.content import TableContent, read_content
from mpcl_plugins.sources._table.description import TableColumn, describe_columns
from mpcl_plugins.sources._table.notes import constant_note, missing_note, rating_note, repetition_note
from mpcl_plugins.sources._table.opening import KINDS, open_table
from mpcl_plugins.sources._table.table_file import TableFile


class Table(Source):
    """Read one window a row of a feature table.

    A row needs a person, the features, and a score for each emotion. What names it is found by the usual names of
    columns, in any case: ``subject`` (or ``participant``, ``person``, ``user``, also with ``_id``), and where they are
    known ``session``, ``trial``, ``condition``, ``stimulus``, ``start`` and ``stop`` (seconds, or ISO text). Other
    names are stated: ``subject: code``. Rows of one trial are its windows, in their order; a trial is named by session
    and trial. Without a column of trials, each row stands for itself.

    An empty cell, ``n/a`` or ``nan`` is a missing value: the modality is absent in that row, and nothing is imputed
    (`notes` counts the rows, and names columns that never vary). So group features that are missing together. A
    modality has a row for each feature, (F, 1).

    Files are .csv and .tsv (also with other delimiters, decimal commas, comments above the header, a row of units
    under it, Latin-1 or UTF-16) and .parquet (extra ``parquet``).

    Args:
        path: the table.
        modalities: name -> the columns of its features, in which ``*`` stands for any text: ``heart: [hr_*, rmssd]``.
        labels: the columns with the scores.
        subject, session, trial, condition, stimulus, start, stop: the column, where its name is not a usual one.
        valence: ``positive`` and ``negative`` labels, where they are known.
        floor: the lowest score of the scale.
        ceiling: the highest score of the scale, where it is known; a score above it is an error.
        ratings: how scores become a distribution: ``share`` (over their sum), ``above_floor`` (the same with the
            floor taken from each), ``softmax``.
        at_floor: a row whose scores leave nothing to divide is ``uniform``, or ``drop`` leaves it out.
        missing: a row with a missing score is left out (``drop``), or the score is the ``floor`` or the ``mean`` of
            the row's others. A row without any score is always left out.

    Raises:
        ValueError: ``valence`` names anything but labels.
        DataError: the file is missing or damaged, a column does not exist or has two meanings, a cell is not a number,
            a row names nobody or appears twice, or no row has the scores that it needs.
    """

    name = "table"
    suffixes: ClassVar[tuple[str, ...]] = tuple(KINDS)
    """Of the files that it reads."""

    def __init__(
        self,
        *,
        path: Path,
        modalities: Annotated[dict[Name, Annotated[tuple[str, ...], Field(min_length=1)]], Field(min_length=1)],
        labels: Annotated[tuple[str, ...], Field(min_length=2)],
        subject: str = "",
        session: str = "",
        trial: str = "",
        condition: str = "",
        stimulus: str = "",
        start: str = "",
        stop: str = "",
        valence: Valence | None = None,
        floor: NonNegative = 0.0,
        ceiling: Positive | None = None,
        ratings: RatingRule = "share",
        at_floor: AtFloor = "uniform",
        missing: MissingScore = "drop",
    ) -> None:
        self.path, self._declared, self._labels, self._valence = path, modalities, labels, valence
        self._stated = {"subject": subject, "session": session, "trial": trial, "condition": condition}
        self._stated |= {"stimulus": stimulus, "start": start, "stop": stop}
        self._ceiling = np.inf if ceiling is None else ceiling
        self._ratings = Ratings(ratings, at_floor, missing, floor)
        self._is_rated = True
        try:
            _ = valence and valence.indices(labels)
        except DataError as error:
            raise ValueError(str(error)) from None

    @classmethod
    def unrated(cls, **parameters: Any) -> Self:
        """Return a source whose table needs no ratings: all rows have the uniform distribution.

        Args:
            parameters: those of the source.

        Returns:
            The source.
        """
        source = cls(**parameters)
        source._is_rated = False
        return source

    @staticmethod
    def column_names(file: Path) -> tuple[str, ...]:
        """Return the names of the columns of a table.

        Args:
            file: the table.

        Returns:
            The names in their order.

        Raises:
            DataError: the file is missing, of no known kind, or damaged.
        """
        return open_table(file).names

    @staticmethod
    def columns(file: Path) -> list[TableColumn]:
        """Describe the columns of a table.

        Args:
            file: the table.

        Returns:
            What each column seems to hold, and its cells.

        Raises:
            DataError: the file is missing, of no known kind, or damaged.
        """
        return describe_columns(open_table(file))

    @property
    def modalities(self) -> tuple[Modality, ...]:
        file = open_table(self.path)
        units = {column: usual_unit(unit) for column, unit in file.units.items()}
        return tuple(
            Modality(name, len(columns), 1, ch_names=columns, unit=_common([units.get(each, "") for each in columns]))
            for name, columns in self._columns(file).features.items()
        )

    @property
    def labels(self) -> tuple[str, ...]:
        return self._labels

    @property
    def valence(self) -> Valence | None:
        return self._valence

    @property
    def notes(self) -> tuple[str, ...]:
        file = open_table(self.path)
        rows, columns = self._rows(file), self._columns(file).features
        rated = self._rated(rows)
        if not len(rated.rows):
            return (rated.note,)
        used = {name: values[rated.rows] for name, values in rows.features.items()}
        found = [repetition_note(rows), missing_note(used, columns), constant_note(used, columns)]
        if self._is_rated:
            found = [rated.note, rating_note(rows), self._ratings.floor_hint(rows.scores[rated.rows]), *found]
        return tuple(filter(None, found))

    def load(self) -> WindowSet:
        rows = self._rows(open_table(self.path))
        rated = self._rated(rows)
        if not len(rated.rows):
            raise DataError(f"no row has the scores that it needs. {rated.note}", self.path)
        values = {name: of_modality[rated.rows].astype(np.float32) for name, of_modality in rows.features.items()}
        present = {name: ~np.isnan(of_modality).any(1) for name, of_modality in values.items()}
        windows = WindowSet(
            self.modalities,
            {name: np.where(present[name][:, None], values[name], np.float32(0))[:, :, None] for name in values},
            present,
            rated.D,
            self._labels,
            **{name: np.array(cells)[rated.rows] for name, cells in rows.names.items()},
            **{f"t_{name}": times[rated.rows] for name, times in rows.times.items()},
            valence=self._valence,
        )
        windows.window = windows.numbers_in_trial()
        return windows.validate(self.path)

    def _columns(self, file: TableFile) -> Columns:
        labels = self._labels if self._is_rated else ()
        return find_columns(file.names, self._stated, self._declared, labels, self.path)

    def _rows(self, file: TableFile) -> TableContent:
        labels = self._labels if self._is_rated else ()
        return read_content(file, self._columns(file), labels, (self._ratings.floor, self._ceiling))

    def _rated(self, rows: TableContent) -> RatedDistributions:
        scores = rows.scores if self._is_rated else np.ones((len(rows.scores), len(self._labels)))
        return self._ratings.distributions(scores)


def _common(units: Sequence[str]) -> str:
    """Return the unit that all columns have.

    Returns:
        The unit; '' where they differ.
    """
    return units[0] if len(set(units)) == 1 else ""
