"""Format numbers of tables."""

import numpy as np

from mpcl_core.reporting.number_format import format_p, format_score, format_signed


def test_scores_differences_and_p_values_have_fixed_digits() -> None:
    assert [format_score(value) for value in (0.05, 1.25, 0.99999)] == [".0500", "1.2500", "1.0000"]
    assert [format_signed(value) for value in (0.05, -0.00001, 0.0)] == ["+0.0500", "−0.0000", "0.0000"]
    assert [format_p(p) for p in (0.0004, 0.0496, 1.0, np.nan)] == ["< .001", ".050", "1.000", "—"]


def test_score_that_rounds_to_zero_has_no_sign() -> None:
    assert format_score(-1e-17) == format_score(-0.0) == ".0000"
