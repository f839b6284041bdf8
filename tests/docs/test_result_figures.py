"""Hold the comparisons that the pages of results state to the published scores of each person."""

import csv
import re
from collections import defaultdict
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float64
from scipy.stats import wilcoxon

from mpcl_core.evaluation.statistics.pairs import SCORE_DIGITS

Differences = Float64[np.ndarray, "people"]
Scores = Float64[np.ndarray, "rows people"]

RESULTS = Path(__file__).parents[2] / "docs" / "results"
PAGES = ("real.md", "rivals.md", "rivals-by-study.md", "cross-data.md", "crema-d-votes.md")
COMPARISON = re.compile(
    r"(?P<difference>[−+]\.\d{4,5}), (?:(?:better|lower) in )?(?P<wins>\d+) of (?P<people>\d+)"
    r"(?:, \d+ equal)?(?:, \**p (?P<less>< )?(?P<p>1\b|\.\d+|1e-\d+))?"
)
SEEDS = re.compile(r"(?P<mean>\.\d{4})\** \((?:seeds [\d, ]+: )?(?P<seeds>\.\d{4}(?: \.\d{4})+)\)")
SAME_RECORDING = ("D1_2_ID3", "D1_2_ID6")  # of EmoPairCompete
DEVELOPMENT = "crema-d-votes-development"  # its actors chose the default for votes


@cache
def _differences() -> dict[int, Scores]:
    """Return the differences of all pairs of rows that hold the same people, by the number of people."""
    studies: dict[tuple[str, ...], list[Differences]] = defaultdict(list)
    actors, _ = _read(RESULTS / "real" / DEVELOPMENT / "people.csv")
    for path in sorted(RESULTS.glob("real/*/people.csv")):
        people, scores = _read(path)
        studies[people] += scores
        for left_out in (SAME_RECORDING, actors):
            rest = [at for at, person in enumerate(people) if person not in left_out]
            if 0 < len(rest) < len(people):
                studies[tuple(people[at] for at in rest)] += [row[rest] for row in scores]
    found = defaultdict(list)
    for people, rows in studies.items():
        pairs = permutations(np.unique(rows, axis=0), 2)
        found[len(people)] += [(row - other).round(SCORE_DIGITS) for row, other in pairs]
    return {number: np.array(differences) for number, differences in found.items()}


def _read(path: Path) -> tuple[tuple[str, ...], list[Differences]]:
    with path.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    people = tuple(line.pop("subject") for line in lines)
    return people, [np.array([float(line[name]) for line in lines]) for name in lines[0]]


def _is_published(stated: re.Match[str]) -> bool:
    mean, digits = float(stated["difference"].replace("−", "-")), len(stated["difference"]) - 2
    differences = _differences()[int(stated["people"])]
    fits = (abs(differences.mean(1) - mean) < 0.51 * 10**-digits) & ((differences < 0).sum(1) == int(stated["wins"]))
    return bool(fits.any()) and (stated["p"] is None or any(_has_p(each, stated) for each in differences[fits]))


def _has_p(difference: Differences, stated: re.Match[str]) -> bool:
    differing = difference[difference != 0]
    p = float(wilcoxon(differing).pvalue) if len(differing) else 1.0
    digits = len(stated["p"].partition(".")[2])
    return p < float(stated["p"]) if stated["less"] else abs(p - float(stated["p"])) <= 0.51 * 10**-digits


@pytest.mark.parametrize("page", [*PAGES, "lifesnaps.md"])
def test_each_comparison_on_a_page_follows_from_published_scores(page: str) -> None:
    comparisons = list(COMPARISON.finditer((RESULTS / page).read_text(encoding="utf-8")))
    assert comparisons
    assert not [stated[0] for stated in comparisons if not _is_published(stated)]


@pytest.mark.parametrize("page", PAGES)
def test_each_mean_on_a_page_is_that_of_its_seeds(page: str) -> None:
    means = list(SEEDS.finditer((RESULTS / page).read_text(encoding="utf-8")))
    assert means
    wrong = [
        stated[0]
        for stated in means
        if abs(float(stated["mean"]) - np.mean([float(seed) for seed in stated["seeds"].split()])) > 1.01e-4
    ]
    assert not wrong


ROW = re.compile(
    r"^\| \**`(?P<name>\w+)`\**[^|]*\| \**(?P<kl>\.\d{4})\** \| (?P<difference>[−+]\.\d{4}) ", re.MULTILINE
)


@pytest.mark.parametrize(
    ("heading", "file", "base", "rows"),
    [
        ("### The pairing destroyed,", "few-ratings-shared", "ridge", 11),
        ("## Learned prototypes", "learned-prototypes", "mpcl", 3),
    ],
)
def test_tables_of_the_default_model_are_those_of_its_people(heading: str, file: str, base: str, rows: int) -> None:
    page = (RESULTS / "default-model.md").read_text(encoding="utf-8")
    section = re.split(r"^#+ ", page[page.index(heading) + len(heading) :], maxsplit=1, flags=re.MULTILINE)[0]
    with (RESULTS / "default-model" / f"{file}.csv").open(encoding="utf-8") as lines:
        people = list(csv.DictReader(lines))
    means = {
        name: np.mean([float(each[name]) for each in people]) for name in people[0] if name not in ("study", "subject")
    }
    found = list(ROW.finditer(section))
    assert len(found) == rows
    for row in found:
        assert float(row["kl"]) == pytest.approx(means[row["name"]], abs=0.51e-4)
        difference = float(row["difference"].replace("−", "-"))
        assert difference == pytest.approx(means[row["name"]] - means[base], abs=0.51e-4), row["name"]
