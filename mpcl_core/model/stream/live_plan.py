"""Find out whether a model can predict live signals, and what it makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.component_errors import describe_component
from mpcl_core.interfaces.components import RecordingTransform, Windowing, WindowSchedule, WindowTransform
from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.model import Model

AT_ONCE = 64
"""Windows that are predicted in one batch."""


@dataclass(frozen=True)
class LivePlan:
    """Hold the components that a model's recipe prepares live signals with.

    Args:
        filters: the causal transforms of recordings, in order.
        windowing: what cuts windows.
        schedule: when windows begin and end.
        window_transforms: the transforms of windows, in order.
        filtered: the modalities after the filters.
        at_once: windows that may be predicted in one batch; 1 where a transform of a calibrated model would let them
            count for each other.
    """

    filters: Sequence[RecordingTransform]
    windowing: Windowing
    schedule: WindowSchedule
    window_transforms: Sequence[WindowTransform]
    filtered: tuple[Modality, ...]
    at_once: int = AT_ONCE


def plan_live(model: Model) -> LivePlan:
    """Return how the signals of a model are prepared live.

    Args:
        model: the model.

    Returns:
        The plan.

    Raises:
        UsageError: naming what cannot be computed before a recording has ended.
    """
    if tables := [modality.name for modality in model.description.inputs if modality.sfreq is None]:
        raise UsageError(f"the model takes '{tables[0]}', a table of features; only signals can be streamed")
    if model.spec.pool is not None:
        raise UsageError(
            "the model averages all windows of a trial (pool), which live windows cannot wait for. Fit one whose "
            "recipe states 'pool: null' and 'zscore' with 'scope: train' (docs/how-to/predict-live.md)"
        )
    transductive = [each for each in model.transforms if each.transductive]
    if transductive and model.description.calibration is None:
        raise UsageError(
            f"{describe_component(transductive[0])} uses all windows of a person, also later ones, and cannot be used "
            "live; calibrate the model to the person (mpcl calibrate), or train it with scope: train"
        )
    prepare = [block.build() for block in model.spec.prepare]
    filters = [each for each in prepare if isinstance(each, RecordingTransform)]
    for each in filters:
        if not each.is_causal:
            raise UsageError(
                f"{describe_component(each)} uses later samples and cannot be used live; train the model with a causal "
                "one (bandpass, notch and resample take causal: true)"
            )
    windowing = next((each for each in prepare if isinstance(each, Windowing)), None)
    if windowing is None:
        raise UsageError("the model's source provides windows, and nothing in its recipe cuts signals into them")
    if windowing.schedule is None:
        raise UsageError(f"{describe_component(windowing)} states no schedule of windows and cannot be used live")
    return LivePlan(
        filters,
        windowing,
        windowing.schedule,
        [each for each in prepare if isinstance(each, WindowTransform)],
        output_modalities(model.description.inputs, filters),
        1 if transductive else AT_ONCE,
    )
