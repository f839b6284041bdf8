"""Refuse every broken recipe at its place, in plain words."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import UserError
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_core.recipe.source_check import check_against_source
from mpcl_registry.discover import discover
from support.broken_recipes import BASE, BROKEN, CHILD, Broken


def check(path: Path, sets: Sequence[str] = ()) -> None:
    """Check a recipe as commands do before they build a network."""
    recipe = load(path, sets)
    for spec in assemble(recipe, discover(recipe.plugins, entries=[]).catalog).values():
        prepare = [block.build() for block in spec.prepare]
        check_against_source(spec, spec.source.build(), prepare)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_broken_recipes_are_refused_at_their_place(broken: Broken) -> None:
    broken.write(Path())
    with pytest.raises(UserError) as caught:
        check(Path("recipe.yaml"), broken.sets)
    assert caught.value.exit_code == 2
    lines = [line for line in str(caught.value).splitlines() if line.startswith(broken.place)]
    assert lines, str(caught.value)
    assert any(all(fragment in line for fragment in broken.fragments) for line in lines), str(caught.value)
    assert len(str(caught.value)) < 600, "a message that a person can read"


def test_names_of_broken_recipes_are_unique() -> None:
    assert len({broken.name for broken in BROKEN}) == len(BROKEN)


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [BASE, CHILD, CHILD + "train: {lr: 1e-4}\n", CHILD + "name: off\n", CHILD + "variants: {a: {}, b: {dim: 8}}\n"],
)
def test_unbroken_recipes_are_valid(text: str) -> None:
    Path("base.yaml").write_text(BASE)
    Path("recipe.yaml").write_text(text)
    check(Path("recipe.yaml"))
