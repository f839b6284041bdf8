"""Rates are stated as a modality and a positive number of Hz."""

import pytest

from mpcl_core.toolkit.stated_rates import parse_rate


def test_rate_is_a_modality_and_hertz() -> None:
    assert parse_rate("gsr=0.5") == ("gsr", 0.5)


@pytest.mark.parametrize("text", ["ppg", "=64", "ppg=", "ppg=fast", "ppg=0", "ppg=-1", "ppg=nan", "ppg=inf"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a modality and its rate in Hz like ppg=64"):
        parse_rate(text)
