"""The how-to guides: their recipes load, and the code of a template is what the template writes."""

import textwrap
from pathlib import Path

import pytest
import yaml

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


def test_the_plugin_of_a_guide_keeps_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = (block for block in blocks("docs/how-to/modality.md", "python") if "hookimpl" in block)
    Path("plugin.py").write_text(code)
    assert main(["test", "plugin.py", "--set", "modality=gsr"]) == 0


def test_the_table_of_the_guide_has_the_recipe_that_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (table,) = blocks("docs/how-to/table.md", "text")
    Path("walks.csv").write_text(table)
    command = next(block for block in blocks("docs/how-to/table.md", "sh") if "new dataset" in block).splitlines()[0]
    assert main(command.split()[1:]) == 0
    (shown,) = blocks("docs/how-to/table.md", "yaml")
    assert yaml.safe_load(Path("walks.yaml").read_text())["source"] == yaml.safe_load(shown)["source"]
    assert main(["check", "walks.yaml"]) == 0


def test_the_split_of_the_guide_is_what_the_template_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "plugin", "leave_condition", "--slot", "protocol"]) == 0
    (example,) = blocks("docs/how-to/protocol.md", "python")
    written = Path("leave_condition.py").read_text()
    for line in textwrap.dedent(example).splitlines():
        assert line.partition("  # ")[0].strip() in written
