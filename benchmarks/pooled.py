"""Compare the methods of several studies with a reference over all their people, the study as a block.

T = Σ r sign(x) / (n + 1) over the people of each study, with x the difference in KL of a person and r the rank of |x|
among the n people of the study who differ. p is the share of random signs whose |T| is not smaller (two-sided).
Differences are rounded as in the tables of a run.
The folders hold a `people.csv` each (`subject` and the KL of every method), as those of docs/results/real do. Where the
methods to pool have different names, FOLDER=METHOD states which of a folder counts as `model`.
Run: python benchmarks/pooled.py ridge docs/results/real/{emopair,wesad,lifesnaps}-rivals
     python benchmarks/pooled.py ridge docs/results/real/{emopair,wesad,lifesnaps}-mixed=mixed \\
         docs/results/real/crema-d-votes=mpcl
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from jaxtyping import Float64
from scipy.stats import rankdata

from mpcl_core.evaluation.statistics.pairs import SCORE_DIGITS

DRAWS = 200_000


def differences(study: str, reference: str) -> dict[str, Float64[np.ndarray, "S"]]:
    """Return method -> (S,) its KL less that of the reference, for each person of a study."""
    folder, _, model = study.partition("=")
    with (Path(folder) / "people.csv").open(encoding="utf-8") as file:
        people = list(csv.DictReader(file))
    names = [name for name in people[0] if name != "subject"]
    scores = {name: np.array([float(person[name]) for person in people]) for name in names}
    scores |= {"model": scores[model]} if model else {}
    return {name: (score - scores[reference]).round(SCORE_DIGITS) for name, score in scores.items()}


def p_of(blocks: list[Float64[np.ndarray, "S"]], draws: int = DRAWS) -> float:
    """Return the two-sided p of the signed ranks within blocks, by random signs."""
    differing = [block[block != 0] for block in blocks]
    weights = np.concatenate([rankdata(np.abs(block)) / (len(block) + 1) for block in differing])
    observed = abs(np.concatenate([np.sign(block) for block in differing]) @ weights)
    signs = np.random.default_rng(0).integers(0, 2, (draws, len(weights)), dtype=np.int8) * 2 - 1
    return float((np.count_nonzero(np.abs(signs @ weights) >= observed - 1e-9) + 1) / (draws + 1))


def main() -> None:
    """Print a row for each method that every study has, the lowest mean difference first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", help="the method that the others are compared with")
    parser.add_argument(
        "folders", nargs="+", help="folders with a people.csv, a study each; FOLDER=METHOD names its `model`"
    )
    arguments = parser.parse_args()
    studies = [differences(folder, arguments.reference) for folder in arguments.folders]
    shared = set.intersection(*(set(study) for study in studies)) - {arguments.reference}
    pooled = {name: np.concatenate([study[name] for study in studies]) for name in shared}
    for name in sorted(shared, key=lambda name: float(pooled[name].mean())):
        d, p = pooled[name], p_of([study[name] for study in studies])
        print(f"| `{name}` | {d.mean():+.4f} | {(d < 0).sum()} of {len(d)} | {p:.4f} |")


if __name__ == "__main__":
    main()
