"""Train a model on all windows of a recipe, and store it."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mpcl_core.app.inspection.checking import CheckedRecipe
from mpcl_core.app.model_folders.evaluation import read_evaluation
from mpcl_core.app.running.settings import choose_device
from mpcl_core.data.cache.prepared_windows import WindowCache
from mpcl_core.data.truth import read_only
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.isolation.library_functions import preserve_libraries
from mpcl_core.isolation.library_imports import import_declared
from mpcl_core.model.fit import fit_members
from mpcl_core.model.save import Training, save_model
from mpcl_core.runs.manifest_builder import hash_windows
from mpcl_core.spec.variant import VariantSpec, blocks, describe_plugins

BETWEEN_LINES = 2.0
"""Seconds between two lines about the progress of a training."""


def fit(
    checked: CheckedRecipe,
    out: Path,
    variant: str | None,
    seeds: int,
    device: str,
    evaluated_by: Path | None,
    on_message: Callable[[str], None],
) -> None:
    """Train a variant on all windows, and write a model folder.

    Args:
        checked: the recipe.
        out: the model folder.
        variant: the variant; None where the recipe has one only.
        seeds: the number of members of an ensemble; 1 for none.
        device: where networks are trained.
        evaluated_by: a run of the same recipe whose grade and scores the model card states; None for none.
        on_message: called with each line about progress.

    Raises:
        UsageError: ``out`` exists, there is no such variant, or the run evaluated something else.
        DataError: the data are not what they should be.
        PluginError: a component cannot be stored.
    """
    spec = choose_variant(checked.specs, variant)
    require_new(out)
    evaluation = read_evaluation(evaluated_by, spec) if evaluated_by else None
    on_message(f"Reading {spec.source.cls.name} …")
    loaded, provenance = WindowCache(checked.recipe.name, on_message).load(spec.source, spec.prepare)
    windows = read_only(loaded)
    on_message(f"{len(windows)} windows of {len(set(windows.subject.tolist()) - {''})} people, {provenance}")
    members = list(checked.recipe.seeds[:1]) if seeds == 1 else list(range(seeds))
    import_declared(block.cls for block in blocks(spec))
    with preserve_libraries(describe_plugins(spec)):
        fitted = fit_members(spec, windows, members, choose_device(device), _Progress(seeds, on_message))
    first, *others = fitted.members
    training = Training(
        spec,
        windows,
        first.transforms,
        first.trained,
        members[0],
        error_bars=fitted.error_bars,
        evaluation=evaluation,
        others=others,
        data_hash=hash_windows(windows),
    )
    save_model(out, training, checked.plugin_files)
    bars = fitted.error_bars
    on_message(
        f"No error bars: {bars.reason}"
        if bars.radius is None
        else f"Error bars: radius {bars.radius:.3f} at a coverage of {bars.coverage:.0%}, from {bars.people} people"
    )


def choose_variant(specs: Mapping[str, VariantSpec], name: str | None) -> VariantSpec:
    """Return one variant of a recipe.

    Args:
        specs: name -> variant.
        name: the name; None where there is one variant only.

    Returns:
        The variant.

    Raises:
        UsageError: it does not exist, or there are several and none is named.
    """
    if name is None and len(specs) > 1:
        raise UsageError(f"the recipe has several variants; name one with --variant: {', '.join(specs)}")
    name = next(iter(specs)) if name is None else name
    if name not in specs:
        raise UsageError(f"no variant named '{name}'. Variants: {', '.join(specs)}.")
    return specs[name]


def require_new(out: Path) -> None:
    """Raise an error where a model folder would overwrite something.

    Args:
        out: the folder.

    Raises:
        UsageError: it exists and is not empty, or it cannot be made.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} exists; name another folder, or remove it")
    nearest = next(each for each in (out.absolute(), *out.absolute().parents) if each.exists())
    if not os.access(nearest, os.W_OK):
        raise UsageError(f"{nearest} cannot be written to; name another folder")


class _Progress:
    """Report epochs as lines, at most one every two seconds and one for each phase.

    Args:
        seeds: the number of members.
        on_message: called with each line.
    """

    def __init__(self, seeds: int, on_message: Callable[[str], None]) -> None:
        self.seeds, self.on_message = seeds, on_message
        self.phase: Sequence[object] = ()
        self.last = 0.0

    def __call__(self, seed: int, epoch: int, metrics: Mapping[str, int | float | str]) -> None:
        phase, now = (seed, metrics["phase"]), time.monotonic()
        if phase == self.phase and now - self.last < BETWEEN_LINES and epoch != metrics["of"]:
            return
        self.phase, self.last = phase, now
        kl = f", validation KL {metrics['validation_kl']:z.4f}" if "validation_kl" in metrics else ""
        member = f"seed {seed}, " if self.seeds > 1 else ""
        self.on_message(f"{member}{metrics['phase']}: epoch {epoch} of {metrics['of']}{kl}")
