"""What cannot be computed live is refused with its name."""

from dataclasses import replace
from typing import Any

import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.description import Calibration
from mpcl_core.model.stream.live_plan import plan_live
from mpcl_core.spec.pool import PoolSettings
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.resample import Resample
from mpcl_plugins.transforms.window import Window
from mpcl_plugins.transforms.zscore import ZScore
from support.live_models import live_model, prepare_of


def test_causal_recipe_is_planned() -> None:
    plan = plan_live(live_model())
    assert [each.name for each in plan.filters] == ["bandpass"]
    assert [each.name for each in plan.window_transforms] == ["statistics"]
    assert (plan.schedule.length, plan.schedule.hop, plan.schedule.is_partial) == (2.0, 0.5, False)


class _Unscheduled(Window):
    name = "unscheduled"
    schedule: Any = None


WINDOW = Window(length=2.0)
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("transform 'bandpass'.*uses later samples", {"prepare": [Bandpass(modality="eeg", low=1.0, high=9.0), WINDOW]}),
    ("transform 'resample'.*uses later samples", {"prepare": [Resample(modality="eeg", sfreq=32.0), WINDOW]}),
    ("transform 'zscore'.*all windows of a person", {"transforms": [ZScore(scope="subject")]}),
    ("averages all windows of a trial", {"pool": PoolSettings(unit="trial")}),
    ("'face', a table of features", {"inputs": (Modality("face", 3, 4),), "prepare": []}),
    ("nothing in its recipe cuts", {"prepare": prepare_of()[:1]}),
    ("'unscheduled'.*no schedule", {"prepare": [_Unscheduled(length=1.0)]}),
]


@pytest.mark.parametrize(("message", "parts"), REFUSED, ids=[message for message, _ in REFUSED])
def test_what_cannot_be_streamed_is_refused_by_name(message: str, parts: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=message):
        plan_live(live_model(**parts))


def test_calibrated_model_normalises_each_window_alone() -> None:
    model = live_model(transforms=[ZScore(scope="subject")])
    calibration = Calibration(subject="s1", trials=3, windows=9, offset=(0.0, 0.0, 0.0), epochs=0)
    described = model.description.model_copy(update={"calibration": calibration})
    assert plan_live(replace(model, description=described)).at_once == 1
    assert plan_live(live_model()).at_once > 1
