"""Decide which plugin files may be imported: a plugin file is a program, so none is imported unasked."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mpcl_core.interfaces.errors import Fault, Place, PluginError, RecipeError
from mpcl_core.recipe.load import Recipe
from mpcl_core.runs.layout import MANIFEST, MODEL_DESCRIPTION
from mpcl_registry.discover import Discovery, discover, trackers


class RefusedPluginError(RecipeError):
    """Report plugin files that a recipe names and that may not be imported."""


@dataclass(frozen=True)
class PluginConsent:
    """State which plugin files that a recipe names may be imported.

    Installed plugins and files that the user names are always imported, and with them every file of the same text, such
    as the copy of a tracker in a run folder.

    Args:
        of_recipes: whether the files of a recipe may be imported.
        of_runs: whether the files of a recipe in a run folder may be imported.
        on_message: called with a line for each file of a recipe that is about to be imported.
    """

    of_recipes: bool = True
    of_runs: bool = False
    on_message: Callable[[str], None] = lambda _: None

    def trust_runs(self) -> "PluginConsent":
        """Return the same consent, extended to run folders.

        Returns:
            The consent.
        """
        return replace(self, of_runs=self.of_recipes)

    def find_plugins(self, recipe: Recipe, named: Sequence[Path] = ()) -> Discovery:
        """Load the plugins of a recipe, and announce those that it names itself.

        Args:
            recipe: the recipe.
            named: plugin files that the user names.

        Returns:
            The components and observers of all plugins.

        Raises:
            RefusedPluginError: the recipe names files that may not be imported; none has been imported then.
            RecipeError: a file of the recipe brings a name that another plugin brings.
            PluginError: two other plugins bring the same name, or a file does not exist.
        """
        places = {path.resolve(): place for path, place in recipe.plugins.items()}
        known = [*named, *trackers()]

        def before_import(files: Sequence[Path]) -> None:
            self._announce({file: places[file] for file in files if file in places and not _has_text_of(file, known)})

        try:
            return discover([*recipe.plugins, *named], before_import=before_import)
        except PluginError as error:
            if (owner := Path(error.owner)) not in places:
                raise
            raise RecipeError([Fault(places[owner], "plugins", str(error))]) from None

    def _announce(self, files: Mapping[Path, Place]) -> None:
        """Report the files that are about to be imported.

        Raises:
            RefusedPluginError: some of them may not be imported.
        """
        faults = [
            Fault(place, "plugins", f"{_short(file)} is not imported {reason}.")
            for file, place in files.items()
            if (reason := self._reason(place))
        ]
        if faults:
            raise RefusedPluginError(faults)
        for file in files:
            self.on_message(f"Importing {_short(file)}, a plugin file of the recipe")

    def _reason(self, place: Place) -> str:
        if not self.of_recipes:
            return "because of --no-plugins"
        if not self.of_runs and Path(place.file).is_file() and _is_in_run_or_model(place.folder):
            return (
                "without --trust (in Python: trust=True), because it is a program that came with a run or a model; "
                "read it first, or name your own copy of it with --plugin"
            )
        return ""


NOT_OF_RUNS = PluginConsent()
"""The consent to import the plugin files of recipes, but not those of run folders."""

OF_RUNS = PluginConsent(of_runs=True)
"""The consent to import all plugin files."""


def _has_text_of(file: Path, known: Sequence[Path]) -> bool:
    return any(path.is_file() and path.read_bytes() == file.read_bytes() for path in known)


def _is_in_run_or_model(folder: Path) -> bool:
    return any((folder / name).is_file() for name in (MANIFEST, MODEL_DESCRIPTION))


def _short(file: Path) -> str:
    return min(os.path.relpath(file), str(file), key=len)
