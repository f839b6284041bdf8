"""Load a model folder with the components that it names."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from mpcl_core.app.model_folders.hub import model_folder
from mpcl_core.app.plugins.consent import NOT_OF_RUNS, PluginConsent
from mpcl_core.interfaces.errors import Place, RecipeError, UsageError
from mpcl_core.model.load import build_model, read_description
from mpcl_core.model.model import Model
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import Recipe, load
from mpcl_core.runs.layout import MODEL_DESCRIPTION
from mpcl_core.runs.model_files import read_model_file
from mpcl_registry.discover import Discovery

UNUSED = {"source": {"use": "simulated"}, "protocol": {"use": "loso"}}
"""What stands in the place of the keys of a recipe that a prediction does not need."""


def load_model(folder: Path, plugins: Sequence[Path] = (), consent: PluginConsent = NOT_OF_RUNS) -> Model:
    """Load a model.

    Args:
        folder: the model folder, or ``hub:OWNER/NAME``.
        plugins: plugin files that the user names.
        consent: whether the copies of plugin files in the folder may be imported.

    Returns:
        The model, on the CPU.

    Raises:
        UsageError: it is no model folder, or its components are not the ones of the model.
        RefusedPluginError: the model needs plugin files that may not be imported.
        DataError: a file of the folder is missing or changed.
    """
    return load_model_with(folder, partial(consent.find_plugins, named=plugins))


def load_model_with(folder: Path, find_plugins: Callable[[Recipe], Discovery]) -> Model:
    """Load a model with the plugins that a function finds.

    Args:
        folder: the model folder, or ``hub:OWNER/NAME``.
        find_plugins: returns the plugins of the model's recipe, whose plugin files are those of the folder.

    Returns:
        The model, on the CPU.

    Raises:
        UsageError: it is no model folder, or its components are not the ones of the model.
        DataError: a file of the folder is missing or changed.
    """
    folder = model_folder(folder).absolute()
    description = read_description(folder)
    recipe = {key: value for key, value in description.recipe.items() if key != "references"}
    loaded = load({"extends": None, "name": "model", "seeds": [0], **recipe, **UNUSED})
    for name in description.plugins:
        read_model_file(folder, name, description.files)
    place = Place(str(folder / MODEL_DESCRIPTION), 0, 0)
    loaded = replace(loaded, plugins={folder / name: place for name in description.plugins})
    catalog = find_plugins(loaded).catalog
    try:
        (spec,) = assemble(loaded, catalog).values()
    except RecipeError as error:
        raise UsageError(f"{folder} cannot be loaded with the installed components: {error.faults[0]}") from None
    return build_model(folder, description, spec)
