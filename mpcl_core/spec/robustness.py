"""Check the recipe block ``robustness``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mpcl_core.interfaces.parameter_types import Count


class RobustnessSettings(BaseModel):
    """Describe how a trained network is tested without some of its modalities.

    A recipe without this block has no such test.

    Args:
        subsets: test with every subset of the modalities; of more than five, with each alone and with all but each.
        rates: shares of the present modalities that are removed at random; a window keeps at least one.
        repeats: draws of each rate, whose scores are averaged.

    Raises:
        ValueError: there is nothing to test, or a rate is given twice.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    subsets: bool = True
    rates: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = ()
    repeats: Count = 5

    @model_validator(mode="after")
    def _something_to_test(self) -> "RobustnessSettings":
        if not self.subsets and not self.rates:
            raise ValueError("there is nothing to test: subsets is false and there are no rates")
        if twice := [rate for rate in self.rates if self.rates.count(rate) > 1]:
            raise ValueError(f"the rate {twice[0]:g} is given twice")
        return self
