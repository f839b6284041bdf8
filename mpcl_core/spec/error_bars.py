"""Check the recipe block ``error_bars``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mpcl_core.interfaces.parameter_types import Natural


class ErrorBarSettings(BaseModel):
    """Describe how the error bars of predictions are calibrated on held-out people of the training side.

    Args:
        coverage: the stated share of a new person's windows whose true distribution lies within the radius.
        folds: over how many parts the people are held out in turn, each time with a training of its own for the number
            of epochs that was chosen. 0: no error bars. None: a network takes the validation people of its search, at
            no cost; where ``train.choose`` is ``last``, it is trained once more without them, and so is an estimator.
            Nothing is trained where these people are too few.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    coverage: Annotated[float, Field(ge=0.5, lt=1)] = 0.9
    folds: Natural | None = None
