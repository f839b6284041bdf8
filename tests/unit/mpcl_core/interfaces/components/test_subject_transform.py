"""A transform that learns each subject by itself, held to it by the contract checks."""

import pytest

from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.transform import subjects_join
from mpcl_plugins.transforms.robust import Robust
from mpcl_plugins.transforms.zscore import ZScore


class OtherMap(ZScore):
    name = "other_map"

    def maps_of(self, windows):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        return {name: each._replace(offset=each.offset + 1) for name, each in super().maps_of(windows).items()}


@pytest.mark.parametrize("cls", [ZScore, Robust])
def test_transforms_by_subject_keep_the_contract(cls: type[ZScore] | type[Robust]) -> None:
    assert cls(scope="subject").by_subject
    subjects_join(cls, {"scope": "subject"})


def test_contract_refuses_maps_that_differ_from_transform() -> None:
    with pytest.raises(ContractError, match="differs between transform"):
        subjects_join(OtherMap, {"scope": "subject"})
