"""What every slot requires: documented parameters with defaults, and an unchanged process."""

import random
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
import torch

from mpcl_core.interfaces.components import Encoder, Estimator
from mpcl_core.testing.common import (
    demand_process_state_unchanged,
    own_parameters,
    parameters_are_documented,
    parameters_have_defaults,
)
from mpcl_core.testing.failure import ContractError


class Documented(Encoder):
    """Do nothing.

    Args:
        width, depth: sizes.
        file: a file.
    """

    name = "documented"

    def __init__(
        self, *, modality: Any, dim: int, file: Annotated[Path, "a file"], width: int = 1, depth: int = 2
    ) -> None:
        super().__init__(modality=modality, dim=dim)


class Silent(Estimator):
    """Do nothing."""

    name = "silent"

    def __init__(
        self, *, names: tuple[str, ...], inner: Estimator | None, rate: float, table: dict[str, int]
    ) -> None: ...

    def fit(self, windows: Any) -> Any: ...

    def predict(self, windows: Any) -> Any: ...


class Bare(Silent):
    __doc__ = None


def test_parameters_that_the_engine_supplies_are_not_its_own() -> None:
    assert list(own_parameters(Documented)) == ["file", "width", "depth"]


def test_parameters_may_share_a_line_of_the_docstring() -> None:
    parameters_are_documented(Documented, {})


def test_undocumented_parameters_and_a_missing_docstring_are_named() -> None:
    with pytest.raises(ContractError, match="Args section of Silent does not describe names, inner, rate, table"):
        parameters_are_documented(Silent, {})
    with pytest.raises(ContractError, match="Bare has no docstring"):
        parameters_are_documented(Bare, {})


def test_only_files_names_and_components_may_lack_a_default() -> None:
    parameters_have_defaults(Documented, {})
    with pytest.raises(ContractError, match=r"Silent has no default for rate, table\."):
        parameters_have_defaults(Silent, {})


def test_drawing_numbers_is_allowed() -> None:
    demand_process_state_unchanged(lambda: (random.random(), np.random.default_rng(0), torch.rand(1)))


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (lambda: random.seed(1), r"random\.seed\(\) was called"),
        (lambda: np.random.seed(1), r"numpy\.random\.seed\(\) was called"),  # noqa: NPY002
        (lambda: torch.manual_seed(1), "torch's seed went from"),
        (lambda: torch.set_default_dtype(torch.float64), "only the engine may do so"),
    ],
)
def test_seeding_and_settings_are_refused(use: Any, message: str) -> None:
    try:
        with pytest.raises(ContractError, match=message):
            demand_process_state_unchanged(use)
    finally:
        torch.set_default_dtype(torch.float32)
