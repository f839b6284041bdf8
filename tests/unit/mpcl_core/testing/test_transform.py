"""Each rule of the four kinds of transform accepts a correct one, and states what a broken one did."""

from typing import Any

import pytest

from mpcl_core.testing import transform
from mpcl_core.testing.failure import ContractError
from mpcl_plugins.transforms.notch import Notch
from mpcl_plugins.transforms.statistics import Statistics
from mpcl_plugins.transforms.window import Window
from mpcl_plugins.transforms.zscore import ZScore
from support import broken_windows as broken


def names(cls: type[Any]) -> set[str]:
    return {rule.__name__ for rule in transform.select_checks(cls)}


def test_each_kind_has_the_rules_of_every_transform_and_its_own() -> None:
    common = {rule.__name__ for rule in transform.TRANSFORM}
    assert names(Window) - common == {"windows_keep_metadata"}
    assert names(Notch) - common == {"chunks_match_recording"}
    assert names(Statistics) - common == {"windows_do_not_mix"}
    fitted = {"windows_do_not_mix", "fit_transform_consistent", "state_round_trip", "module_agrees"}
    assert names(ZScore) - common == fitted | {"statistics_merge", "subjects_join"}


@pytest.mark.parametrize("rule", transform.select_checks(ZScore), ids=lambda rule: rule.__name__)
def test_correct_transform_keeps_every_rule(rule: Any) -> None:
    rule(ZScore, {"scope": "train"})


@pytest.mark.parametrize(
    ("rule", "cls", "parameters", "message"),
    [
        (transform.input_unchanged, broken.Renumbering, {}, "changes its input: .*window"),
        (transform.absent_stays_zero, broken.Imputing, {}, "absent"),
        (transform.windows_keep_metadata, broken.Heavy, {"length": 4.0}, "the weights of the windows sum to"),
        (transform.module_agrees, broken.Halved, {}, r"differs between module\(\) and transform\(\)"),
        (transform.chunks_match_recording, broken.Chunked, {}, r"'eeg' differs between transform\(\) and"),
        (transform.process_state_unchanged, broken.SeedingTransform, {}, "seeds"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_broken_transform_is_refused_with_what_was_found(
    rule: Any, cls: type[Any], parameters: dict[str, Any], message: str
) -> None:
    with pytest.raises(ContractError, match=message):
        rule(cls, parameters)
