"""Every slot has a base class, which is imported when it is first used."""

import pytest

from mpcl_core.interfaces import components
from mpcl_core.interfaces.components import SLOTS


def test_slots_are_named_as_their_base_classes_state() -> None:
    assert {name: cls.slot for name, cls in SLOTS.items()} == {name: name for name in SLOTS}
    assert len(SLOTS) == 10


def test_every_name_of_the_package_exists_and_others_are_attribute_errors() -> None:
    assert all(hasattr(components, name) for name in components.__all__)
    with pytest.raises(AttributeError, match=r"'mpcl_core\.interfaces\.components' has no attribute 'Encoders'"):
        _ = components.Encoders
