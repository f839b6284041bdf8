"""A model folder is described by its card, without what only hubs read."""

from pathlib import Path

import pytest

from mpcl_core.app.model_folders.describing import card_text, model_of
from mpcl_core.interfaces.errors import UsageError

pytestmark = pytest.mark.slow


def test_card_is_that_of_the_folder_without_its_metadata(fitted: Path) -> None:
    text = card_text(model_of(str(fitted / "model")))
    assert text.startswith("# own\n")
    assert (fitted / "model" / "README.md").read_text(encoding="utf-8").endswith(text)


def test_folder_without_a_model_is_named(fitted: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a model folder"):
        model_of(str(tmp_path))
    with pytest.raises(UsageError, match="is a run folder: 'mpcl compare"):
        model_of(str(fitted / "run"))
