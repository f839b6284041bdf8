"""A member of a model predicts behind its transforms, and its state is data."""

import numpy as np

from mpcl_core.model.member import Member
from mpcl_core.toolkit.state_file import decode_state
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.transforms.zscore import ZScore
from support.ridge_study import study


def test_member_predicts_without_labels_and_stores_its_state() -> None:
    windows = study()
    transform = ZScore(scope="train")
    member = Member([transform], Mean().fit(transform.fit_transform(windows)))
    assert member.distributions(windows, None).shape == windows.D.shape
    assert all(name.startswith("0.") for name in decode_state(member.transform_states()))
    (learned,) = decode_state(member.weights()).values()
    assert np.allclose(learned, member.distributions(windows, None)[0])
