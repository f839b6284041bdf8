"""Check a recipe: its components, their parameters and shapes, and the studies that a run of it would consist of."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from mpcl_core.app.inspection.held_out_notes import held_out_notes
from mpcl_core.app.inspection.repeated_variants import repeated_variant_notes
from mpcl_core.app.plugins.consent import NOT_OF_RUNS, OF_RUNS, PluginConsent
from mpcl_core.data.cache.prepared_windows import WindowCache
from mpcl_core.data.missing_data import naming_missing_data
from mpcl_core.data.plan import Study, load_studies, plan_tasks, with_baselines
from mpcl_core.data.pooling import require_tables
from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.data import SignalClock
from mpcl_core.interfaces.errors import Fault, PluginError, RecipeError
from mpcl_core.isolation.loose_modules import refuse_loose_imports
from mpcl_core.jobs.autotune import note_unstackable
from mpcl_core.jobs.rehearsal import find_deadly_call
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import Recipe, merge_faults
from mpcl_core.recipe.source_check import check_against_source
from mpcl_core.runs.folder import plugin_copies
from mpcl_core.runs.layout import job_folder
from mpcl_core.runs.manifest import Manifest
from mpcl_core.runs.manifest_builder import build_manifest, start_notes, study_notes
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.initial_weights import read_initial_weights
from mpcl_core.training.network_check import NetworkSize, check_network
from mpcl_registry.discover import Discovery


@dataclass(frozen=True)
class CheckedRecipe:
    """Hold a recipe without faults.

    Args:
        recipe: its text.
        plugins: further plugin files, beside the recipe's own.
        discovery: the components and observers of all plugins.
        specs: variant -> its spec.
        sizes: variant -> the size of its network, for the variants that have one.
    """

    recipe: Recipe
    plugins: Sequence[Path]
    discovery: Discovery
    specs: Mapping[str, VariantSpec]
    sizes: Mapping[str, NetworkSize]

    @property
    def plugin_files(self) -> list[Path]:
        """Return the absolute paths of all plugin files."""
        return [path.resolve() for path in dict.fromkeys((*self.recipe.plugins, *self.plugins))]

    @cached_property
    def resolved_text(self) -> str:
        """Return the text of the resolved recipe that a run folder stores."""
        return self.recipe.resolved(self.specs, plugin_copies(self.plugin_files))

    @property
    def notes(self) -> list[str]:
        """Return a line for each plugin that did not load, repeated variant, and variant without a cohort."""
        models = {name: spec.model for name, spec in self.specs.items()}
        notes = [note_unstackable(name, model) for name, model in models.items() if isinstance(model, NetworkSpec)]
        broken = [f"Not loaded: {owner} ({why})" for owner, why in self.discovery.catalog.not_loaded.items()]
        return [*broken, *repeated_variant_notes(self.specs), *(note for note in notes if note)]

    def studies(self, on_message: Callable[[str], None]) -> list[Study]:
        """Prepare the windows of each study, or take them from the cache, and split them into folds.

        Args:
            on_message: called with a line for each source that is read.

        Returns:
            The studies in the order of the variants.

        Raises:
            DataError: the data are not what they should be, or the model that a variant starts from may have learned
                from people whom the folds test.
            RecipeError: the protocol cannot split them.
        """
        specs = with_baselines(self.specs)
        sources = dict.fromkeys(spec.source.cls.name for spec in specs.values())
        on_message(f"Reading {', '.join(sources)} …")
        studies = load_studies(specs, WindowCache(self.recipe.name, on_message))
        for study in studies:
            start_notes(study, specs)
        return studies

    def manifest(self, device: str, studies: Sequence[Study]) -> Manifest:
        """Build the manifest that a run of the recipe would have now.

        Args:
            device: where its networks are trained.
            studies: its studies.

        Returns:
            Everything that decides the numbers of the run.
        """
        owners = {entry.cls: Path(entry.owner).name for entry in self.discovery.catalog.entries()}
        recipe, specs = self.recipe, with_baselines(self.specs)
        own = list(self.specs)
        built = build_manifest(
            recipe.name,
            self.resolved_text,
            recipe.seeds,
            device,
            studies,
            specs,
            own,
            owners,
            self.discovery.catalog.metrics,
        )
        files = self.plugin_files
        originals = dict(zip(plugin_copies(files), map(str, files), strict=True))
        return built.model_copy(update={"plugin_originals": originals})


@dataclass(frozen=True)
class StudyOutline:
    """Describe what a run would do for one study.

    Args:
        variants: the variants and baselines that are trained on it.
        windows: the number of its windows.
        subjects: the number of its subjects; 0 where they are unknown.
        folds: the number of its folds.
        grade: what its numbers may claim.
        jobs: the number of its jobs.
        notes: what limits its evidence.
        clocks: the signals that start late, drift or have gaps.
    """

    variants: tuple[str, ...]
    windows: int
    subjects: int
    folds: int
    grade: str
    jobs: int
    notes: tuple[str, ...]
    clocks: tuple[SignalClock, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the fields as plain values.

        Returns:
            Field -> value.
        """
        return asdict(self)


def check(recipe: Recipe, plugins: Sequence[Path] = (), consent: PluginConsent = NOT_OF_RUNS) -> CheckedRecipe:
    """Find the components, build every part of every variant from metadata, and train nothing.

    Args:
        recipe: the recipe.
        plugins: plugin files beside the recipe's own.
        consent: whether the recipe's own plugin files may be imported.

    Returns:
        The recipe with its components.

    Raises:
        RefusedPluginError: the recipe names plugin files that may not be imported.
        RecipeError: with all faults of the components.
        PluginError: two plugins bring the same name, one fails, or one imports a loose module.
        DataError: a source cannot read its metadata.
    """
    discovery, modules = consent.find_plugins(recipe, plugins), frozenset(sys.modules)
    specs = assemble(recipe, discovery.catalog)
    if foreign := discovery.foreign:
        _refuse_deadly_components(specs, foreign)
    faults: dict[str, Sequence[Fault]] = {}
    sizes: dict[str, NetworkSize] = {}
    for name, spec in specs.items():
        try:
            with naming_missing_data(spec.source):
                size = _build(spec)
            sizes |= {name: size} if size else {}
        except RecipeError as error:
            faults[name] = error.faults
    if faults:
        raise RecipeError(merge_faults({name: faults.get(name, ()) for name in specs}))
    refuse_loose_imports(modules)
    return CheckedRecipe(recipe, plugins, discovery, specs, sizes)


def variant_specs(recipe: Recipe) -> dict[str, VariantSpec]:
    """Assemble the variants of a recipe without reading its source.

    This is for callers that bring their own windows.

    Args:
        recipe: the recipe.

    Returns:
        Variant -> its spec.

    Raises:
        RecipeError: with all faults of the components.
        PluginError: two plugins bring the same name, or one fails.
    """
    return assemble(recipe, OF_RUNS.find_plugins(recipe).catalog)


def _refuse_deadly_components(specs: Mapping[str, VariantSpec], plugins: Sequence[str]) -> None:
    """Refuse variants whose components end their process; only those of foreign plugins are suspected.

    Raises:
        PluginError: building a variant, or computing two windows with its network, ends the process or hangs.
    """
    if (found := find_deadly_call({name: partial(_build, spec) for name, spec in specs.items()})) is not None:
        effect = "ends its process" if found.returns else "hangs"
        raise PluginError(
            f"a component of variant '{found.name}' {effect} while it is built or computes two windows: {found.cause}. "
            f"Look for it in the recipe's plugins: {', '.join(plugins)}"
        )


def _build(spec: VariantSpec) -> NetworkSize | None:
    """Build everything that a job would build, to find values that a constructor refuses.

    Returns:
        The size of the network; None for an estimator.
    """
    source, prepare, transforms = (
        spec.source.build(),
        [block.build() for block in spec.prepare],
        [block.build() for block in spec.transforms],
    )
    mix = spec.model.mix if isinstance(spec.model, NetworkSpec) else {}
    for block in (spec.protocol, *spec.baselines.values(), *mix.values()):
        block.build()
    check_against_source(spec, source, [*prepare, *transforms])
    windows = output_modalities(source.modalities, prepare)
    modalities = output_modalities(windows, transforms)
    if spec.pool is not None:
        require_tables(modalities)
    if not isinstance(spec.model, NetworkSpec):
        spec.model.build()
        return None
    if (initial := read_initial_weights(spec.model)) is not None:
        initial.check_data(windows, source.labels)
    return check_network(spec.model, modalities, source.labels, source.valence, initial)


def outline_studies(checked: CheckedRecipe, on_message: Callable[[str], None]) -> list[StudyOutline]:
    """Read the data and describe what a run would do, study by study.

    Args:
        checked: the recipe.
        on_message: called with a line for each source that is read.

    Returns:
        One outline for each study.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    specs = with_baselines(checked.specs)
    studies = checked.studies(on_message)
    tasks = list(plan_tasks(studies, specs, checked.recipe.seeds, partial(job_folder, Path())))
    return [
        StudyOutline(
            variants=tuple(study.variants),
            windows=len(study.windows),
            subjects=len(set(study.windows.subject) - {""}),
            folds=len(study.folds),
            grade=study.grade,
            jobs=sum(task.study == number for task in tasks),
            notes=(*study_notes(study), *start_notes(study, specs), *held_out_notes(study, specs)),
            clocks=study.provenance.clocks,
        )
        for number, study in enumerate(studies)
    ]
