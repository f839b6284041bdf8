"""Hold the comparisons that the pages of results state to the published scores of each person."""

import csv
import re
from collections import defaultdict
from functools import cache
from itertools import dropwhile, permutations, takewhile
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float64
from scipy.stats import wilcoxon

import pooled
from mpcl_core.evaluation.statistics.pairs import SCORE_DIGITS

Differences = Float64[np.ndarray, "people"]
Scores = Float64[np.ndarray, "rows people"]

RESULTS = Path(__file__).parents[2] / "docs" / "results"
PAGES = (
    "real.md",
    "emopair.md",
    "lifesnaps.md",
    "rivals.md",
    "rivals-by-study.md",
    "cross-data.md",
    "crema-d-votes.md",
)
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


@pytest.mark.parametrize("page", PAGES)
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


RIVALS = ("emopair-rivals-seeds", "wesad-rivals", "lifesnaps-rivals-seeds")
P = re.compile(r"(?P<less>< )?(?P<p>1\b|\.\d+|1e-\d+)")
NAMES = {
    "a linear network of all parts": "mixed_parts",
    "a ridge with a penalty": "modality_ridge",
    "cross-attention": "cross_attention",
    "early fusion": "early",
    "EmotionDict": "emotion_dict",
    "ε = 1, other": "mpcl_linear_norm_destroyed",
    "ε = 1, without": "mpcl_linear_norm_no_pcl",
    "ε = 1": "mpcl_linear_norm",
    "ε = .3": "mpcl_softer_norm",
    "fair ridge": "ridge",
    "HeLo": "helo",
    "late fusion": "late",
    "no module": "no_module",
    "random hierarchy 1": "random_split_1",
    "random hierarchy 2": "random_split_2",
    "random hierarchy 3": "random_split_3",
    "ridge, simplex": "ridge_simplex",
    "tensor fusion": "tensor",
    "the fair ridge": "ridge",
    "the mean": "mean",
    "the third stream": "third_stream",
    "train mean": "mean",
    "transformer": "transformer",
}


def _name(cell: str) -> str:
    """Return the column of scores that a cell of a table names."""
    quoted = re.match(r"`(\w+)`", cell)
    return quoted[1] if quoted else next(name for start, name in NAMES.items() if cell.startswith(start))


def _table(page: str, before: str) -> list[list[tuple[str, str]]]:
    """Return pairs of title and cell for each row of the first table of a page that follows a text."""
    text = (RESULTS / page).read_text(encoding="utf-8")
    lines = dropwhile(lambda line: not line.startswith("|"), text[text.index(before) :].splitlines())
    titles, _, *rows = [
        [cell.strip(" *") for cell in line.strip("|").split("|")]
        for line in takewhile(lambda line: line.startswith("|"), lines)
    ]
    return [list(zip(titles, row, strict=True)) for row in rows]


def _comparisons(row: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Return the comparisons of a row: the base, the difference, and what the columns after it say of it."""
    found: list[dict[str, str]] = []
    for title, cell in row:
        if title.startswith("against "):
            found.append({"base": title.removeprefix("against "), "difference": cell})
        elif found:
            found[-1]["people" if title == "better in" else title] = cell
    return [each for each in found if each["difference"]]


def _is_that_of(stated: dict[str, str], difference: Differences, study: list[str]) -> bool:
    """Return whether a comparison has the mean, people, p and studies of a difference."""
    mean = float(stated["difference"].split(",")[0].replace("−", "-"))
    parts = [stated["difference"], stated.get("people"), "p" in stated and f"p {stated['p']}"]
    comparison = COMPARISON.fullmatch(", ".join(part for part in parts if part))
    studies = sum(difference[np.array(study) == name].mean() < 0 for name in set(study))
    return (
        abs(difference.mean() - mean) < 0.51e-4
        and stated.get("studies", f"{studies} of {len(set(study))}") == f"{studies} of {len(set(study))}"
        and (comparison is not None) == ("people" in stated or "," in stated["difference"])
        and (comparison is None or (difference < 0).sum() == int(comparison["wins"]))
        and (comparison is None or _has_p(difference, comparison))
    )


@pytest.mark.parametrize(
    ("page", "before", "file", "rows"),
    [
        ("rivals-by-study.md", "## EmoPairCompete", "real/emopair-rivals-seeds/people", 21),
        ("rivals-by-study.md", "## WESAD", "real/wesad-rivals/people", 21),
        ("rivals-by-study.md", "## LifeSnaps", "real/lifesnaps-rivals-seeds/people", 19),
        ("premises.md", "**In the regime:**", "premises/situations", 7),
        ("premises.md", "(12 clips without a signature)", "premises/ordinary", 5),
        ("premises.md", "## Time scales", "premises/time-scales", 6),
        ("premises.md", "## A moment", "premises/episodes", 8),
        ("premises.md", "(`time_scales: 0`, all modalities", "premises/episodes-ordinary", 8),
        ("default-model.md", "## Every trial rated", "default-model/all-rated", 6),
        ("default-model.md", "On 401–403 (48 people)", "default-model/all-rated:401,402,403", 10),
        ("default-model.md", "### Mixed with", "default-model/mixed", 4),
        ("few-ratings.md", "## The default and its parts", "default-model/few-ratings", 14),
        ("few-ratings.md", "**The other modules left out.**", "default-model/few-ratings-left-out", 3),
        ("few-ratings.md", "tested without the face", "default-model/face-absent", 5),
        ("few-ratings.md", "## The pairing destroyed,", "default-model/few-ratings-shared", 13),
        ("few-ratings.md", "## The head that keeps", "default-model/few-ratings-norm:471,472", 13),
        ("few-ratings.md", "On 473 and 474 only", "default-model/few-ratings-norm", 5),
        ("default-model.md", "## Learned prototypes", "default-model/learned-prototypes", 5),
        ("default-model.md", "with four people rated on 461 and 462", "default-model/learned-prototypes-few", 5),
    ],
)
def test_each_row_of_a_table_has_the_scores_of_its_people(page: str, before: str, file: str, rows: int) -> None:
    name, _, studies = file.partition(":")
    with (RESULTS / f"{name}.csv").open(encoding="utf-8") as lines:
        people = [line for line in csv.DictReader(lines) if not studies or line["study"] in studies.split(",")]
    scores = {
        name: np.array([float(line[name] or "nan") for line in people])
        for name in people[0]
        if name not in ("study", "subject")
    }
    table = _table(page, before)
    assert len(table) == rows
    for row in table:
        column = scores[_name(row[0][1])]
        assert float(row[1][1][:5]) == pytest.approx(column.mean(), abs=0.51e-4), row
        for stated in _comparisons(row):
            difference = (column - scores[_name(stated["base"])]).round(SCORE_DIGITS)
            assert _is_that_of(stated, difference, [line.get("study", "") for line in people]), (row[0][1], stated)


def test_each_figure_of_the_first_page_is_on_a_page_that_it_names() -> None:
    first = (RESULTS / "who-wins.md").read_text(encoding="utf-8")
    paragraphs = [line for block in first.split("\n\n") for line in (block.splitlines() if "|--" in block else [block])]
    stated = [(re.findall(r"\.\d{4}", each), re.findall(r"\]\((\S+\.md)\)", each)) for each in paragraphs]
    assert sum(len(figures) for figures, pages in stated if pages) > 30
    for figures, pages in stated:
        named = "".join((RESULTS / page).read_text(encoding="utf-8") for page in pages)
        assert not pages or not [figure for figure in figures if figure not in named], pages


@pytest.mark.parametrize("reference", ["ridge", "mean"])
def test_the_table_over_three_studies_is_that_of_their_people(reference: str) -> None:
    studies = [pooled.differences(str(RESULTS / "real" / study), reference) for study in RIVALS]
    title = "against the fair ridge" if reference == "ridge" else "against the mean"
    for row in _table("rivals-by-study.md", "## Over the 60 people"):
        name = _name(row[0][1])
        cells = [cell for at, (head, _) in enumerate(row) if head == title for _, cell in row[at : at + 3]]
        if name == reference:
            assert cells == ["", "", ""]
            continue
        difference = np.concatenate([study[name] for study in studies])
        stated = P.match(cells[2])
        p = pooled.p_of([study[name] for study in studies], draws=20_000)
        assert difference.mean() == pytest.approx(float(cells[0].replace("−", "-")), abs=0.51e-4), name
        assert cells[1] == f"{(difference < 0).sum()} of 60", name
        assert stated
        assert p < float(stated["p"]) if stated["less"] else p == pytest.approx(float(stated["p"]), abs=0.012), name
