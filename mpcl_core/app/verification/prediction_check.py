"""Predict test windows of a run again with the models that its jobs stored, and compare the predictions."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from mpcl_core.app.model_folders.loading import load_model_with
from mpcl_core.app.plugins.consent import PluginConsent
from mpcl_core.data.plan import Study
from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.interfaces.errors import DataError, UsageError, UserError
from mpcl_core.recipe.load import Recipe
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import MODEL, MODEL_DESCRIPTION, PREDICTIONS
from mpcl_core.runs.predictions import read_job_arrays
from mpcl_core.runs.reader import RunReader
from mpcl_core.training.randomness import deterministic
from mpcl_registry.discover import Discovery

MOST_JOBS = 40
"""Jobs that are predicted again, drawn anew at each call, so that nobody can know which."""

TOLERANCE = 1e-6
"""By how much a share may differ."""


def find_other_predictions(
    run: RunReader,
    studies: Sequence[Study],
    plugins: Sequence[Path],
    consent: PluginConsent,
    on_message: Callable[[str], None],
) -> Iterator[FileProblem]:
    """Yield the jobs whose stored model does not predict what they state.

    Args:
        run: the run.
        studies: its studies, as the data are now.
        plugins: plugin files that the user names.
        consent: whether the plugin files of its models may be imported.
        on_message: called with a line that states how many jobs were predicted again.

    Yields:
        The problems. Jobs that store no model are passed over.
    """
    known = list(_jobs_with_models(run, studies))
    drawn = random.SystemRandom().sample(known, min(MOST_JOBS, len(known)))
    if drawn:
        on_message(f"Predicting the test windows of {len(drawn)} of {len(known)} jobs again with their stored models")
    quiet = replace(consent, on_message=lambda _: None)  # the run's own plugin files have been announced
    found = _PluginsOfModels(partial(quiet.find_plugins, named=plugins))
    with deterministic(1):
        for job, study, fold in drawn:
            if what := _difference(job, study.windows.take(fold.test), found):
                yield FileProblem((job / PREDICTIONS).relative_to(run.path).as_posix(), what)


class _PluginsOfModels:
    """Find the plugins of models once for all models whose plugin files have the same texts.

    Args:
        find: returns the plugins of one model's recipe.
    """

    def __init__(self, find: Callable[[Recipe], Discovery]) -> None:
        self.find, self.found = find, dict[tuple[bytes, ...], Discovery]()

    def __call__(self, recipe: Recipe) -> Discovery:
        texts = tuple(path.read_bytes() for path in recipe.plugins)
        if texts not in self.found:
            self.found[texts] = self.find(recipe)
        return self.found[texts]


def _jobs_with_models(run: RunReader, studies: Sequence[Study]) -> Iterator[tuple[Path, Study, Fold]]:
    for study in studies:
        folds = {fold.label: fold for fold in study.folds}
        for variant in (name for name in study.variants if name in run.manifest.variants):
            for job in run.finished_jobs(variant):
                if job.name in folds and (job / MODEL / MODEL_DESCRIPTION).is_file():
                    yield job, study, folds[job.name]


def _difference(job: Path, test: WindowSet, find_plugins: Callable[[Recipe], Discovery]) -> str:
    """Return how a job's predictions differ from those of its model.

    Returns:
        The difference; empty for none, and where predictions or model are damaged, which is reported elsewhere.
    """
    try:
        stated = read_job_arrays(job, ["D_pred"])["D_pred"]
    except UsageError:
        return ""
    try:
        found = load_model_with(job / MODEL, find_plugins).distributions(without_labels(test))
    except DataError:
        return ""
    except UserError as error:
        return f"cannot be compared with its model: {error}"
    except Exception as error:
        return f"cannot be compared with its model: {type(error).__name__}: {error}"
    if found.shape != stated.shape:
        return f"holds {len(stated)} predictions, but there are {len(found)} test windows"
    largest = float(np.abs(found - stated).max(initial=0))
    return (
        "" if largest <= TOLERANCE else f"'D_pred' differs from what the stored model predicts, by up to {largest:.2g}"
    )
