"""Numbers of a table are marked as they are printed."""

from types import SimpleNamespace
from typing import Any

from mpcl_core.interfaces.metric import HIGHER_IS_BETTER
from mpcl_core.reporting.tables.marks import find_marks


def result(means: dict[str, float], incomplete: tuple[str, ...] = (), tests: tuple[Any, ...] = ()) -> Any:
    scores = [
        SimpleNamespace(variant=name, metric=metric, mean=mean)
        for name, mean in means.items()
        for metric in ("kl_divergence", "cosine")
    ]
    complete = [SimpleNamespace(name=name) for name in means if name not in incomplete]
    return SimpleNamespace(
        group=SimpleNamespace(complete=complete, higher_is_better=HIGHER_IS_BETTER),
        scores=scores,
        tests=list(tests),
        references=["a", "b"],
    )


def test_lower_divergence_and_higher_similarity_are_best() -> None:
    marks = find_marks(result({"a": 0.1, "b": 0.2, "c": 0.3}))
    assert marks.best == {("a", "kl_divergence"), ("c", "cosine")}
    assert marks.second == {("b", "kl_divergence"), ("b", "cosine")}


def test_numbers_that_are_printed_alike_share_a_place() -> None:
    marks = find_marks(result({"a": 0.10001, "b": 0.10002, "c": 0.3}))
    assert {name for name, metric in marks.best if metric == "kl_divergence"} == {"a", "b"}
    assert ("c", "kl_divergence") in marks.second


def test_variant_without_all_predictions_does_not_compete() -> None:
    marks = find_marks(result({"a": 0.1, "b": 0.2, "c": 0.3}, incomplete=("a",)))
    assert ("b", "kl_divergence") in marks.best
    assert find_marks(result({"a": 0.1, "b": 0.2})).best
    assert not find_marks(result({"a": 0.1})).best, "a single number is not the best"
    assert find_marks(result({"a": 0.1, "b": 0.2, "c": 0.3}), among=["b", "c"]).second == {
        ("c", "kl_divergence"),
        ("b", "cosine"),
    }


def test_only_differences_from_the_first_reference_are_significant() -> None:
    def pair(variant: str, reference: str, p: float) -> Any:
        return SimpleNamespace(variant=variant, metric="cosine", reference=reference, p_holm=p)

    tests = (pair("b", "a", 0.01), pair("c", "a", 0.2), pair("c", "b", 0.001))
    assert find_marks(result({"a": 0.1, "b": 0.2, "c": 0.3}, tests=tests)).significant == {("b", "cosine")}
