"""What a search of settings finds and gains: python benchmarks/search.py OUT.

Runs `planted` (``search_plugin.py``) on the simulator with a search over 3 keys and 20 trials, beside the same
estimator as the recipe states it; once with signals that follow the emotions and once with ``snr`` 0, where there is
nothing to gain. Prints the setting that each fold chose, what the search cost, and what it gained on tested people.
"""

import argparse
import math
from pathlib import Path

import mpcl_core
from mpcl_core.evaluation.run import Run, open_run
from search_plugin import AMOUNT, SCALE, SIDE

PLUGIN = Path(__file__).with_name("search_plugin.py")
SNRS = (2.0, 0.0)
TRIALS = 20


def recipe(snr: float, trials: int = TRIALS, people: int = 16) -> dict[str, object]:
    """Return the recipe of a study."""
    space = {
        "estimator.amount": {"low": 0.0, "high": 0.99},
        "estimator.scale": {"low": 0.1, "high": 100.0, "log": True},
        "estimator.side": ["left", "right"],
    }
    return {
        "name": "search",
        "plugins": [str(PLUGIN)],
        "source": {"use": "simulated", "subjects": people, "trials": 6, "seconds": 4.0, "snr": snr},
        "prepare": [{"use": "window", "length": 4.0, "hop": 4.0}],
        "transforms": [{"use": "zscore", "scope": "subject"}],
        "protocol": {"use": "subject_kfold", "folds": 4},
        "estimator": {"use": "planted"},
        "references": {"uniform": None, "knn": None},
        "variants": {"stated": {}, "searched": {"search": {"space": space, "trials": trials}}},
    }


def describe(run: Run) -> None:
    """Print what the search of each fold chose, what it cost and what it gained."""
    distances = []
    for job in run.finished_jobs("searched"):
        trials = run.search_trials(job)
        best = min((each for each in trials if each.kl is not None), key=lambda each: each.kl)
        if best.values:
            distances.append(
                math.hypot(
                    float(best.values["estimator.amount"]) - AMOUNT,
                    math.log10(float(best.values["estimator.scale"]) / SCALE),
                )
            )
        found = {key.partition(".")[2]: value for key, value in best.values.items()} or "the recipe's own setting"
        seconds = sum(each.seconds for each in trials)
        print(f"  fold {job.name}: {found}; inner KL {trials[0].kl:.4f} -> {best.kl:.4f}; {seconds:.1f} s")
        right = not best.values or best.values["estimator.side"] == SIDE
        print(f"    side {'right' if right else 'wrong'}, distance {distances[-1] if best.values else math.nan:.2f}")
    for test in run.comparisons[0].tests:
        if (test.variant, test.reference, test.metric) == ("searched", "stated", "kl_divergence") or (
            (test.variant, test.reference, test.metric) == ("searched", "mean", "kl_divergence")
        ):
            print(
                f"  test people, {test.variant} − {test.reference}: {test.difference:+.4f} [{test.low:+.4f}, "
                f"{test.high:+.4f}], {test.wins} of {test.n_subjects}, p {test.p_holm:.3f}, {test.tried} settings tried"
            )


def main() -> None:
    """Run the studies that are missing, and print what they show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    out = parser.parse_args().out
    for snr in SNRS:
        folder = out / f"snr-{snr:g}"
        if not folder.is_dir():
            mpcl_core.run(recipe(snr), out=folder)
        print(f"snr {snr:g}:")
        describe(open_run(folder))


if __name__ == "__main__":
    main()
