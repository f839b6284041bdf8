"""Check the recipe block ``train``. ``recipe/defaults.yaml`` fills it."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mpcl_core.interfaces.parameter_types import Count, Fraction, NonNegative, Positive
from mpcl_core.spec.optimizer import OptimizerSettings

Schedule = Literal["constant", "one_cycle", "cosine", "linear", "step", "exponential"]


class PretrainSettings(BaseModel):
    """Describe how a network is trained without labels, before it is trained with them.

    All fitting windows take part, and those of the fold whose ratings are hidden (``rated_subjects``).

    Args:
        epochs: how many.
        lr: learning rate of AdamW.
        objectives: name of an objective of the recipe that uses no labels -> its weight in this phase. Its ``weight``
            in ``objectives`` may be 0.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    epochs: Count
    lr: Positive
    objectives: Annotated[dict[str, NonNegative], Field(min_length=1)]


class TrainSettings(BaseModel):
    """Describe how a network is trained.

    Args:
        epochs: the largest number of epochs.
        patience: epochs without a better validation KL after which the search stops.
        min_delta: by how much a validation KL has to be lower than the lowest before, in nats, to count as better
            for ``patience``.
        choose: how the number of epochs is chosen. ``best``: the lowest validation KL. ``one_se``: the fewest epochs
            that are worse than that by no more than one standard error, paired by validation subject; for signals
            so weak that a few subjects cannot determine the best number. ``last``: all ``epochs``, fixed beforehand;
            the network is trained on training and validation windows, and nothing is searched.
        inner_folds: over how many validation sides the number of epochs is chosen. 1: the fold's own. More: nested
            cross-validation, in which every fitting window is validated once; each side is searched for all
            ``epochs``, without ``patience``. Needs ``refit``.
        refit: train again on training and validation windows for the chosen number of epochs, so that every row
            of a results table is based on the same data; otherwise the chosen epoch's weights are used.
        batch_size: windows of a step.
        accumulate: of how many batches the mean gradient makes a step, as if they were one batch of that many times
            the windows; for batches that memory does not hold. The last step of an epoch may have fewer.
        optimizer: a class of ``torch.optim`` with its parameters; None for AdamW, whose networks can be trained in
            a cohort.
        lr: learning rate of the optimizer; the highest one, where there is a schedule.
        schedule: ``constant``; ``one_cycle``: lr rises from lr / 25 over the first 3/10 of ``epochs`` and falls to
            lr / 250,000 at the last, both along a cosine (Smith & Topin, 2018); ``cosine`` (Loshchilov & Hutter,
            2017) or ``linear``: lr falls to 0 at the last epoch; ``step``: lr is divided by 10 after 1/2 and again
            after 3/4 of ``epochs`` (He et al., 2016); ``exponential``: lr falls to lr / 100. It is a function of the
            epoch alone, so that an epoch of the refit has the rate that it had in the search; a refit that ends early
            never reaches the lowest. The search should run to the end: set ``patience`` to ``epochs``.
        warm_up: the share of ``epochs`` in which lr first rises from 0 along a line; the schedule runs in the rest.
            ``one_cycle`` has a rise of its own.
        weight_decay: weight decay of the optimizer, decoupled for AdamW.
        clip: the largest norm of the gradient.
        loss_weights: emotion -> how much it counts; 1 for emotions that are not named. A window counts in every loss
            in proportion to the mean of these weights under its distribution, sum_c w_c D_c, so that a rare emotion
            can weigh more. Validation and scores stay unweighted.
        modality_dropout: the share of the present modalities that is removed in a training step, drawn anew for each
            window and step; a window keeps at least one. It changes only the presence masks, and only in training.
        threads: CPU threads of one job, independent of ``--jobs``, so that results do not depend on it.
        precision: ``32`` or ``bf16`` (mixed).
        pretrain: a training without labels that comes first; None for none.
        from_model: ``from``, the folder of a model of a network, whose weights every training starts from; None for
            random weights.
        from_parts: the keys of the blocks that are loaded from it, such as ``streams.affect.encoders`` or ``head``;
            None for the whole network.
        freeze: the keys of loaded blocks that keep the weights of the model and are not trained.
        from_other_people: state that the model's people are not the study's people, although names are the same or
            unknown. Without it a model that may know a tested person is refused.
        shrink: scale the deviation of the trained network from the training mean by the factor, from 0 to 1, that is
            best for people held out of the fitting windows (those of ``error_bars``; with ``error_bars.folds: 5`` every
            fitting person once). For few people, where a network goes too far. Needs ``refit``.

    Raises:
        ValueError: there are inner folds, but no number of epochs to choose; no model for ``from_parts``, ``freeze``
            or ``from_other_people``; ``shrink`` without ``refit``; ``weight_decay`` for an optimizer that has none;
            or ``warm_up`` for ``one_cycle``.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    epochs: Count
    patience: Count
    choose: Literal["best", "one_se", "last"]
    inner_folds: Count
    refit: bool
    batch_size: Count
    lr: Positive
    schedule: Schedule
    weight_decay: NonNegative
    clip: Positive
    modality_dropout: Fraction
    threads: Count
    precision: Literal["32", "bf16"]
    pretrain: PretrainSettings | None = None
    from_model: Annotated[Path | None, Field(alias="from")] = None
    from_parts: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    freeze: tuple[str, ...] = ()
    from_other_people: bool = False
    shrink: bool = False
    min_delta: NonNegative = 0.0
    warm_up: Fraction = 0.0
    accumulate: Count = 1
    optimizer: OptimizerSettings | None = None
    loss_weights: Annotated[dict[str, Positive], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _shrunk_networks_are_refitted(self) -> "TrainSettings":
        if self.shrink and not self.refit:
            raise ValueError("shrink compares people whom the network did not learn from: it needs refit: true")
        return self

    @model_validator(mode="after")
    def _weight_decay_is_used(self) -> "TrainSettings":
        if self.optimizer and self.weight_decay and not self.optimizer.has_parameter("weight_decay"):
            raise ValueError(f"{self.optimizer.use} has no weight decay: set train.weight_decay to 0")
        return self

    @model_validator(mode="after")
    def _one_cycle_rises_by_itself(self) -> "TrainSettings":
        if self.warm_up and self.schedule == "one_cycle":
            raise ValueError("one_cycle has a rise of its own: leave warm_up out, or take schedule: cosine")
        return self

    @model_validator(mode="after")
    def _inner_folds_are_searched(self) -> "TrainSettings":
        if self.inner_folds > 1 and (self.choose == "last" or not self.refit):
            raise ValueError("inner_folds choose a number of epochs: they need refit: true, and choose: best or one_se")
        return self

    @model_validator(mode="after")
    def _parts_are_those_of_a_model(self) -> "TrainSettings":
        if self.from_model is None and (self.from_parts is not None or self.freeze or self.from_other_people):
            raise ValueError("from_parts, freeze and from_other_people need a model: state train.from")
        return self
