"""Check components against the contract of their slot."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.errors import Fault, Place, PluginError, RecipeError, UsageError
from mpcl_core.recipe.blocks import BlockReader
from mpcl_core.recipe.merge import OPTION, RecipeLayers, parse_option
from mpcl_core.recipe.node import Node
from mpcl_core.spec.block import Block
from mpcl_core.testing.contract import Check, ContractError, checks
from mpcl_core.testing.sample_data import GROUPS, MODALITIES, N_TOKENS, STREAMS, D, K
from mpcl_registry.catalog import Catalog, Entry
from mpcl_registry.discover import discover

SUPPLIED = {
    "modality": MODALITIES[0],
    "modalities": MODALITIES,
    "n_tokens": N_TOKENS,
    "streams": STREAMS,
    "n_outputs": K,
    "dim": D,
    "valence": GROUPS,
}
"""Sample values of what the engine supplies, for components inside of components."""


@dataclass(frozen=True)
class CheckResult:
    """Hold the result of one check of one component.

    Args:
        slot: the slot of the component.
        component: its name.
        file: the file that defines it.
        check: the name of the check.
        requirement: what the contract requires.
        failure: what was found instead; empty where the check passed.
    """

    slot: str
    component: str
    file: str
    check: str
    requirement: str
    failure: str

    def as_json(self) -> dict[str, str]:
        """Return the fields as plain values.

        Returns:
            Field -> value.
        """
        return asdict(self)


def check_contract(
    what: str, sets: Sequence[str] = (), contains: str = "", plugins: Sequence[Path] = ()
) -> list[CheckResult]:
    """Run the checks of the components of a plugin file or of a name.

    Args:
        what: a plugin file, or the name of installed components.
        sets: parameters ``key=value`` of the component.
        contains: run only checks whose ``COMPONENT-CHECK`` contains this text.
        plugins: further plugin files.

    Returns:
        The results, at least one.

    Raises:
        UsageError: there is no such component, or no such check.
        PluginError: the plugin file does not load.
        RecipeError: with everything that is wrong with the parameters.
    """
    file = Path(what) if what.endswith(".py") or Path(what).is_file() else None
    catalog = discover([*plugins, *filter(None, [file])]).catalog
    entries = _entries_of_name(what, catalog) if file is None else _entries_of_file(file, catalog)
    results = [result for entry in entries for result in _results(entry, _parameters(entry, catalog, sets), contains)]
    if not results:
        raise UsageError(f"no check has '{contains}' in its name. Without -k all checks are run and named.")
    return results


def _entries_of_file(file: Path, catalog: Catalog) -> list[Entry]:
    owner = str(file.resolve())
    if reason := catalog.not_loaded.get(owner):
        raise PluginError(f"{owner} did not load: {reason}", owner)
    if found := [entry for entry in catalog.entries() if entry.owner == owner]:
        return found
    raise UsageError(f"{file} brings no component: its mpcl_components() returns none")


def _entries_of_name(name: str, catalog: Catalog) -> list[Entry]:
    if found := [entry for entry in catalog.entries() if entry.cls.name == name]:
        return found
    not_loaded = " ".join(f"Not loaded: {owner} ({reason})." for owner, reason in catalog.not_loaded.items())
    raise UsageError(f"no component named '{name}', and no such file. {not_loaded}".rstrip())


def _parameters(entry: Entry, catalog: Catalog, sets: Sequence[str]) -> dict[str, Any]:
    """Check the options as a recipe would, and build nested components.

    Returns:
        Parameter -> value.
    """
    faults: list[Fault] = []
    place = Place(OPTION, 1, 1)
    layers = RecipeLayers(Node({"use": Node(entry.cls.name, place)}, place))
    for number, text in enumerate(sets, 1):
        if (patch := parse_option(text, number, faults)) is not None:
            layers.add(patch)
    faults += layers.faults
    node = replace(layers.base, place=place)
    block = BlockReader(catalog, faults, {}).block(node, entry.cls.name, entry.cls.slot)
    if faults:
        raise RecipeError(faults)
    stated = {name: block.parameters[name] for name in node.mapping if name != "use"}
    return {name: value.build(**SUPPLIED) if isinstance(value, Block) else value for name, value in stated.items()}


def _results(entry: Entry, parameters: dict[str, Any], contains: str) -> Iterator[CheckResult]:
    for check in checks(entry.cls, **parameters):
        if contains in str(check):
            yield CheckResult(
                entry.cls.slot, entry.cls.name, entry.file, check.name, check.what, failure=_failure(check)
            )


def _failure(check: Check) -> str:
    try:
        check()
    except ContractError as error:
        return str(error).removeprefix(f"{check}: ")
    return ""
