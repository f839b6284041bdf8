"""Search the settings of a variant inside one fold: each trial learns from a part of the people, and predicts others.

All windows of a search are fitting windows of the fold. A trial's score is the KL on the validation windows of several
inner folds (`training.inner_folds`), which hold out whole people where the fold separates people. Trial 0 is the
recipe's own setting, so that a search can keep it. The proposals of a trial depend on the job's seed, the number of
the trial and the results of the earlier ones, so that a search that was interrupted goes on as if it had not been.
"""

import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.evaluation.metrics import KL, micro_mean, window_scores
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import UserError, is_interruption
from mpcl_core.runs.search_file import SearchTrial, TrialState, best_trial, read_search, write_search
from mpcl_core.spec.search import SearchRange
from mpcl_core.spec.variant import SearchSpec, VariantSpec
from mpcl_core.toolkit.name_codes import distinct_names
from mpcl_core.training.held_out import HeldOut
from mpcl_core.training.inner_folds import InnerSplit, inner_folds
from mpcl_core.training.steps import StepRequest, StepResult

HeldOutSteps = Generator[StepRequest, StepResult, HeldOut]
Trial = Callable[[VariantSpec, InnerSplit], HeldOutSteps]
"""Trains a variant on one side of a split of the fitting windows, and predicts the other side."""

SEARCH_SEED = 7301
"""Separates the random draws of a search from those of the job's training."""


class SettingSearch:
    """Search the settings of a variant for one job.

    Args:
        search: what is searched.
        columns: the fitting windows with labels; signals are not used.
        sides: how the protocol split them.
        entropy: the seeds of the job's random state.
        job: the job's folder, where the trials are stored.
    """

    def __init__(
        self, search: SearchSpec, columns: WindowSet, sides: InnerSplit, entropy: Sequence[int], job: Path
    ) -> None:
        self.search, self.settings, self.columns, self.job = search, search.settings, columns, job
        self.entropy = (*entropy, SEARCH_SEED)
        self.splits = inner_folds(columns, sides, self.settings.folds, self.entropy)

    def steps(self, trial: Trial) -> Generator[StepRequest, StepResult, VariantSpec]:
        """Run the trials that are not stored yet.

        Args:
            trial: trains and predicts.

        Yields:
            The next training step; its result has to be sent.

        Returns:
            The variant with the best setting.

        Raises:
            UserError: every trial failed.
        """
        trials, study = self._finished_trials(), self._study()
        for stored in trials[1:]:
            self._add(study, stored)
        while len(trials) <= self.settings.trials:
            found = yield from self._next(study, len(trials), trial)
            trials.append(self._compared(found, trials[0]) if trials else found)
            write_search(self.job, trials)
        best = best_trial(trials)
        if best is None:
            raise UserError(f"all {len(trials)} settings of the search failed; the last one: {trials[-1].error}")
        return self.search.candidate(best.values)

    def _finished_trials(self) -> list[SearchTrial]:
        try:
            return read_search(self.job)[: self.settings.trials + 1]
        except (OSError, ValueError):
            return []

    def _study(self) -> Any:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        return optuna.create_study(pruner=getattr(optuna.pruners, self.settings.pruner)())

    def _next(self, study: Any, number: int, trial: Trial) -> Generator[StepRequest, StepResult, SearchTrial]:
        """Run one trial.

        Returns:
            Its result, which the study knows too.
        """
        import optuna

        if number == 0:
            return (yield from self._run(number, {}, trial, lambda _: False))
        seed = int(np.random.SeedSequence((*self.entropy, number)).generate_state(1)[0])
        study.sampler = getattr(optuna.samplers, self.settings.sampler)(seed=seed)
        asked = study.ask(self._distributions())

        def is_pruned(by_fold: Sequence[float]) -> bool:
            asked.report(float(np.mean(by_fold)), len(by_fold))
            return len(by_fold) < len(self.splits) and bool(asked.should_prune())

        result = yield from self._run(number, asked.params, trial, is_pruned)
        study.tell(asked, result.kl if result.state == "complete" else None, _optuna_state(result))
        return result

    def _run(
        self, number: int, values: dict[str, Any], trial: Trial, is_pruned: Callable[[Sequence[float]], bool]
    ) -> Generator[StepRequest, StepResult, SearchTrial]:
        started, spec = time.perf_counter(), self.search.candidate(values)
        parts: list[HeldOut] = []
        by_fold: list[float] = []
        state: TrialState = "complete"
        error = ""
        for split in self.splits:
            try:
                part = yield from trial(spec, split)
                by_fold.append(self._divergence([part]))
            except UserError as failure:
                if is_interruption(failure):
                    raise
                state, error = "failed", str(failure)
                break
            parts.append(part)
            if is_pruned(by_fold):
                state = "pruned"
                break
        return SearchTrial(
            trial=number,
            values=values,
            state=state,
            kl=None if state == "failed" else self._divergence(parts),
            kl_by_fold=by_fold,
            kl_by_subject=[] if state == "failed" or self.settings.margin is None else self._by_subject(parts),
            seconds=time.perf_counter() - started,
            error=error,
        )

    def _divergence(self, parts: Sequence[HeldOut]) -> float:
        """Return the weighted mean KL of predictions of held-out windows.

        Returns:
            The mean over all windows of the parts.
        """
        positions, kl = self._scores(parts)
        return _mean(kl, self.columns.weight[positions])

    def _by_subject(self, parts: Sequence[HeldOut]) -> list[float]:
        """Return the weighted mean KL of each held-out person.

        Returns:
            The means, in the order of the people's names.
        """
        positions, kl = self._scores(parts)
        subject, weight = self.columns.subject[positions], self.columns.weight[positions]
        return [_mean(kl[subject == name], weight[subject == name]) for name in distinct_names(subject)]

    def _scores(self, parts: Sequence[HeldOut]) -> tuple[Int64[np.ndarray, "V"], Float64[np.ndarray, "V"]]:
        positions = np.concatenate([part.positions for part in parts])
        D_pred = np.concatenate([part.D_pred for part in parts])
        return positions, window_scores(self.columns.D[positions], D_pred).by_metric[KL]

    def _compared(self, found: SearchTrial, own: SearchTrial) -> SearchTrial:
        """Compare a completed trial with the recipe's own setting by the margin.

        Returns:
            The trial, which states whether it is better.
        """
        margin = self.settings.margin
        if margin is None or found.state != "complete" or own.state != "complete":
            return found
        gain = np.subtract(own.kl_by_subject, found.kl_by_subject)
        error = np.std(gain, ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.inf
        return found.model_copy(update={"is_better": bool(np.mean(gain) > margin * error)})

    def _distributions(self) -> dict[str, Any]:
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        found: dict[str, Any] = {}
        for key, axis in self.settings.space.items():
            if not isinstance(axis, SearchRange):
                found[key] = CategoricalDistribution(axis)
            elif isinstance(axis.low, int) and isinstance(axis.high, int):
                found[key] = IntDistribution(axis.low, axis.high, log=axis.log)
            else:
                found[key] = FloatDistribution(axis.low, axis.high, log=axis.log)
        return found

    def _add(self, study: Any, stored: SearchTrial) -> None:
        import optuna

        means = {n: float(np.mean(stored.kl_by_fold[:n])) for n in range(1, len(stored.kl_by_fold) + 1)}
        study.add_trial(
            optuna.trial.create_trial(
                state=_optuna_state(stored),
                value=stored.kl if stored.state == "complete" else None,
                params=dict(stored.values),
                distributions=self._distributions(),
                intermediate_values=means,
            )
        )


def _mean(kl: Float64[np.ndarray, "V"], weight: Float64[np.ndarray, "V"]) -> float:
    return micro_mean({KL: kl}, weight)[KL]


def _optuna_state(trial: SearchTrial) -> Any:
    from optuna.trial import TrialState as State

    return {"complete": State.COMPLETE, "pruned": State.PRUNED, "failed": State.FAIL}[trial.state]
