"""Describe a stored model: the content of ``model.json``."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from mpcl_core.evaluation.error_bars import CalibratedErrorBars, ErrorBars
from mpcl_core.interfaces.data import Modality, Valence
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.ranges import ModalityRange
from mpcl_core.spec.block import Block
from mpcl_core.spec.variant import VariantSpec

FORMAT_VERSION: Literal[2] = 2
"""The version of the format of a model folder."""

Kind = Literal["network", "estimator"]


class TrainedOn(BaseModel):
    """Hold what a model was trained on.

    Args:
        windows: the number of windows.
        subjects: the number of people; 0 where they are unknown.
        fold: the fold whose fitting windows these are; empty for all windows of the study.
        data_hash: SHA-256 of the windows; empty where it was not computed.
        people: source -> the hashes of the names of its people (`runs.start_model.hash_name`), those of a model that
            the training started from included.
        has_unknown_people: whether some windows named no person, or their source is unknown.
        is_simulated: whether the windows were simulated, so that no person was measured.
        trial_seconds: the median length of a trial, where the model averages the windows of a trial; None where it does
            not, or no times are known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    windows: int
    subjects: int
    fold: str = ""
    data_hash: str = ""
    people: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    has_unknown_people: bool = False
    is_simulated: bool = False
    trial_seconds: float | None = None


class Evaluation(BaseModel):
    """Hold how the recipe of a model scored in a run, on people whom that run did not train on.

    Args:
        run: the name of the run folder.
        variant: the variant.
        grade: what its numbers may claim.
        subjects: the number of tested people; 0 where they are unknown.
        scores: metric -> mean over subjects.
        coverage: the reached coverage of the error bars; None where there were none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    variant: str
    grade: str
    subjects: int
    scores: dict[str, float]
    coverage: float | None = None


class Calibration(BaseModel):
    """Hold how a model was calibrated to a person.

    Args:
        subject: the person; every input of the model counts as theirs.
        trials, windows: the numbers of rated trials and of windows.
        offset: (k,) what is added to the logarithm of the shares: the personal prior.
        epochs: how many epochs the head was fine-tuned; 0 for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    trials: int
    windows: int
    offset: tuple[float, ...]
    epochs: int = 0


class ModelDescription(BaseModel):
    """Hold what has to be known of a model before its weights are loaded.

    Args:
        format_version: the version of this format.
        name: the variant.
        kind: whether it is a network or an estimator.
        recipe: the resolved recipe of the variant as plain values.
        inputs: the modalities that its ``prepare`` takes.
        modalities: the modalities of windows, before the fitted transforms.
        labels: the names of the k emotions.
        valence: which of them are pleasant and which unpleasant; None where that is not stated.
        epochs: how many epochs a network was trained; None for an estimator.
        seed: of the training.
        trained_on: its windows.
        error_bars: how far true distributions lie from its predictions in people who were held out.
        ranges: modality -> the range of each channel in the training windows.
        evaluation: the scores of the run that evaluated the recipe; None for none.
        members: how many trainings, with as many seeds, the model averages.
        calibration: how the model was calibrated to a person; None where it was not.
        versions: package -> version.
        plugins: the copies of plugin files that it needs, as paths in the folder.
        files: path in the folder -> SHA-256.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format_version: Literal[2] = FORMAT_VERSION
    name: str
    kind: Kind
    recipe: dict[str, Any]
    inputs: tuple[Modality, ...]
    modalities: tuple[Modality, ...]
    labels: tuple[str, ...]
    valence: Valence | None
    epochs: int | None
    seed: int
    trained_on: TrainedOn
    error_bars: ErrorBars = Field(default_factory=ErrorBars)
    ranges: dict[str, ModalityRange] = Field(default_factory=dict)
    evaluation: Evaluation | None = None
    members: int = Field(default=1, ge=1)
    calibration: Calibration | None = None
    versions: dict[str, str]
    plugins: tuple[str, ...] = ()
    files: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_against_labels(self) -> Self:
        bars, offset = self.error_bars, self.calibration.offset if self.calibration else ()
        lists = [("offset", offset)]
        stated: list[ErrorBars | CalibratedErrorBars] = [bars, *bars.calibrated]
        for each in stated:
            lists += [("half_widths", each.half_widths), ("trial_half_widths", each.trial_half_widths)]
        for name, values in lists:
            if values and len(values) != len(self.labels):
                raise ValueError(f"{name} has {len(values)} values, but there are {len(self.labels)} emotions")
        if self.valence:
            try:
                self.valence.indices(self.labels)
            except DataError as error:
                raise ValueError(str(error)) from None
        return self

    @model_validator(mode="after")
    def _check_ranges(self) -> Self:
        for modality in self.modalities:
            if (stated := self.ranges.get(modality.name)) is None:
                continue
            expected = modality.n_chans * (1 if modality.sfreq is not None else modality.n_times or 1)
            for name, bounds in (("mean", stated.mean), ("sd", stated.sd)):
                if bounds and len(bounds) != expected:
                    raise ValueError(f"ranges.{modality.name}.{name} has {len(bounds)} entries, but {expected} are due")
        return self

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values, without the hashes of the files.

        Returns:
            Field -> value.
        """
        return self.model_dump(mode="json", exclude={"files"})


def parse_description(content: Mapping[str, Any], origin: object) -> ModelDescription:
    """Check the content of a ``model.json``.

    Args:
        content: the content.
        origin: the folder, for errors.

    Returns:
        The description.

    Raises:
        UsageError: it is of another version of the format, or damaged.
    """
    if (version := content.get("format_version")) != FORMAT_VERSION:
        raise UsageError(
            f"{origin} has format version {version}, but this version of mpcl reads {FORMAT_VERSION}; train it again"
        )
    try:
        return ModelDescription.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "extra_forbidden":
            raise UsageError(
                f"{origin} states '{'.'.join(map(str, first['loc']))}', which this version of mpcl does not know; "
                "was it written by a newer one?"
            ) from None
        raise UsageError(f"{origin} is damaged: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def model_recipe(spec: VariantSpec) -> dict[str, Any]:
    """Return the resolved recipe of a variant or baseline as plain values.

    Args:
        spec: the variant or baseline.

    Returns:
        Key -> value; a baseline has the keys of its variant that it shares, and its estimator.
    """
    if not isinstance(spec.model, Block):
        return dict(spec.recipe)
    shared = ("source", "prepare", "protocol", *(["transforms"] if spec.transforms else []), "pool", "train")
    return {key: spec.recipe[key] for key in shared if key in spec.recipe} | {"estimator": _values(spec.model)}


def _values(value: object) -> Any:
    if isinstance(value, Block):
        stated = {name: each for name, each in value.parameters.items() if each is not None}
        return {"use": value.cls.name, **_values(stated)}
    if isinstance(value, BaseModel):
        return _values(value.model_dump())
    if isinstance(value, Valence):
        return asdict(value)
    if isinstance(value, Mapping):
        return {name: _values(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_values(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
