"""A transform without a module keeps a model from being exported; one with a module states what it takes."""

from torch import Tensor

from mpcl_core.interfaces.components import TransformModule
from support.toy_components import Scale


class Unchanged(TransformModule):
    def forward(self, X: dict[str, Tensor], present: dict[str, Tensor]) -> dict[str, Tensor]:
        return X


def test_module_takes_single_windows_and_knows_nobody_unless_it_states_so() -> None:
    module = Unchanged()
    assert (module.inputs, module.people, module.takes_one_person) == ((), frozenset(), False)


def test_transform_has_no_module_unless_it_defines_one() -> None:
    assert Scale().module(()) is None
