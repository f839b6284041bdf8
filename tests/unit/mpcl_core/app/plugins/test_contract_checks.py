"""Checks of the contract are chosen by file or name, and options go to the components that take them."""

from pathlib import Path

import pytest

from mpcl_core.app.plugins.contract_checks import check_contract
from mpcl_core.interfaces.errors import PluginError, RecipeError, UsageError
from support.plugin_metrics import write_brier

PLUGIN = '''
"""Return the same distribution for everybody."""

import numpy as np

from mpcl_core.plugin import Estimator, Fraction, WindowSet, hookimpl


class Fixed(Estimator):
    """Return the same distribution for everybody."""

    name = "fixed"

    def __init__(self, *, share: Fraction) -> None:
        self.share = share

    def fit(self, windows: WindowSet) -> "Fixed":
        return self

    def predict(self, windows: WindowSet) -> np.ndarray:
        return np.full((len(windows), len(windows.labels)), 1 / len(windows.labels))


class Other(Fixed):
    """Return the same distribution for everybody."""

    name = "other"

    def __init__(self, *, share: Fraction = 0.5, rate: Fraction = 0.5) -> None:
        self.share, self.rate = share, rate


@hookimpl
def mpcl_components() -> list[type]:
    return [Fixed, Other]
'''


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "fixed.py").write_text(PLUGIN)
    return str(tmp_path / "fixed.py")


def test_all_components_of_a_file_are_checked(file: str) -> None:
    results = check_contract(file, ["share=0.25"], "distributions")
    assert [(result.component, result.check, result.failure) for result in results] == [
        ("fixed", "distributions", ""),
        ("other", "distributions", ""),
    ]
    assert results[0].as_json()["file"] == file


def test_parameter_without_a_value_is_a_failure_with_advice(file: str) -> None:
    (result,) = check_contract(file, contains="fixed-parameters")[:1]
    assert (result.check, result.failure) == ("parameters", "'fixed' needs 'share'. State it: --set fixed.KEY=VALUE")


def test_option_that_only_one_component_takes_is_for_that_one(file: str) -> None:
    results = check_contract(file, ["rate=0.25", "fixed.share=0.5"], "distributions")
    assert {result.component: result.failure for result in results} == {"fixed": "", "other": ""}


def test_option_that_no_component_takes_is_refused(file: str) -> None:
    with pytest.raises(RecipeError, match="has no parameter 'shore'"):
        check_contract(file, ["shore=0.25"])


def test_file_that_does_not_load_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n")
    with pytest.raises(PluginError, match=r"broken\.py did not load: .*nothing_of_that_name"):
        check_contract(str(tmp_path / "broken.py"))


def test_file_without_components_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text(
        "from mpcl_core.plugin import hookimpl\n\n\n@hookimpl\ndef mpcl_components():\n    return []\n"
    )
    with pytest.raises(UsageError, match="brings no component"):
        check_contract(str(tmp_path / "empty.py"))


def test_unknown_names_and_checks_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no component named 'meen', and no such file\. Did you mean 'mean'"):
        check_contract("meen")
    with pytest.raises(UsageError, match="no check has 'unheard' in its name"):
        check_contract("uniform", contains="unheard")


def test_metrics_of_a_file_are_checked(tmp_path: Path) -> None:
    results = check_contract(str(write_brier(tmp_path)))
    assert [(result.component, result.check, result.failure) for result in results] == [
        ("brier", "one_finite_score_a_window", ""),
        ("brier", "windows_do_not_mix", ""),
        ("brier", "truth_scores_best", ""),
    ]
