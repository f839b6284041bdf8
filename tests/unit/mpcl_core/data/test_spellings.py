"""Compare identifiers that are one person or two."""

import unicodedata

import pytest

from mpcl_core.data.spellings import find_spellings, spelling_note


@pytest.mark.parametrize(
    "spellings",
    [
        ("01", "1"),
        ("1.0", "1"),
        ("S01", "s1"),
        ("sub-01", "S1"),
        ("Subject 7", "s07"),
        ("participant_3", "P03"),
        ("Zoë", unicodedata.normalize("NFD", "Zoë")),
        ("anna", "Anna "),
        ("anna maria", "Anna_Maria"),
        ("\uff11", "1"),
        ("\ufeffa", "a"),
        ("01", "1", "1.0", "S01", "s01"),
    ],
)
def test_one_identifier_in_several_spellings_is_found(spellings: tuple[str, ...]) -> None:
    assert [set(group) for group in find_spellings(["x99", *spellings])] == [set(spellings)]


@pytest.mark.parametrize(
    "subjects",
    [
        ["1", "10", "S1", "S11"],
        ["1-2", "12"],
        ["P1", "S1"],
        ["0", "00x"],
        ["a1b2", "a12b"],
        ["1.5", "15"],
        ["", ""],
        ["+", "-"],
    ],
)
def test_identifiers_that_really_differ_are_not_found(subjects: list[str]) -> None:
    assert find_spellings(subjects) == []


def test_numbers_with_and_without_a_letter_are_compared_where_most_are_in_both() -> None:
    assert find_spellings(["1", "2", "3", "S1", "S2", "S3"]) == [("1", "S1"), ("2", "S2"), ("3", "S3")]


def test_the_note_names_both_spellings_and_asks() -> None:
    note = spelling_note("subject", ["01", "02", "1"])
    assert "'01' and '1'" in note and "one person?" in note
    assert spelling_note("subject", ["01", "02"]) == ""
