"""Absent modalities and masked patterns have no influence."""

import pytest

from mpcl_core.testing.absence import absent_has_no_influence, masked_has_no_influence
from mpcl_core.testing.cases import build_cases
from mpcl_core.testing.failure import ContractError
from mpcl_plugins.fusions.mean import Mean
from mpcl_plugins.retrievals.hopfield import Hopfield
from support import broken_network


def test_correct_fusion_ignores_absent_modalities() -> None:
    for case in build_cases(Mean, {}):
        absent_has_no_influence(case)


def test_correct_retrieval_ignores_masked_patterns() -> None:
    for case in build_cases(Hopfield, {}):
        masked_has_no_influence(case)


def test_fusion_that_reads_absent_modalities_is_refused() -> None:
    with pytest.raises(ContractError, match="is absent, but"):
        absent_has_no_influence(next(iter(build_cases(broken_network.Leaky, {}))))


def test_retrieval_that_reads_masked_patterns_is_refused() -> None:
    with pytest.raises(ContractError, match="masked patterns"):
        masked_has_no_influence(next(iter(build_cases(broken_network.Unmasked, {}))))
