"""The composition root: joins registry, recipe, engine and results. Nothing but `cli` and `sklearn` imports it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from rich.console import Console

from mpcl_core.engine.audit.audit import audit as look_for_leaks
from mpcl_core.engine.audit.finding import Notice, Report
from mpcl_core.engine.audit.stored import as_tested, changes
from mpcl_core.engine.cache.prepared import Cache
from mpcl_core.engine.check import NetworkSize, check_network
from mpcl_core.engine.job import Opened, Outcome
from mpcl_core.engine.lock import lock
from mpcl_core.engine.plan import Study, studies, tasks, with_references
from mpcl_core.engine.prepare import outputs
from mpcl_core.engine.progress import Progress
from mpcl_core.engine.runner import run_tasks
from mpcl_core.engine.splits import splits
from mpcl_core.interfaces.blueprint import Blueprint, NetworkBlueprint
from mpcl_core.interfaces.errors import Fault, PluginError, RecipeError, UsageError
from mpcl_core.recipe.assemble import assemble, check_modalities
from mpcl_core.recipe.load import Recipe, load, once
from mpcl_core.results import robustness
from mpcl_core.results.compare import Result, compare
from mpcl_core.results.figures import draw
from mpcl_core.results.report import write as write_report
from mpcl_core.results.tables import as_csv, as_latex, as_markdown, pairs_as_csv
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


def assembled(recipe: Recipe) -> dict[str, Blueprint]:
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
    checked: Checked,
    plugins: Sequence[Path],
    out: Path | None,
    jobs: int,
    device: str,
    fail_fast: bool,
    console: Console,
) -> Finished:
    """Run every job of a recipe, and leave a run folder that appears whole or not at all.

    Args:
        checked: the recipe.
        plugins: further plugin files, beside the recipe's own.
        out: the run folder; ``runs/<name>/<UTC time>-<hash>`` where None.
        jobs: processes at a time.
        device: where networks are trained.
        fail_fast: stop at the first job that fails.
        console: where progress is shown.

    Raises:
        DataError: the data are not what they should be.
        UsageError: ``out`` exists, or there is no such device.
    """
    _check_device(device)
    recipe, blueprints = checked.recipe, with_references(checked.blueprints)
    text = recipe.resolved(checked.blueprints)
    folder = _folder(recipe.name, text, out)
    for owner, reason in checked.found.catalog.not_loaded.items():
        console.print(f"Not loaded: {owner} ({reason})", highlight=False, markup=False, soft_wrap=True)
    console.print(f"Reading {_sources(blueprints)} …", highlight=False)
    plan = studies(blueprints, _cache(recipe, console))
    for line in dict.fromkeys(f"{len(study.windows)} rows, {study.origin}" for study in plan):
        console.print(line, highlight=False)
    owners = {entry.cls: entry.owner for entry in checked.found.catalog.entries()}
    about = lock(recipe.name, recipe.seeds, device, plan, blueprints, owners)
    partial_folder = _made(folder.with_name(folder.name + ".partial"))
    (partial_folder / "recipe.yaml").write_text(text)
    _write_json(partial_folder / "lock.json", about)
    _write_json(partial_folder / "splits.json", splits(plan))
    files = tuple(path.resolve() for path in (*recipe.plugins, *plugins))
    opener = partial(open_run, partial_folder.resolve() / "recipe.yaml", files)
    outcomes = _run_jobs(opener, plan, blueprints, recipe.seeds, partial_folder, jobs, device, fail_fast, console)
    results = _write_summary(partial_folder, recipe.name, outcomes)
    _write_robustness(partial_folder, blueprints, console)
    draw(partial_folder)
    write_report(partial_folder)
    partial_folder.rename(folder)
    return Finished(folder, results, [outcome for outcome in outcomes if outcome.error])


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
        owners = {entry.cls: entry.owner for entry in checked.found.catalog.entries()}
        notices += changes(folder, lock(recipe.name, recipe.seeds, "cpu", plan, blueprints, owners))
        tested = [as_tested(study, folder) for study in plan]
        plan = [study for study, _ in tested]
        notices += [notice for _, said in tested for notice in said]
    with TemporaryDirectory() as scratch:
        text = Path(scratch) / "recipe.yaml"
        text.write_text(recipe.resolved(checked.blueprints))
        opener = partial(open_run, text, tuple(path.resolve() for path in (*recipe.plugins, *plugins)))
        tell = partial(console.print, highlight=False, markup=False, soft_wrap=True)
        report = look_for_leaks(recipe.name, plan, blueprints, recipe.seeds[0], opener, tell)
    report = replace(report, remarks=[*notices, *report.remarks])
    if folder is not None:
        _write_json(folder / "audit.json", report.as_json())
        write_report(folder)
    return report


def open_run(recipe: Path, plugins: tuple[Path, ...]) -> Opened:
    """A run as its jobs see it, in whatever process they run: from its own recipe, kept for the next job."""
    return _open_run(recipe, plugins)


@lru_cache(maxsize=4)
def _open_run(recipe: Path, plugins: tuple[Path, ...]) -> Opened:
    found = discover(plugins)
    return Opened(with_references(assemble(load(recipe), found.catalog)), found.manager.hook)


def _run_jobs(
    opener: partial[Opened],
    plan: Sequence[Study],
    blueprints: Mapping[str, Blueprint],
    seeds: Sequence[int],
    folder: Path,
    jobs: int,
    device: str,
    fail_fast: bool,
    console: Console,
) -> list[Outcome]:
    todo = list(tasks(plan, blueprints, seeds, folder))
    with Progress([task.job for task in todo], jobs, console) as progress:

        def ended(outcome: Outcome) -> bool:
            progress.ended(outcome)
            return not (fail_fast and outcome.error)

        return run_tasks(opener, plan, todo, jobs, device, ended)


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


def _folder(name: str, text: str, out: Path | None) -> Path:
    time = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    folder = out or Path("runs") / name / f"{time}-{digest}"
    if folder.exists():
        raise UsageError(f"{folder} exists; a run needs a folder of its own")
    return folder


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(f"{folder} is left of a run that was stopped. Remove it, or name another --out.") from None
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from None
    return folder


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
