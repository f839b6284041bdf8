"""The catalog finds components by slot and name, suggests near names, and refuses classes that recipes cannot use."""

from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.components import SLOTS, Estimator
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import PluginError
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.uniform import Uniform
from mpcl_plugins.fusions.mean import Mean as MeanFusion
from mpcl_registry.catalog import Catalog, checked_component


@pytest.fixture
def catalog() -> Catalog:
    catalog = Catalog({"broken.py": "no module named 'x'"})
    for cls in (Uniform, Mean, MeanFusion):
        catalog.add(cls, "own")
    return catalog


def test_components_are_found_by_slot_and_name(catalog: Catalog) -> None:
    assert catalog.find("estimator", "mean") is Mean
    assert catalog.find("fusion", "mean") is MeanFusion
    assert catalog.find("head", "mean") is None
    assert catalog.names("estimator") == ["mean", "uniform"]


def test_entries_are_in_the_order_of_slots_and_names(catalog: Catalog) -> None:
    entries = list(catalog.entries())
    slots = [list(SLOTS).index(entry.cls.slot) for entry in entries]
    assert slots == sorted(slots)
    assert [entry.cls.name for entry in catalog.entries("estimator")] == ["mean", "uniform"]
    assert entries[0].file.endswith(".py")


def test_message_for_an_unknown_name_has_suggestion_choices_and_what_did_not_load(catalog: Catalog) -> None:
    assert catalog.unknown("estimator", "meen") == (
        "no estimator named 'meen'. Did you mean 'mean'? Known: mean, uniform. "
        "Not loaded: broken.py (no module named 'x')."
    )
    assert "'mean' is the name of a" in catalog.unknown("head", "mean")
    assert "None is installed." in catalog.unknown("head", "mean")


def test_two_components_of_a_slot_with_one_name_are_refused(catalog: Catalog) -> None:
    with pytest.raises(PluginError, match="two plugins bring a estimator named 'mean': own and other"):
        catalog.add(Mean, "other")


class Working(Estimator):
    """Predict nothing."""

    name = "working"

    def fit(self, windows: WindowSet) -> "Working":
        return self

    def predict(self, windows: WindowSet) -> np.ndarray:
        return windows.D


def with_constructor(constructor: Any) -> type:
    return type("Made", (Working,), {"__init__": constructor, "name": "made"})


def untyped(self: Any, *, k) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001
def open_ended(self: Any, **more: int) -> None: ...


FAULTS = {
    "a class of no slot": (int, "returned <class 'int'>, which is a class of no slot"),
    "no class": (3, "returned 3, which is a class of no slot"),
    "an odd name": (type("Odd", (Working,), {"name": "two words"}), "needs a class attribute 'name'.*'two words'"),
    "an abstract class": (type("Bare", (Estimator,), {"name": "bare"}), "does not define fit, predict"),
    "an untyped parameter": (with_constructor(untyped), "the parameter 'k' has no type annotation"),
    "any parameter": (with_constructor(open_ended), r"takes '\*\*more: int'; name every parameter instead"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_class_that_recipes_cannot_use_is_refused_each_time(fault: str) -> None:
    cls, message = FAULTS[fault]
    for _ in range(2):
        with pytest.raises(PluginError, match=message):
            checked_component(cls, "plugin.py")  # type: ignore[arg-type]


def test_class_is_examined_once() -> None:
    cls = type("Once", (Working,), {"name": "once"})
    assert checked_component(cls, "one") is cls
    cls.__init__ = untyped  # type: ignore[misc]
    assert checked_component(cls, "other") is cls
