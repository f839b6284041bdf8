"""Check the recipe block ``pool``."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class PoolSettings(BaseModel):
    """Describe how the windows of a trial become one row for the model.

    A recipe without this block has models that learn and predict windows.

    Args:
        unit: whose windows are averaged. A rating belongs to a trial, and its windows share it.
        keep: the share of a trial's windows that a training step of a network averages, drawn anew for each trial and
            step, at least one; estimators and every prediction average all of them.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    unit: Literal["trial"]
    keep: Annotated[float, Field(gt=0, le=1)] = 1.0
