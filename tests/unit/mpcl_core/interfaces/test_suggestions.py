"""Unknown names and missing paths come with the name that was probably meant."""

from pathlib import Path

from mpcl_core.interfaces.suggestions import describe_missing, list_names, suggest_any, suggest_name


def test_similar_name_is_suggested_and_others_are_not() -> None:
    assert suggest_name("sources", ["head", "source"]) == " Did you mean 'source'?"
    assert suggest_name("LOSO", ["kfold", "loso"]) == " Did you mean 'loso'?"
    assert suggest_name("svr", ["SVR", "Ridge"]) == " Did you mean 'SVR'?"
    assert suggest_name("xyz", ["head", "source"]) == ""


def test_several_similar_names_are_one_question() -> None:
    assert suggest_name("Ride", ["Ridge", "Rider", "Lasso"], n=3) == " Did you mean 'Ridge' or 'Rider'?"
    assert suggest_any(["mpcl", "meet", "mpcl"]) == " Did you mean 'mpcl' or 'meet'?"
    assert suggest_any([]) == ""


def test_missing_path_comes_with_a_similar_one(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna" / "film.csv").write_text("")
    here = str(tmp_path)
    assert describe_missing(tmp_path / "anna" / "fim.csv", "recording") == (
        f"there is no recording '{here}/anna/fim.csv'. Did you mean '{here}/anna/film.csv'?"
    )
    assert describe_missing(tmp_path / "ana" / "film.csv") == (
        f"there is no file or folder '{here}/ana/film.csv': there is no '{here}/ana'. Did you mean '{here}/anna/film.csv'?"
    )
    assert describe_missing(tmp_path / "xyz") == f"there is no file or folder '{here}/xyz'"


def test_long_lists_of_names_are_cut() -> None:
    assert list_names(["a", "b"], 2) == "a, b"
    assert list_names(["a", "b", "c"], 1) == "a and 2 more"
