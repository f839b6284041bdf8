"""Describe the model of a folder."""

from mpcl_core.app.model_folders.hub import model_folder
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.card import metadata, model_card
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.load import read_description
from mpcl_core.runs.layout import RECIPE
from mpcl_core.runs.result_files import find_run


def model_of(folder: str) -> ModelDescription:
    """Return what a model folder states.

    Args:
        folder: a model folder, or ``hub:OWNER/NAME``.

    Returns:
        The description.

    Raises:
        UsageError: it is a run folder, or holds no model.
    """
    path = model_folder(folder)
    if find_run(path) == path.absolute():
        raise UsageError(
            f"{path} is a run folder: 'mpcl compare {path}' prints its results, 'mpcl show {path / RECIPE}' its recipe"
        )
    return read_description(path)


def card_text(model: ModelDescription) -> str:
    """Return the model card for a reader: without the metadata block that model hubs read.

    Args:
        model: the description.

    Returns:
        Markdown.
    """
    return model_card(model).removeprefix(metadata(model)).lstrip()
