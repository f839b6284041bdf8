"""Make the files of a new plugin: a working component, its test, and a recipe with and without it."""

import keyword
import re
from importlib.util import find_spec
from pathlib import Path

from mpcl_core.interfaces.errors import UsageError

TEMPLATES = Path(__file__).parent / "templates"
PATTERN = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MAX_LENGTH = 40
YAML_WORDS = ("true", "false", "null")

TEST = '''\
"""Check the component against the contract of its slot, and its recipe; add tests of what the component computes."""

from pathlib import Path

import pytest
from template import Template

from mpcl_core.cli.main import main
from mpcl_core.testing.contract import Check, checks


@pytest.mark.parametrize("check", checks(Template), ids=str)
def test_contract(check: Check) -> None:
    check()


def test_recipe_is_valid() -> None:
    assert main(["check", str(Path(__file__).with_name("template.yaml"))]) == 0
'''

RECIPE = """\
# A small simulated study with template, and without it where the two can be compared.
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
"""Slot -> patch of the variant that uses the component."""
NOT_COMPARABLE = ("source", "protocol")
"""Slots that change windows or folds, so that a variant without the component cannot be compared."""

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


def make_plugin_files(name: str, slot: str, package: bool) -> dict[Path, str]:
    """Make the texts of ``NAME.py``, ``test_NAME.py`` and ``NAME.yaml``, and those of a package.

    A package has a ``pyproject.toml`` too.

    Args:
        name: name of the component and of its module.
        slot: a slot that has a template.
        package: whether pip should be able to install the folder.

    Returns:
        File -> text.

    Raises:
        UsageError: the name cannot be used.
    """
    component = (TEMPLATES / f"{slot}.py").read_text(encoding="utf-8")
    _check_name(name, component)
    variants = [] if slot in NOT_COMPARABLE else ["  without: {}\n"]
    variants.append(f"  with: {PATCHES[slot]}\n")
    texts = {f"{name}.py": component, f"test_{name}.py": TEST, f"{name}.yaml": RECIPE + "".join(variants)}
    if package:
        texts["pyproject.toml"] = PYPROJECT
    return {Path(file): _insert_name(text, name) for file, text in texts.items()}


def class_name(name: str) -> str:
    """Return the name of a component's class.

    Args:
        name: name of the component.

    Returns:
        For example ``BreathRate`` for ``breath_rate``.
    """
    return "".join(part.capitalize() for part in name.split("_"))


def _insert_name(text: str, name: str) -> str:
    return re.sub(r"\bTemplate\b", class_name(name), re.sub(r"\btemplate\b", name, text))


def _check_name(name: str, component: str) -> None:
    if not PATTERN.match(name) or len(name) > MAX_LENGTH or keyword.iskeyword(name) or name in YAML_WORDS:
        raise UsageError(
            f"'{name}' cannot be the name of a plugin. Use lower-case letters and digits, joined by single '_', with a "
            f"letter first and at most {MAX_LENGTH} characters, and no keyword of Python or YAML."
        )
    if find_spec(name) is not None:
        raise UsageError(f"{name}.py would hide the Python module '{name}'. Choose another name.")
    if re.search(rf"\b{class_name(name)}\b", component + TEST):
        raise UsageError(
            f"the class would be named {class_name(name)}, a name that its files use already. Choose another name."
        )
