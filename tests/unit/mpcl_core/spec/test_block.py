"""Build components from their specs."""

import pytest

from mpcl_core.interfaces.components import WindowTransform
from mpcl_core.interfaces.data import StreamInfo, WindowSet
from mpcl_core.interfaces.errors import PluginError, RecipeError
from mpcl_plugins.heads.linear import Linear
from mpcl_plugins.heads.recall_prior import RecallPrior
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.retrievals.hopfield import Hopfield
from support.specs import block


class Picky(WindowTransform):
    """Refuse negative values, and fail on 0."""

    name = "picky"

    def __init__(self, *, k: int) -> None:
        if k < 0:
            raise ValueError(f"k is {k}, but must not be negative")
        self.share = 1 / k

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows


def test_build_passes_the_parameters() -> None:
    assert block(Picky, k=2).build().share == 0.5


def test_nested_components_are_built_first() -> None:
    component = block(PCL, retrieval=block(Hopfield, beta=2.0)).build(n_outputs=3, dim=4, valence=None, streams=())
    assert isinstance(component.retrieval, Hopfield)


def test_component_chooses_what_its_nested_components_are_supplied_with() -> None:
    streams = (StreamInfo("recalled", memory=True), StreamInfo("read", memory=False))
    parameters = {"head": block(Linear, dropout=0.0), "gate": 0.5, "apart": True}
    head = block(RecallPrior, **parameters).build(n_outputs=3, dim=4, valence=None, streams=streams)
    assert head.streams == streams
    assert head.head.streams == streams[1:]


def test_refused_value_is_a_fault_at_the_place_of_the_block() -> None:
    with pytest.raises(RecipeError, match=r"test\.yaml:1:1: picky: 'picky': k is -1, but must not be negative"):
        block(Picky, k=-1).build()


def test_other_failure_is_a_fault_of_the_plugin() -> None:
    with pytest.raises(PluginError, match=r"building 'picky' \(.*test_block\.py\) failed: ZeroDivisionError"):
        block(Picky, k=0).build()
