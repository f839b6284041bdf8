"""The graph of a model folder predicts new people where it is quicker than the network, each person by itself where it must."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from mpcl_core.model.folder_graph import FASTEST_SIZE, FolderGraph
from mpcl_core.model.onnx_model import OnnxModel
from support.small_models import new_person


class CountingGraph(OnnxModel):
    """Stand in for ONNX Runtime: predict the number of windows of the call."""

    labels = ("joy", "fear")
    shapes = MappingProxyType({"eeg": (4, 64), "gsr": (1, 16), "face": (2, 6), "said_before": (1, 5)})

    def __init__(self, fastest_size: int, takes_one_person: bool = False) -> None:
        self.metadata = {FASTEST_SIZE: fastest_size, "takes_one_person": takes_one_person}

    def run(self, feed: Mapping[str, np.ndarray]) -> np.ndarray:
        assert set(feed) == {*self.shapes, *(f"present_{name}" for name in self.shapes)}
        assert not feed["present_said_before"].any()
        return np.full((len(feed["eeg"]), 2), float(len(feed["eeg"])))


def graph(fastest_size: int, people: frozenset[str] = frozenset(), **options: Any) -> FolderGraph:
    return FolderGraph(CountingGraph(fastest_size, **options), people)


def test_network_predicts_where_it_is_quicker() -> None:
    assert graph(8).distributions(new_person(12)) is None
    assert graph(0).distributions(new_person(1)) is None
    assert graph(8).distributions(new_person(8)) is not None


def test_windows_are_predicted_in_calls_of_the_largest_size() -> None:
    found = graph(64).distributions(new_person(130))
    assert found is not None
    assert set(found[:, 0]) == {43.0, 44.0}


def test_each_person_is_a_call_where_the_graph_needs_all_windows() -> None:
    windows = new_person(5)
    windows = replace(windows, subject=np.array(["b", "a", "b", "b", "a"]))
    found = graph(64, takes_one_person=True).distributions(windows)
    assert found is not None
    assert found[:, 0].tolist() == [3, 2, 3, 3, 2]


def test_people_whom_the_transforms_know_need_the_network() -> None:
    assert graph(64, frozenset({"somebody new"})).distributions(new_person(3)) is None
