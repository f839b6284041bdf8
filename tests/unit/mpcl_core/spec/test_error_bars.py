"""The block ``error_bars`` accepts coverages that people can reach, and any number of folds."""

import pytest
from pydantic import ValidationError

from mpcl_core.spec.error_bars import ErrorBarSettings


@pytest.mark.parametrize("wrong", [{"coverage": 1.0}, {"coverage": 0.4}, {"folds": -1}, {"folds": 1.5}, {"fold": 1}])
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        ErrorBarSettings(**wrong)  # type: ignore[arg-type]
    assert ErrorBarSettings(folds=0).coverage == 0.9
