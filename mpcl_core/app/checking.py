"""Checks a recipe: its components, their parameters and shapes; and what a run of it would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from mpcl_core.data.cache.prepared_windows import WindowCache
from mpcl_core.data.plan import Study, load_studies, plan_tasks, with_baselines
from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.errors import Fault, PluginError, RecipeError
from mpcl_core.recipe.assemble import assemble, check_modalities
from mpcl_core.recipe.load import Recipe, once
from mpcl_core.runs.folder import named
from mpcl_core.runs.layout import job_folder
from mpcl_core.runs.manifest import Manifest
from mpcl_core.runs.manifest_builder import build_manifest, study_notes
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.network_check import NetworkSize, check_network
from mpcl_registry.discover import Discovery, discover


@dataclass(frozen=True)
class CheckedRecipe:
    """A recipe without faults.

    Args:
        recipe: its text.
        plugins: further plugin files, beside the recipe's own.
        found: what all plugins bring.
        specs: its variants.
        sizes: variant -> what its network is, for the variants that have one.
    """

    recipe: Recipe
    plugins: Sequence[Path]
    found: Discovery
    specs: Mapping[str, VariantSpec]
    sizes: Mapping[str, NetworkSize]

    @property
    def files(self) -> list[Path]:
        """All plugin files."""
        return [path.resolve() for path in dict.fromkeys((*self.recipe.plugins, *self.plugins))]

    @property
    def text(self) -> str:
        """The resolved recipe, as a run folder keeps it."""
        return self.recipe.resolved(self.specs, named(self.files))

    def read(self, console: Console) -> list[Study]:
        """The studies: their rows, from the cache where they are there, and their folds.

        Args:
            console: where it is said what is read.

        Raises:
            DataError: the data are not what they should be.
            RecipeError: the protocol cannot split them.
        """
        specs = with_baselines(self.specs)
        sources = dict.fromkeys(spec.source.cls.name for spec in specs.values())
        console.print(f"Reading {', '.join(sources)} …", highlight=False)
        tell = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        return load_studies(specs, WindowCache(self.recipe.name, tell))

    def manifest(self, device: str, plan: Sequence[Study]) -> Manifest:
        """Return the manifest that a run of the recipe would have now.

        Args:
            device: where networks are trained.
            plan: the studies, as `read` returns them.

        Returns:
            The manifest.
        """
        owners = {entry.cls: Path(entry.owner).name for entry in self.found.catalog.entries()}
        recipe, specs = self.recipe, with_baselines(self.specs)
        return build_manifest(recipe.name, self.text, recipe.seeds, device, plan, specs, list(self.specs), owners)


def check(recipe: Recipe, plugins: Sequence[Path] = ()) -> CheckedRecipe:
    """Find the components, build every part of every variant from metadata, and train nothing.

    Raises:
        RecipeError: all faults of the components.
        PluginError: two plugins bring the same name, or one fails.
        DataError: a source cannot tell its modalities.
    """
    found = _discover(recipe, plugins)
    specs = assemble(recipe, found.catalog)
    faults: dict[str, Sequence[Fault]] = {}
    sizes: dict[str, NetworkSize] = {}
    for name, spec in specs.items():
        try:
            size = _try(spec)
            sizes |= {name: size} if size else {}
        except RecipeError as error:
            faults[name] = error.faults
    if faults:
        raise RecipeError(once({name: faults.get(name, ()) for name in specs}))
    return CheckedRecipe(recipe, plugins, found, specs, sizes)


def assembled(recipe: Recipe) -> dict[str, VariantSpec]:
    """The variants of a recipe, whose rows come from elsewhere: its source is not looked into.

    Raises:
        RecipeError, PluginError: as `check`.
    """
    return assemble(recipe, _discover(recipe, ()).catalog)


def _discover(recipe: Recipe, plugins: Sequence[Path]) -> Discovery:
    try:
        return discover([*recipe.plugins, *plugins])
    except PluginError as error:
        places = {str(path): place for path, place in recipe.plugins.items()}
        if error.owner not in places:
            raise
        raise RecipeError([Fault(places[error.owner], "plugins", str(error))]) from None


def _try(spec: VariantSpec) -> NetworkSize | None:
    """Build everything that a job would build, so that a value which a constructor refuses is found now."""
    source, prepare, transforms = (
        spec.source.build(),
        [block.build() for block in spec.prepare],
        [block.build() for block in spec.transforms],
    )
    for block in (spec.protocol, *spec.baselines.values()):
        block.build()
    check_modalities(spec, source, [*prepare, *transforms])
    if not isinstance(spec.model, NetworkSpec):
        spec.model.build()
        return None
    modalities = output_modalities(source.modalities, [*prepare, *transforms])
    return check_network(spec.model, modalities, source.labels, source.valence)


def survey(checked: CheckedRecipe, console: Console) -> list[dict[str, Any]]:
    """What a run would do, study by study: rows, subjects, folds, grade, variants and jobs. Reads the data.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    specs = with_baselines(checked.specs)
    plan = checked.read(console)
    todo = list(plan_tasks(plan, specs, checked.recipe.seeds, partial(job_folder, Path())))
    return [
        {
            "variants": list(study.variants),
            "rows": len(study.windows),
            "subjects": len(set(study.windows.subject) - {""}),
            "folds": len(study.folds),
            "grade": study.grade,
            "jobs": sum(task.study == number for task in todo),
            "notes": study_notes(study),
        }
        for number, study in enumerate(plan)
    ]
