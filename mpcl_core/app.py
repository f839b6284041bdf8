"""The composition root: joins registry, recipe, engine and results. Nothing but the command line imports it."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from rich.console import Console

from mpcl_core.engine.attended import Outcome, ended_well, is_full
from mpcl_core.engine.audit.audit import audit as look_for_leaks
from mpcl_core.engine.audit.finding import Notice, Report
from mpcl_core.engine.audit.stored import as_tested, changes
from mpcl_core.engine.cache.prepared import Cache
from mpcl_core.engine.check import NetworkSize, check_network
from mpcl_core.engine.drift import refuse_drift
from mpcl_core.engine.job import Opened
from mpcl_core.engine.lock import lock
from mpcl_core.engine.pace import shares
from mpcl_core.engine.plan import Study, Task, studies, tasks, with_references
from mpcl_core.engine.prepare import outputs
from mpcl_core.engine.progress import Progress
from mpcl_core.engine.run_folder import LOCK, SPLITS, RunFolder, named
from mpcl_core.engine.runner import Means, WorkerLostError, run_tasks
from mpcl_core.engine.splits import splits
from mpcl_core.interfaces.blueprint import Blueprint, NetworkBlueprint
from mpcl_core.interfaces.errors import Fault, PluginError, RecipeError, UsageError, UserError
from mpcl_core.recipe.assemble import assemble, check_modalities
from mpcl_core.recipe.load import Recipe, load, once
from mpcl_core.results import robustness
from mpcl_core.results.compare import Result, compare
from mpcl_core.results.figures import draw
from mpcl_core.results.report import write as write_report
from mpcl_core.results.tables import as_csv, as_latex, as_markdown, pairs_as_csv
from mpcl_registry.catalog import Catalog
from mpcl_registry.discover import Discovery, discover


@dataclass(frozen=True)
class Checked:
    """A recipe without faults.

    Args:
        recipe: its text.
        found: the plugins.
        blueprints: its variants.
        sizes: variant -> what its network is, for the variants that have one.
    """

    recipe: Recipe
    found: Discovery
    blueprints: Mapping[str, Blueprint]
    sizes: Mapping[str, NetworkSize]


@dataclass(frozen=True)
class Finished:
    """A run that came to its end.

    Args:
        folder: the run folder.
        results: its numbers and tests.
        failed: the jobs that failed.
    """

    folder: Path
    results: Sequence[Result]
    failed: Sequence[Outcome]


@dataclass(frozen=True)
class How:
    """How the jobs of a run are run; their results do not depend on it.

    Args:
        jobs: processes at a time.
        fail_fast: stop at the first job that fails.
        cohort: how many jobs of a variant are trained together: 1 one by one, None as many as is quickest.
        dask: the address of a scheduler, whose workers run the jobs; None for this machine.
    """

    jobs: int
    fail_fast: bool = False
    cohort: int | None = 1
    dask: str | None = None


class StoppedError(UserError):
    """A run was stopped before its end, and can be finished.

    Args:
        message: why, and how to go on.
        exit_code: what the command line returns.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def check(recipe: Recipe, plugins: Sequence[Path] = ()) -> Checked:
    """Find the components, build every part of every variant from metadata, and train nothing.

    Raises:
        RecipeError: all faults of the components.
        PluginError: two plugins bring the same name, or one fails.
        DataError: a source cannot tell its modalities.
    """
    found = _discover(recipe, plugins)
    blueprints = assemble(recipe, found.catalog)
    faults: dict[str, Sequence[Fault]] = {}
    sizes: dict[str, NetworkSize] = {}
    for name, blueprint in blueprints.items():
        try:
            size = _try(blueprint)
            sizes |= {name: size} if size else {}
        except RecipeError as error:
            faults[name] = error.faults
    if faults:
        raise RecipeError(once({name: faults.get(name, ()) for name in blueprints}))
    return Checked(recipe, found, blueprints, sizes)


def _discover(recipe: Recipe, plugins: Sequence[Path]) -> Discovery:
    try:
        return discover([*recipe.plugins, *plugins])
    except PluginError as error:
        places = {str(path): place for path, place in recipe.plugins.items()}
        if error.owner not in places:
            raise
        raise RecipeError([Fault(places[error.owner], "plugins", str(error))]) from None


def _try(blueprint: Blueprint) -> NetworkSize | None:
    """Build everything that a job would build, so that a value which a constructor refuses is found now."""
    source, prepare, transforms = (
        blueprint.source.build(),
        [block.build() for block in blueprint.prepare],
        [block.build() for block in blueprint.transforms],
    )
    for block in (blueprint.protocol, *blueprint.references.values()):
        block.build()
    check_modalities(blueprint, source, [*prepare, *transforms])
    if not isinstance(blueprint.model, NetworkBlueprint):
        blueprint.model.build()
        return None
    modalities = outputs(source.modalities, [*prepare, *transforms])
    return check_network(blueprint.model, modalities, source.labels, source.valence)


def survey(checked: Checked) -> list[dict[str, Any]]:
    """What a run would do, study by study: rows, subjects, folds, grade, variants and jobs. Reads the data.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    blueprints = with_references(checked.blueprints)
    plan = studies(blueprints, _cache(checked.recipe, Console(stderr=True)))
    todo = list(tasks(plan, blueprints, checked.recipe.seeds, Path()))
    return [
        {
            "variants": list(study.variants),
            "rows": len(study.windows),
            "subjects": len(set(study.windows.subject)),
            "folds": len(study.folds),
            "grade": study.grade,
            "jobs": sum(task.study == number for task in todo),
        }
        for number, study in enumerate(plan)
    ]


def run(
    checked: Checked, plugins: Sequence[Path], out: Path | None, how: How, device: str, console: Console
) -> Finished:
    """Run every job of a recipe, and leave a run folder that appears whole or not at all.

    Args:
        checked: the recipe.
        plugins: further plugin files, beside the recipe's own.
        out: the run folder; ``runs/<name>/<UTC time>-<hash>`` where None.
        how: how its jobs are run.
        device: where networks are trained.
        console: where progress is shown.

    Raises:
        DataError: the data are not what they should be.
        UsageError: ``out`` exists, or there is no such device.
        StoppedError: it can be finished later.
    """
    _check_device(device)
    recipe, files = checked.recipe, [path.resolve() for path in dict.fromkeys((*checked.recipe.plugins, *plugins))]
    text = recipe.resolved(checked.blueprints, named(files))
    folder = RunFolder(out or _place(recipe.name, text))
    folder.make(text, files)
    try:
        return _complete(checked, folder, how, device, console)
    except (UserError, KeyboardInterrupt):
        if folder.lock() is None:  # no job has begun
            shutil.rmtree(folder.partial)
        raise


def resume(path: Path, how: How, console: Console) -> Finished:
    """Finish a run that was stopped: what is missing, and nothing else. A job that was killed goes on from its last
    epoch, and one that failed is run again.

    Args:
        path: the run folder.
        how: how its jobs are run.
        console: where progress is shown.

    Raises:
        UsageError: it is no run, or is being run.
        DriftError: what is missing would not be what it was to be: code, versions, data or folds have changed.
        StoppedError: as `run`.
    """
    folder = RunFolder.stopped(path)
    then = folder.lock()
    return _complete(check(load(folder.recipe)), folder, how, then["device"] if then else "cpu", console)


def _complete(checked: Checked, folder: RunFolder, how: How, device: str, console: Console) -> Finished:
    with folder.held(), _resumable(folder):
        return _completed(checked, folder, how, device, console)


def _completed(checked: Checked, folder: RunFolder, how: How, device: str, console: Console) -> Finished:
    recipe, blueprints = checked.recipe, with_references(checked.blueprints)
    for owner, reason in checked.found.catalog.not_loaded.items():
        console.print(f"Not loaded: {owner} ({reason})", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Reading {_sources(blueprints)} …", highlight=False)
    plan = studies(blueprints, _cache(recipe, console))
    for line in dict.fromkeys(f"{len(study.windows)} rows, {study.origin}" for study in plan):
        console.print(line, highlight=False)
    about = lock(recipe.name, recipe.seeds, device, plan, blueprints, _owners(checked.found.catalog))
    if (then := folder.lock()) is not None:
        refuse_drift(then, about)
    else:
        folder.write(SPLITS, splits(plan))
        folder.write(LOCK, about)
    todo = list(tasks(plan, blueprints, recipe.seeds, folder.partial))
    outcomes = _run_jobs(folder, plan, todo, how, device, console)
    results = _write_summary(folder.partial, recipe.name, outcomes)
    _write_robustness(folder.partial, blueprints, console)
    draw(folder.partial)
    write_report(folder.partial)
    folder.finish()
    return Finished(folder.folder, results, [outcome for outcome in outcomes if outcome.error])


def _run_jobs(
    folder: RunFolder, plan: Sequence[Study], todo: Sequence[Task], how: How, device: str, console: Console
) -> list[Outcome]:
    """The jobs that are still to be run; also how those ended that were run before."""
    done = [outcome for outcome in (ended_well(task.job) for task in todo) if outcome]
    before = {outcome.job.folder for outcome in done}
    left = [task for task in todo if task.job.folder not in before]
    if not left:
        return done
    tell = partial(console.print, highlight=False, markup=False, soft_wrap=True)
    opener = partial(open_run, folder.recipe)
    means = Means(how.jobs, device, how.dask)
    if how.cohort != 1:
        means = replace(means, shares=shares(opener, plan, left, means, how.cohort, tell))
    with Progress([task.job for task in left], len(done), how.jobs, console) as progress:

        def ended(outcome: Outcome) -> bool:
            progress.ended(outcome)
            return not (how.fail_fast and outcome.error)

        return done + run_tasks(opener, plan, left, means, ended)


@contextmanager
def _resumable(folder: RunFolder) -> Iterator[None]:
    """Whatever stops the run, the user is told how to go on."""
    again = f"What was done is kept. Go on with: mpcl run --resume {folder.folder}"
    try:
        yield
    except KeyboardInterrupt:
        raise StoppedError(f"Stopped. {again}", 130) from None
    except WorkerLostError as error:
        raise StoppedError(f"{error}. {again}") from None
    except OSError as error:
        if not is_full(error):
            raise
        raise StoppedError(f"The disk is full ({error}). {again}, when there is room.") from None


def audit(checked: Checked, plugins: Sequence[Path], folder: Path | None, console: Console) -> Report:
    """Look for leaks in a recipe, or in a run of it.

    Args:
        checked: the recipe.
        plugins: further plugin files, beside the recipe's own.
        folder: the run, which keeps the answer as ``audit.json``; None where there is none.
        console: where progress is shown.

    Raises:
        DataError: the data are not what they should be.
        RecipeError: the protocol cannot split them.
    """
    recipe, blueprints = checked.recipe, with_references(checked.blueprints)
    console.print(f"Reading {_sources(blueprints)} …", highlight=False)
    plan = studies(blueprints, _cache(recipe, console))
    notices: list[Notice] = []
    if folder is not None:
        owners = _owners(checked.found.catalog)
        notices += changes(folder, lock(recipe.name, recipe.seeds, "cpu", plan, blueprints, owners))
        tested = [as_tested(study, folder) for study in plan]
        plan = [study for study, _ in tested]
        notices += [notice for _, said in tested for notice in said]
    files = dict.fromkeys((*recipe.plugins, *plugins))
    with TemporaryDirectory() as scratch:
        text = Path(scratch) / "recipe.yaml"
        text.write_text(recipe.resolved(checked.blueprints, [str(path.resolve()) for path in files]))
        opener = partial(open_run, text)
        tell = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        report = look_for_leaks(recipe.name, plan, blueprints, recipe.seeds[0], opener, tell)
    report = replace(report, remarks=[*notices, *report.remarks])
    if folder is not None:
        _write_json(folder / "audit.json", report.as_json())
        write_report(folder)
    return report


def open_run(recipe: Path) -> Opened:
    """A run as its jobs see it, in whatever process they run: from its own recipe, kept for the next job."""
    return _open_run(recipe)


@lru_cache(maxsize=4)
def _open_run(recipe: Path) -> Opened:
    read = load(recipe)
    found = discover(read.plugins)
    return Opened(with_references(assemble(read, found.catalog)), found.manager.hook)


def _write_robustness(folder: Path, blueprints: Mapping[str, Blueprint], console: Console) -> None:
    """The table, where some variant was to be tested without modalities; an estimator says that it was not."""
    tested = {name: blueprint for name, blueprint in blueprints.items() if blueprint.robustness is not None}
    if not tested:
        return
    if rows := robustness.summarise(folder):
        (folder / robustness.FILE).write_text(robustness.as_csv(rows))
    if skipped := [name for name, variant in tested.items() if not isinstance(variant.model, NetworkBlueprint)]:
        note = f"Not tested for robustness, since an estimator is no network: {', '.join(skipped)}."
        console.print(note, highlight=False, markup=False, soft_wrap=True)


def _place(name: str, text: str) -> Path:
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return Path("runs") / name / f"{time}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _owners(catalog: Catalog) -> dict[type, str]:
    """Component class -> the plugin that brought it, a file by its name alone."""
    return {entry.cls: Path(entry.owner).name for entry in catalog.entries()}


def _write_summary(folder: Path, name: str, outcomes: Sequence[Outcome]) -> list[Result]:
    results = compare([folder]) if any(not outcome.error for outcome in outcomes) else []
    (folder / "summary.csv").write_text(as_csv([row for result in results for row in result.rows]))
    (folder / "summary.md").write_text(as_markdown(name, results))
    (folder / "summary.tex").write_text(as_latex(results))
    (folder / "tests.csv").write_text(pairs_as_csv(results))
    return results


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def _check_device(device: str) -> None:
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available[device]:
        raise UsageError(
            f"this machine has no {device} device. It has: {', '.join(k for k, v in available.items() if v)}."
        )


def _cache(recipe: Recipe, console: Console) -> Cache:
    return Cache(recipe.name, partial(console.print, highlight=False, markup=False, soft_wrap=True))


def _sources(blueprints: Mapping[str, Blueprint]) -> str:
    return ", ".join(dict.fromkeys(blueprint.source.cls.name for blueprint in blueprints.values()))
