"""The fixed block ``train`` of a recipe, checked. Its defaults stand in ``recipe/defaults.yaml``."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from mpcl_core.interfaces.values import Count, NonNegative, Positive


class Train(BaseModel):
    """How a network is trained.

    Args:
        epochs: the most that are tried.
        patience: epochs without a better validation KL after which the search stops.
        choose: how the number of epochs is chosen. ``best``: the lowest validation KL. ``one_se``: the fewest epochs
            that are worse than that by no more than one standard error, paired by validation subject; for signals
            so weak that a few subjects cannot tell how far to go. ``last``: all ``epochs``, fixed beforehand;
            training and validation rows are learned from together, and nothing is searched.
        refit: train again on training and validation rows for as many epochs as were chosen, so that every row
            of a table has seen the same data; otherwise the chosen epoch's weights are kept.
        batch_size: rows of a step.
        lr: learning rate of AdamW; the highest one, where there is a schedule.
        schedule: ``constant``, or ``one_cycle``: lr rises from lr / 25 over the first 3/10 of ``epochs`` and falls
            to lr / 250,000 at the last, both along a cosine (Smith & Topin, 2018). It is a function of the epoch
            alone, so that an epoch of the refit has the rate it had in the search; a refit that ends early never
            reaches the lowest. The search should run to the end: give it a ``patience`` of ``epochs``.
        weight_decay: its decoupled weight decay.
        clip: the largest norm of the gradient.
        threads: CPU threads of one job, whatever ``--jobs`` says, so that results do not depend on it.
        precision: ``32`` or ``bf16`` (mixed).
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    epochs: Count
    patience: Count
    choose: Literal["best", "one_se", "last"]
    refit: bool
    batch_size: Count
    lr: Positive
    schedule: Literal["constant", "one_cycle"]
    weight_decay: NonNegative
    clip: Positive
    threads: Count
    precision: Literal["32", "bf16"]
