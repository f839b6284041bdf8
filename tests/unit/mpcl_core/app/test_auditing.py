"""A run is audited as it was made; what is no run is refused before anything is read."""

from pathlib import Path

import pytest

from mpcl_core.app import auditing
from mpcl_core.app.auditing import audit
from mpcl_core.interfaces.errors import RecipeError, UsageError


def refuse_to_check(*_: object) -> None:
    raise AssertionError("nothing may be read")


def test_options_cannot_patch_a_run(fitted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "check", refuse_to_check)
    with pytest.raises(UsageError, match="--set patches a recipe; a run is audited as it was made"):
        audit(fitted / "run", ["dim=3"], [], print)


def test_folder_that_is_no_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "check", refuse_to_check)
    with pytest.raises(UsageError):
        audit(tmp_path, [], [], print)


def test_recipe_with_faults_is_refused() -> None:
    with pytest.raises(RecipeError, match="trian"):
        audit({"name": "x", "trian": 3}, [], [], print)
