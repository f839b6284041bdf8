"""The fixed block ``train`` of a recipe, checked. Its defaults stand in ``recipe/defaults.yaml``."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from mpcl_core.interfaces.values import Count, NonNegative, Positive


class Train(BaseModel):
    """How a network is trained.

    Args:
        epochs: the most that are tried.
        patience: epochs without a better validation KL after which the search stops.
        refit: train again on training and validation rows for as many epochs as were best, so that every row
            of a table has seen the same data; otherwise the best epoch's weights are kept.
        batch_size: rows of a step.
        lr: learning rate of AdamW.
        weight_decay: its decoupled weight decay.
        clip: the largest norm of the gradient.
        threads: CPU threads of one job, whatever ``--jobs`` says, so that results do not depend on it.
        precision: ``32`` or ``bf16`` (mixed).
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    epochs: Count
    patience: Count
    refit: bool
    batch_size: Count
    lr: Positive
    weight_decay: NonNegative
    clip: Positive
    threads: Count
    precision: Literal["32", "bf16"]
