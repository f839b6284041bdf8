"""The how-to guides: their recipes load, and the code of a template is what the template writes."""

import textwrap
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from mpcl_core.recipe.load import load
from support.code_blocks import blocks
from support.paths import ROOT

RECIPES = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in sorted((ROOT / "docs" / "how-to").glob("*.md"))
    for number, block in enumerate(blocks(f"docs/how-to/{page.name}", "yaml"))
    if "extends:" in block
]


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 2


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_of_a_guide_loads(recipe: str, tmp_path: Path) -> None:
    (tmp_path / "recipe.yaml").write_text(recipe)
    assert load(tmp_path / "recipe.yaml").variants


@pytest.mark.parametrize(("page", "option"), [("modality", "modality=gsr"), ("source", "path=table.csv")])
def test_the_plugin_of_a_guide_keeps_the_contract(
    page: str, option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = (block for block in blocks(f"docs/how-to/{page}.md", "python") if "hookimpl" in block)
    Path("plugin.py").write_text(code)
    Path("table.csv").write_text("subject,trial,heart_rate,heart_rate_sd,happy,sad\ns1,a,70,2,1,3\ns1,b,,3,2,2\n")
    assert main(["test", "plugin.py", "--set", option]) == 0


def test_the_split_of_the_guide_is_what_the_template_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "plugin", "leave_condition", "--slot", "protocol"]) == 0
    (example,) = blocks("docs/how-to/protocol.md", "python")
    written = Path("leave_condition.py").read_text()
    for line in textwrap.dedent(example).splitlines():
        assert line.partition("  # ")[0].strip() in written
