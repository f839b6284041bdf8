"""State what a model is to read, and open it as a source."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mpcl_core.app.inspection.checking import variant_specs
from mpcl_core.app.prediction.recordings import open_recordings
from mpcl_core.app.prediction.table_inputs import open_table, takes_table
from mpcl_core.data.missing_data import naming_missing_data
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.suggestions import describe_missing, suggest_name
from mpcl_core.model.description import ModelDescription
from mpcl_core.recipe.load import load
from mpcl_core.recipes import located, names

RECIPES = (".yaml", ".yml")
"""The suffixes of recipes."""


@dataclass(frozen=True)
class ModelInput:
    """State what a model is to read.

    Args:
        path: a recipe, whose source is used, a manifest, a recording, a folder of recordings, or a feature table where
            the model was trained on one.
        subjects: the people who are read; all where it is empty.
        sets: options ``key.key=value`` that patch a recipe.
        rates: modality -> Hz, for files that do not state it.
        on_message: called with a line for each modality and other spelling of its channels, and for ratings that are
            left out.
    """

    path: str | Path
    subjects: Sequence[str] = ()
    sets: Sequence[str] = ()
    rates: Mapping[str, float] = field(default_factory=dict)
    on_message: Callable[[str], None] = lambda _: None

    @property
    def is_data(self) -> bool:
        """Return whether it is a file or folder of data, and not a recipe."""
        return Path(self.path).exists() and Path(self.path).suffix.lower() not in RECIPES


@contextmanager
def open_input(stated: ModelInput, model: ModelDescription, is_rated: bool = False) -> Iterator[Source]:
    """Open what a model is to read.

    Args:
        stated: the input; the source has all of its people.
        model: the model.
        is_rated: keep the ratings of a manifest.

    Yields:
        The source.

    Raises:
        RecipeError: the recipe has faults.
        DataError: as `open_recordings` and `open_table`.
        UsageError: there is no such input.
    """
    if stated.is_data and takes_table(model):
        yield open_table(Path(stated.path), model, is_rated, stated.on_message)
        return
    if stated.is_data:
        with open_recordings(Path(stated.path), model, stated.rates, is_rated, stated.on_message) as source:
            yield source
        return
    if located(stated.path) is None:
        near = suggest_name(str(stated.path), names())
        missing = describe_missing(Path(stated.path), "recording, manifest or recipe")
        raise UsageError(f"{missing}{near and '.' + near}")
    block = next(iter(variant_specs(load(stated.path, stated.sets)).values())).source
    with naming_missing_data(block):
        source = block.build()
        for note in source.notes if is_rated else ():
            stated.on_message(note)
        yield source
