"""Check the recipe block ``search``."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mpcl_core.interfaces.parameter_types import Count, NonNegative

Value = bool | int | float | str
"""A value that a search may try."""

Values = Mapping[str, Value]
"""Dotted key -> the value that a trial sets; empty for the recipe's own values."""


class SearchRange(BaseModel):
    """Describe an interval of numbers.

    Args:
        low, high: its ends, both included; with two integers every value is an integer.
        log: whether values are drawn evenly on a logarithmic scale.

    Raises:
        ValueError: the ends are in the wrong order, or a logarithmic interval begins at or below 0.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    low: int | float
    high: int | float
    log: bool = False

    @model_validator(mode="after")
    def _ends_are_ordered(self) -> "SearchRange":
        if self.low >= self.high:
            raise ValueError(f"low must be less than high, got {self.low} and {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"with log: true, low must be greater than 0, got {self.low}")
        return self

    @property
    def ends(self) -> tuple[int | float, int | float]:
        """Return the lowest and the highest value."""
        return self.low, self.high


class SearchSettings(BaseModel):
    """Describe how the settings of a variant are searched, anew in each fold and without its test windows.

    Args:
        space: dotted key -> the values to choose from: a list, or an interval of numbers.
        trials: how many settings are tried, beside the recipe's own.
        folds: on how many validation sides each is tried: the fold's own, and parts of its training windows, by
            whole people where the fold separates people.
        sampler: the class in ``optuna.samplers`` that proposes settings.
        pruner: the class in ``optuna.pruners`` that ends a trial after some of its sides.
        margin: by how many standard errors over held-out people a setting has to be better than the recipe's own to
            replace it; None: by any difference. Without two held-out people no setting can.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    space: Annotated[
        dict[str, SearchRange | Annotated[list[Value], Field(min_length=2)]], Field(min_length=1, max_length=50)
    ]
    trials: Annotated[Count, Field(le=10_000)]
    folds: Annotated[Count, Field(le=100)] = 3
    sampler: str = "TPESampler"
    pruner: str = "NopPruner"
    margin: NonNegative | None = None
