"""Provide the functions of the public API, which ``mpcl_core`` exports.

What imports torch is imported by the functions that need it: opening and comparing runs does not.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mpcl_core.app import comparing
from mpcl_core.app.plugins.consent import PluginConsent
from mpcl_core.app.running.notebook import notebook_progress
from mpcl_core.app.running.settings import RunSettings
from mpcl_core.evaluation.compare import Comparison
from mpcl_core.evaluation.compare import compare as compare_folders
from mpcl_core.evaluation.run import Run, open_run
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.jobs.progress import ProgressDisplay
from mpcl_core.recipe.load import Recipe, RecipeLike, load

if TYPE_CHECKING:
    from mpcl_core.app.inspection.checking import CheckedRecipe
    from mpcl_core.app.model_folders.exporting import Exported
    from mpcl_core.leaks.finding import AuditReport
    from mpcl_core.model.explanation import Explanation
    from mpcl_core.model.model import Model

__all__ = [
    "audit",
    "check",
    "compare",
    "draw_explanation",
    "export_model",
    "fit",
    "load_model",
    "load_recipe",
    "open_run",
    "run",
]

Device = Literal["auto", "cpu", "cuda", "mps"]
OnMessage = Callable[[str], None] | None


def load_recipe(recipe: RecipeLike, *, sets: Sequence[str] = (), variants: Sequence[str] | None = None) -> Recipe:
    """Read a recipe and resolve its parents, its options and its variants, without looking up components.

    Args:
        recipe: a file, the name of a shipped recipe, a mapping, or a loaded recipe.
        sets: options ``key.key=value`` that patch it.
        variants: the variants to select; all where None.

    Returns:
        The recipe; ``variants`` maps the names of its variants to their trees.

    Raises:
        RecipeError: with all faults of the text.
        UsageError: a variant does not exist, or options are stated for a loaded recipe.

    Example:
        >>> recipe = load_recipe("modules", sets=["train.epochs=5"], variants=["full", "no_prd"])
        >>> recipe.name, list(recipe.variants)
        ('modules', ['full', 'no_prd'])
    """
    return load(recipe, sets).select(variants)


def load_model(path: str | Path, *, trust: bool = False, plugins: Sequence[str | Path] = ()) -> "Model":
    """Load a stored model, to predict with it.

    Args:
        path: a model folder, such as ``RUN/jobs/VARIANT/SEED/FOLD/model``, or ``hub:OWNER/NAME``.
        trust: import the plugin files of the folder, which are programs: read them first.
        plugins: plugin files that are named in place of those in the folder.

    Returns:
        The model: ``predict``, ``embed``, ``network``.

    Raises:
        UsageError: it is no model folder.
        PluginError: it needs plugin files, and ``trust`` is false.
        DataError: a file of the folder is missing or changed.
    """
    from mpcl_core.app.model_folders import loading

    return loading.load_model(Path(path), _paths(plugins), PluginConsent(of_runs=trust))


def export_model(
    model: "Model", out: str | Path, windows: Sequence[WindowSet] = (), *, form: Literal["torch", "onnx"] = "onnx"
) -> "Exported":
    """Write transforms and network of a model as one graph, and compare it with the model.

    Args:
        model: a model with a network.
        out: the file: ``.onnx``, or ``.pt2`` for torch.
        windows: windows with which file and model are compared; 1,000 windows of noise where there are none.
        form: ``onnx`` for ONNX Runtime and `OnnxModel`, or ``torch`` for `torch.export.load`.

    Returns:
        The file, and the largest difference between its predictions and those of the model.

    Raises:
        UsageError: a component cannot be exported, or packages are not installed.
        DataError: the predictions differ by more than 1e-5.

    Example:
        >>> import mpcl_core
        >>> model = mpcl_core.load_model("RUN/jobs/main/0/s01/model")  # doctest: +SKIP
        >>> mpcl_core.export_model(model, "emotions.onnx").difference < 1e-5  # doctest: +SKIP
        True
    """
    from mpcl_core.app.model_folders import exporting

    return exporting.export_model(model, form, Path(out), windows)


def fit(
    recipe: RecipeLike,
    out: str | Path,
    *,
    variant: str | None = None,
    seeds: int = 1,
    evaluated_by: str | Path | None = None,
    sets: Sequence[str] = (),
    plugins: Sequence[str | Path] = (),
    device: Device = "auto",
    on_message: OnMessage = print,
) -> "Model":
    """Train a model on all windows of a recipe, and store it.

    Args:
        recipe: a file, the name of a shipped recipe, a mapping, or a loaded recipe.
        out: the model folder to write.
        variant: the variant; None where the recipe has one only.
        seeds: more than 1 trains an ensemble, whose predictions are averaged.
        evaluated_by: a run of the same recipe, whose grade and scores the model card states.
        sets: options ``key.key=value`` that patch the recipe.
        plugins: plugin files beside the recipe's own.
        device: where networks are trained; ``auto`` is cuda, else mps, else cpu.
        on_message: called with each line about progress; None for silence.

    Returns:
        The model.

    Raises:
        UsageError: ``out`` exists, there is no such variant, or the run evaluated something else.
        RecipeError: with all faults of the recipe.
        DataError: the data are not what they should be.

    Example:
        >>> import mpcl_core
        >>> model = mpcl_core.fit("mpcl", "model", seeds=3)  # doctest: +SKIP
        >>> model.predict(windows).radius  # doctest: +SKIP
        0.21
    """
    from mpcl_core.app.inspection import checking
    from mpcl_core.app.model_folders import fitting, loading

    show = on_message or _ignore
    consent = PluginConsent(of_runs=True, on_message=show)
    checked = checking.check(load_recipe(recipe, sets=sets), _paths(plugins), consent)
    run = None if evaluated_by is None else Path(evaluated_by)
    fitting.fit(checked, Path(out), variant, seeds, device, run, show)
    return loading.load_model(Path(out), checked.plugin_files)


def draw_explanation(explanation: "Explanation", out: str | Path) -> Path:
    """Draw an explanation: changes by modality and by part of the window, and weights of prototypes.

    Args:
        explanation: what `Model.explain` returned.
        out: the SVG file.

    Returns:
        The file.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import mpcl_core
        >>> model = mpcl_core.load_model("RUN/jobs/main/0/s01/model")  # doctest: +SKIP
        >>> mpcl_core.draw_explanation(model.explain({"eeg": eeg}), "explanation.svg")  # doctest: +SKIP
    """
    from mpcl_core.reporting.figures.explanation import draw_explanation

    parts = explanation.by_modality, explanation.by_time, explanation.prototypes
    draw_explanation(explanation.labels, *parts, Path(out))
    return Path(out)


def check(
    recipe: RecipeLike,
    *,
    variants: Sequence[str] | None = None,
    sets: Sequence[str] = (),
    plugins: Sequence[str | Path] = (),
    trust: bool = False,
) -> "CheckedRecipe":
    """Find the faults of a recipe: build every part of every variant from metadata, and train nothing.

    Args:
        recipe: a file, the name of a shipped recipe, a mapping, or a loaded recipe.
        variants: the variants to select; all where None.
        sets: options ``key.key=value`` that patch it.
        plugins: plugin files beside the recipe's own.
        trust: import the plugin files of a run folder, which are programs: read them first.

    Returns:
        The checked recipe; ``sizes`` maps variants to the sizes of their networks.

    Raises:
        RecipeError: with all faults of the recipe.
        PluginError: two plugins bring the same name, or one fails.
        DataError: a source cannot read its metadata.

    Example:
        >>> check("mpcl").sizes["main"].parameters > 1000
        True
    """
    from mpcl_core.app.inspection import checking

    loaded = load_recipe(recipe, sets=sets, variants=variants)
    return checking.check(loaded, _paths(plugins), PluginConsent(of_runs=trust))


def run(
    recipe: RecipeLike,
    *,
    variants: Sequence[str] | None = None,
    sets: Sequence[str] = (),
    plugins: Sequence[str | Path] = (),
    out: str | Path | None = None,
    jobs: int | None = None,
    device: Device = "auto",
    figures: bool = True,
    on_message: OnMessage = print,
) -> Run:
    """Train and test every variant, seed and fold of a recipe.

    Args:
        recipe: a file, the name of a shipped recipe, a mapping, or a loaded recipe.
        variants: the variants to select; all where None.
        sets: options ``key.key=value`` that patch it.
        plugins: plugin files beside the recipe's own.
        out: the run folder; ``runs/<name>/<UTC time>-<hash>`` where None.
        jobs: processes at a time; None for one per core (at most 4 on a GPU). More than one starts new processes,
            which do not run the script again.
        device: where networks are trained; ``auto`` is cuda, else mps, else cpu.
        figures: draw the figures of the run folder and of its report.
        on_message: called with each line about progress; None for silence. In a notebook, ``print`` stands for a
            progress bar.

    Returns:
        The finished run. Jobs that failed are missing in its tables, and reported to ``on_message``.

    Raises:
        RecipeError: with all faults of the recipe.
        DataError: the data are not what they should be.
        UsageError: ``out`` exists, or there is no such device or variant.
        InterruptedRunError: the run was interrupted, and can be resumed.

    Example:
        >>> import mpcl_core
        >>> run = mpcl_core.run("mpcl", sets=["train.epochs=5"], jobs=1)  # doctest: +SKIP
        >>> run.summary()  # doctest: +SKIP
    """
    from mpcl_core.app.inspection import checking
    from mpcl_core.app.running import running

    show = on_message or _ignore
    consent = PluginConsent(of_runs=True, on_message=show)
    checked = checking.check(load_recipe(recipe, sets=sets, variants=variants), _paths(plugins), consent)
    bar = notebook_progress() if on_message is print else None
    display = ProgressDisplay(_ignore if bar else show, on_progress=bar)
    settings = RunSettings(jobs, device, figures=figures)
    finished = running.run(checked, None if out is None else Path(out), settings, display)
    for outcome in finished.failed:
        show(f"Failed: {outcome.error} See {finished.log_of(outcome)}")
    return open_run(finished.folder)


def compare(
    *runs: str | Path | Run,
    metric: str = "kl_divergence",
    reference: str | None = None,
    jobs: int | None = None,
    device: Device = "auto",
    trust: bool = False,
    on_message: OnMessage = print,
) -> list[Comparison]:
    """Compare the variants of one run or of several, with tests that are paired by subject.

    Args:
        *runs: runs, run folders and recipes; a recipe stands for its newest complete run, and is run if it has none.
        metric: by which the variants are ranked and tested.
        reference: the variant to test the others against; ``full``, ``main`` or the first network where None.
        jobs: processes at a time, for recipes that are run.
        device: where the networks of recipes that are run are trained.
        trust: import the plugin files of a run folder, which are programs: read them first.
        on_message: called with each line about progress; None for silence.

    Returns:
        One comparison for each grade and set of test windows; numbers of different grades never share one.

    Raises:
        UsageError: a run, the metric or the reference does not exist.
        RecipeError: a recipe has faults.

    Example:
        >>> import mpcl_core
        >>> for table in mpcl_core.compare("mpcl", "graph"):  # doctest: +SKIP
        ...     print(table.title)
    """
    stated = [each.path if isinstance(each, Run) else each for each in runs]
    show = on_message or _ignore
    consent = PluginConsent(of_runs=trust, on_message=show)
    folders, failures = comparing.compared_runs(stated, (), RunSettings(jobs, device), ProgressDisplay(show), consent)
    for failure in failures:
        show(f"Failed: {failure}")
    return compare_folders(folders, metric, reference)


def audit(
    recipe: RecipeLike,
    *,
    sets: Sequence[str] = (),
    plugins: Sequence[str | Path] = (),
    trust: bool = False,
    on_message: OnMessage = print,
) -> "AuditReport":
    """Look for leaks in a recipe or in a run.

    Args:
        recipe: a recipe, or the folder of a run, which then stores the report.
        sets: options ``key.key=value`` that patch a recipe.
        plugins: plugin files beside the recipe's own.
        trust: import the plugin files of a run folder, which are programs: read them first.
        on_message: called with a line for each check; None for silence.

    Returns:
        The report; ``findings`` is empty where no leak was found.

    Raises:
        UsageError: the folder is no run, or a run is to be patched.
        DataError: the data are not what they should be.
        RecipeError: the recipe has faults, or its protocol cannot split the windows.

    Example:
        >>> import mpcl_core
        >>> mpcl_core.audit("mpcl").findings  # doctest: +SKIP
        []
    """
    from mpcl_core.app import auditing

    show = on_message or _ignore
    return auditing.audit(recipe, sets, _paths(plugins), show, PluginConsent(of_runs=trust, on_message=show))


def _paths(plugins: Sequence[str | Path]) -> list[Path]:
    return [Path(plugin) for plugin in plugins]


def _ignore(_: str) -> None:
    """Ignore a message."""
