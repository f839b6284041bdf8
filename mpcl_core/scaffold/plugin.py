"""The beginnings of a plugin: a component that works, its test, and a recipe that compares it with what was there."""

import keyword
import re
from importlib.util import find_spec
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError

TEMPLATES = Path(__file__).parent / "templates"
PATTERN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
LONGEST = 40
YAML_WORDS = ("true", "false", "null")

TEST = '''\
"""The contract of the slot, and the recipe. What the component is for, it is for you to test."""

from pathlib import Path

import pytest
from template import Template

from mpcl_core.cli.main import main
from mpcl_core.testing.contract import Check, checks


@pytest.mark.parametrize("check", checks(Template), ids=str)
def test_contract(check: Check) -> None:
    check()


def test_the_recipe_has_no_fault() -> None:
    assert main(["check", str(Path(__file__).with_name("template.yaml"))]) == 0
'''

RECIPE = """\
# A small simulated study with template; where that makes sense, also without.
# Run: mpcl run template.yaml
name: template
plugins: [template.py]
seeds: [0]
dim: 16
source: {use: simulated, subjects: 3, trials: 4, seconds: 12}
prepare:
  - {use: window, length: 4.0}               # seconds
protocol: {use: loso}
transforms:
  - {use: zscore, scope: subject}
streams:
  physiological:
    encoders:
      ppg: {use: conv_tokens}
      gsr: {use: linear_tokens}
    fusion: {use: mean}
    memory: {use: prototype_bank}
  behavioural:
    encoders:
      face: {use: conv_tokens}
    fusion: {use: mean}
    memory: {use: prototype_bank}
head: {use: linear}
objectives:
  distribution: {use: kl}
train: {epochs: 5, choose: last, batch_size: 32}
variants:
"""

PATCHES = {
    "encoder": "{streams: {physiological: {encoders: {gsr: {use: template}}}}}",
    "fusion": "{streams: {physiological: {fusion: {use: template}}}}",
    "memory": "{streams: {physiological: {memory: {use: template}}}}",
    "retrieval": "{objectives: {pcl: {use: pcl, weight: 0.01, retrieval: {use: template}}}}",
    "objective": "{objectives: {added: {use: template, weight: 0.1}}}",
    "head": "{head: {use: template}}",
    "source": "{source: {use: template}, streams: {behavioural: null}}",
    "transform": "{transforms: [{use: template}]}",
    "protocol": "{protocol: {use: template}}",
    "estimator": "{estimator: {use: template}}",
}
"""Slot -> what the variant with the component changes."""
ALONE = ("source", "protocol")
"""Slots whose numbers are of other rows or folds, so that a variant without says nothing about them."""

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.26"]
build-backend = "hatchling.build"

[project]
name = "mpcl-template"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["mpcl"]

[project.entry-points.mpcl]
template = "template"

[tool.hatch.build.targets.wheel]
only-include = ["template.py"]
"""


def plugin(name: str, slot: str, package: bool) -> dict[Path, str]:
    """File -> text: ``NAME.py``, ``test_NAME.py``, ``NAME.yaml``, and for a package ``pyproject.toml``.

    Args:
        name: of the component and its module.
        slot: a slot that has a template.
        package: for a folder that pip can install.

    Raises:
        UsageError: the name cannot be used.
    """
    component = (TEMPLATES / f"{slot}.py").read_text(encoding="utf-8")
    _check_name(name, component)
    variants = [] if slot in ALONE else ["  without: {}\n"]
    variants.append(f"  with: {PATCHES[slot]}\n")
    texts = {f"{name}.py": component, f"test_{name}.py": TEST, f"{name}.yaml": RECIPE + "".join(variants)}
    if package:
        texts["pyproject.toml"] = PYPROJECT
    return {Path(file): _named(text, name) for file, text in texts.items()}


def class_name(name: str) -> str:
    """``breath_rate`` -> ``BreathRate``."""
    return "".join(part.capitalize() for part in name.split("_"))


def _named(text: str, name: str) -> str:
    return re.sub(r"\bTemplate\b", class_name(name), re.sub(r"\btemplate\b", name, text))


def _check_name(name: str, component: str) -> None:
    if not PATTERN.match(name) or len(name) > LONGEST or keyword.iskeyword(name) or name in YAML_WORDS:
        raise UsageError(
            f"'{name}' is no name for a plugin: lower-case letters, digits and single '_' between them, starting with "
            f"a letter, {LONGEST} at most, and no word of Python or YAML"
        )
    if find_spec(name) is not None:
        raise UsageError(f"there is a Python module '{name}' already, which {name}.py would hide. Choose another name.")
    if re.search(rf"\b{class_name(name)}\b", component + TEST):
        raise UsageError(
            f"the class would be called {class_name(name)}, which its files call something else. Choose another."
        )
