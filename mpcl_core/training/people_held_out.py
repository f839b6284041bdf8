"""Find out whether a fold has enough people to hold some out, for error bars, ``train.shrink`` and ``mix``."""

from math import floor

import numpy as np
from jaxtyping import Bool, Int64, Shaped

from mpcl_core.evaluation.statistics.person_quantiles import people_needed
from mpcl_core.spec.error_bars import ErrorBarSettings
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.training.inner_folds import InnerSplit

NOT_SEPARATED = "the folds do not separate people"


def holds_people_out(network: NetworkSpec, settings: ErrorBarSettings) -> bool:
    """Return whether people are held out of the fitting windows of a network, beside those of a search.

    Args:
        network: the network.
        settings: the recipe's ``error_bars``.

    Returns:
        Whether networks are trained without these people.
    """
    return bool(settings.folds) or (settings.folds is None and network.train.choose == "last")


def describe_effect_of_lack(network: NetworkSpec) -> str:
    """Describe what a network that is shrunk or mixed does where nobody is held out.

    Args:
        network: the network.

    Returns:
        The beginning of a sentence; empty for a network that is neither.
    """
    effects = ["train.shrink has no effect"] if network.train.shrink else []
    effects += ["all models of mix count alike"] if network.mix else []
    return " and ".join(effects)


def lack_of_people(subject: Shaped[np.ndarray, "N"], sides: InnerSplit, settings: ErrorBarSettings) -> str:
    """Describe why nobody is held out of the fitting windows of a fold.

    Args:
        subject: (N,) the person of each window.
        sides: positions of the training and of the validation windows.
        settings: the recipe's ``error_bars``.

    Returns:
        The reason, without a full stop; empty where people are held out.

    Example:
        >>> people, sides = np.array(["ann", "ben", "eva"]), InnerSplit(np.arange(2), np.array([2]))
        >>> lack_of_people(people, sides, ErrorBarSettings(folds=3, coverage=0.8)).split("; ")[0]
        'a coverage of 0.8 needs at least 4 people to hold out, and there are 3'
        >>> lack_of_people(people, sides, ErrorBarSettings(folds=3, coverage=0.7))
        ''
    """
    if settings.folds == 0:
        return "error_bars.folds is 0"
    people, person = number_names(subject)
    training, validating = (_are_among(person[side], len(people)) for side in sides)
    if (training & validating).any():
        return NOT_SEPARATED
    n_fitting = np.count_nonzero(training | validating)
    n = n_fitting if (settings.folds or 1) > 1 else np.count_nonzero(validating)
    needed = people_needed(settings.coverage)
    if n >= needed:
        return ""
    reason = f"a coverage of {settings.coverage:g} needs at least {needed} people to hold out, and there "
    reason += f"{'is' if n == 1 else 'are'} {n}"
    if n_fitting < 2:
        return reason
    coverage = min(settings.coverage, floor(100 * n_fitting / (n_fitting + 1) + 1e-9) / 100)
    return f"{reason}; error_bars: {{folds: 5, coverage: {coverage:g}}} would hold out all {n_fitting}"


def _are_among(person: Int64[np.ndarray, "_"], n: int) -> Bool[np.ndarray, "n"]:
    """Return which of n people are among those of some windows.

    Returns:
        (n,) whether each is.
    """
    among = np.zeros(n, bool)
    among[person] = True
    return among
