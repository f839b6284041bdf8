"""A model is fitted from a recipe into a new folder, and loaded from there."""

from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.app.model_folders.fitting import choose_variant, require_new
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.recipe.load import load

slow = pytest.mark.slow


@slow
def test_card_states_scores_of_the_run_and_error_bars(fitted: Path) -> None:
    model = mpcl_core.load_model(fitted / "model")
    evaluation = model.description.evaluation
    assert evaluation is not None
    assert (evaluation.run, evaluation.grade, evaluation.subjects) == ("run", "subject-independent", 10)
    assert (model.description.error_bars.people, model.description.trained_on.fold) == (10, "")
    card = (fitted / "model" / "README.md").read_text()
    assert "| kl_divergence | " in card
    assert "expected to have a true distribution within a total variation distance of" in card


@slow
def test_model_predicts_arrays_with_error_bars_and_flags(fitted: Path) -> None:
    model = mpcl_core.load_model(fitted / "model")
    modality = next(each for each in model.modalities if each.name == "gsr")
    values = np.full((2, modality.n_chans, modality.n_times or 1), 1e6, np.float32)
    found = model.predict({"gsr": values})
    assert found.low is not None
    assert found.high is not None
    assert (found.low <= found.D_pred).all()
    assert (found.D_pred <= found.high).all()
    assert found.flags[0] == ""  # the predictions of the mean depend on no modality


def test_variant_has_to_be_named_where_there_are_several() -> None:
    specs = variant_specs(load("modules"))
    with pytest.raises(UsageError, match=r"several variants; name one with --variant: full, no_msaf"):
        choose_variant(specs, None)
    with pytest.raises(UsageError, match="no variant named 'ful'"):
        choose_variant(specs, "ful")
    assert choose_variant(specs, "no_prd").name == "no_prd"


def test_folder_that_cannot_be_made_is_refused_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    with pytest.raises(UsageError, match=r"cannot be written to; name another folder"):
        require_new(tmp_path / "models" / "mood")


def test_existing_folder_is_not_overwritten(tmp_path: Path) -> None:
    require_new(tmp_path)
    (tmp_path / "model.json").touch()
    with pytest.raises(UsageError, match="exists"):
        require_new(tmp_path)
