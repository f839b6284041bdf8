"""The pages of the documentation site agree with the code, as far as a test can see without building it."""

import re
import tomllib
from pathlib import Path

import pytest

from mpcl_core import plugin, testing
from mpcl_core.cli.main import main
from mpcl_core.recipe.load import load
from mpcl_registry.discover import discover
from support.paths import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if not {"_build", "results"} & set(path.relative_to(DOCS).parts[:1]))
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
ENTRY = re.compile(r"^   ([~\w.]+)$", re.MULTILINE)
FILE = re.compile(r"^%%writefile (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    """Return the text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(DOCS)))
def test_links_of_pages_lead_to_files(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_picture_of_the_floors_is_the_import_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    floors = [" · ".join(name.removeprefix("mpcl_core.") for name in layer.split(" | ")) for layer in layers]
    drawn = re.findall(r'rx="6" class="b"/><text [^>]*class="t">([^<]+)<', page("floors.svg"))
    assert [set(floor.split(" · ")) for floor in drawn] == [set(floor.split(" · ")) for floor in floors]


def test_plugin_page_lists_every_name_of_the_module() -> None:
    text = page("reference/plugin-api.md")
    listed = set(ENTRY.findall(text)) | set(re.findall(r"`(\w+)`", text))
    assert set(plugin.__all__) - listed == set()


def test_command_line_page_has_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    verbs = re.findall(r"^    ([a-z-]+)(?: |$)", capsys.readouterr().out, re.MULTILINE)
    assert verbs
    sections = re.findall(r"^## mpcl ([a-z-]+)$", page("reference/cli.md"), re.MULTILINE)
    assert sorted(sections) == sorted(verbs)


@pytest.mark.parametrize(
    "name", ["getting-started.md", "tutorials/first-study.md", "tutorials/ablation.md", "tutorials/workbench.md"]
)
def test_recipes_of_notebooks_load(name: str, tmp_path: Path) -> None:
    files = dict(FILE.findall(page(name)))
    for file, text in files.items():
        (tmp_path / file).write_text(text)
    recipes = [file for file in files if file.endswith(".yaml")]
    assert recipes
    for file in recipes:
        assert load(tmp_path / file).variants


@pytest.mark.slow
def test_objective_of_the_guide_keeps_the_contract(tmp_path: Path) -> None:
    (source,) = re.findall(r"^```python\n(.*?)^```", page("how-to/objective.md"), re.MULTILINE | re.DOTALL)
    (tmp_path / "brier.py").write_text(source)
    found = discover([tmp_path / "brier.py"], entries=()).catalog.find("objective", "brier")
    assert found is not None
    assert testing.failures(found) == {}
