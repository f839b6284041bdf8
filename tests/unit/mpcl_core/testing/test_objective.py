"""Windows of weight 0 change no loss, and labels are read only where they are needed."""

import pytest

from mpcl_core.testing.cases import build_cases
from mpcl_core.testing.failure import ContractError
from mpcl_core.testing.objective import padding_has_no_influence, unlabelled_needs_no_labels
from mpcl_plugins.objectives.kl import KL
from mpcl_plugins.objectives.prd import PRD
from support import broken_network


@pytest.mark.parametrize("cls", [KL, PRD])
def test_correct_objective_ignores_padding(cls: type[KL]) -> None:
    for case in build_cases(cls, {}):
        padding_has_no_influence(case)
        unlabelled_needs_no_labels(case)


def test_objective_that_weighs_no_window_is_refused() -> None:
    with pytest.raises(ContractError, match="windows of weight 0 change the loss"):
        padding_has_no_influence(next(iter(build_cases(broken_network.Unweighted, {}))))


def test_objective_that_reads_labels_it_says_not_to_need_is_refused() -> None:
    with pytest.raises(ContractError, match="the loss is nan without labels, so 'unlabelled' must be False"):
        unlabelled_needs_no_labels(next(iter(build_cases(broken_network.Peeking, {}))))
