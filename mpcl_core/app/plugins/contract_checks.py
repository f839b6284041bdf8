"""Check components against the contract of their slot."""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.components import NetworkComponent
from mpcl_core.interfaces.errors import Fault, Place, PluginError, RecipeError, UsageError
from mpcl_core.interfaces.metric import Metric
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.blocks import BlockReader
from mpcl_core.recipe.merge import OPTION, RecipeLayers, parse_option
from mpcl_core.recipe.node import Node
from mpcl_core.spec.block import Block
from mpcl_core.testing.cases import SUPPLIED_SAMPLE
from mpcl_core.testing.contract import Check, ContractError, checks
from mpcl_core.testing.metric import metric_checks
from mpcl_registry.catalog import Catalog, Entry
from mpcl_registry.discover import discover

REQUIRED = "State every parameter that has no default."


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
        sets: parameters ``key=value`` of the components that take them, or ``NAME.key=value`` of the component NAME.
        contains: run only checks whose ``COMPONENT-CHECK`` contains this text.
        plugins: further plugin files.

    Returns:
        The results, at least one.

    Raises:
        UsageError: there is no such component, or no such check.
        PluginError: the plugin file does not load.
        RecipeError: with everything that is wrong with the stated parameters.
    """
    file = Path(what) if what.endswith(".py") or Path(what).is_file() else None
    catalog = discover([*plugins, *filter(None, [file])]).catalog
    metrics = _metrics(what, file, catalog)
    entries = _entries_of_name(what, catalog, metrics) if file is None else _entries_of_file(file, catalog, metrics)
    options = _assign_options(sets, entries)
    results = [
        result for number, entry in enumerate(entries) for result in _results(entry, catalog, options[number], contains)
    ]
    results += [result for metric, owner in metrics for result in _metric_results(metric, owner, contains)]
    if not results:
        raise UsageError(f"no check has '{contains}' in its name. Without -k all checks are run and named.")
    return results


def _metrics(what: str, file: Path | None, catalog: Catalog) -> list[tuple[Metric, str]]:
    owner = str(file.resolve()) if file is not None else None
    return [found for name, found in catalog.metrics.items() if (name == what if owner is None else found[1] == owner)]


def _metric_results(metric: Metric, owner: str, contains: str) -> Iterator[CheckResult]:
    for check in metric_checks(metric):
        if contains in str(check):
            yield CheckResult("metric", metric.name, owner, check.name, check.what, failure=_failure(check))


def _entries_of_file(file: Path, catalog: Catalog, metrics: Sequence[tuple[Metric, str]]) -> list[Entry]:
    owner = str(file.resolve())
    if reason := catalog.not_loaded.get(owner):
        raise PluginError(f"{owner} did not load: {reason}", owner)
    found = [entry for entry in catalog.entries() if entry.owner == owner]
    if found or metrics:
        return found
    raise UsageError(f"{file} brings no component: its mpcl_components() returns none")


def _entries_of_name(name: str, catalog: Catalog, metrics: Sequence[tuple[Metric, str]]) -> list[Entry]:
    found = [entry for entry in catalog.entries() if entry.cls.name == name]
    if found or metrics:
        return found
    not_loaded = " ".join(f"Not loaded: {owner} ({reason})." for owner, reason in catalog.not_loaded.items())
    near = suggest_name(name, [entry.cls.name for entry in catalog.entries()])
    raise UsageError(f"no component named '{name}', and no such file.{near} {not_loaded}".rstrip())


def _assign_options(sets: Sequence[str], entries: Sequence[Entry]) -> list[list[Node]]:
    """Assign the options to the components that they are about.

    Args:
        sets: the options.
        entries: the components.

    Returns:
        The patches of each component.

    Raises:
        RecipeError: an option cannot be read.
    """
    faults: list[Fault] = []
    assigned: list[list[Node]] = [[] for _ in entries]
    for number, text in enumerate(sets, 1):
        patch = parse_option(text, number, faults)
        for takers, node in [] if patch is None else [_addressed(patch, entries)]:
            for taker in takers:
                assigned[taker].append(node)
    if faults:
        raise RecipeError(faults)
    return assigned


def _addressed(patch: Node, entries: Sequence[Entry]) -> tuple[list[int], Node]:
    """Find the components that an option is about.

    Args:
        patch: the option as a mapping of one key.
        entries: the components.

    Returns:
        Their numbers, and the patch without the name of the component.
    """
    ((name, value),) = patch.mapping.items()
    named = [number for number, entry in enumerate(entries) if entry.cls.name == name and value.mapping]
    taking = [number for number, entry in enumerate(entries) if name in inspect.signature(entry.cls).parameters]
    if named and not taking:
        return named, value
    return taking or list(range(len(entries))), patch


def _parameters(entry: Entry, catalog: Catalog, options: Sequence[Node]) -> dict[str, Any]:
    """Check the options as a recipe would.

    Returns:
        Parameter -> value; a nested component of a network component is a block, of another component an instance.

    Raises:
        RecipeError: with everything that is wrong with the options.
        _MissingParameterError: the component needs parameters that no option states.
    """
    faults: list[Fault] = []
    layers = RecipeLayers(Node({"use": Node(entry.cls.name, _NOWHERE)}, _NOWHERE))
    for patch in options:
        layers.add(patch)
    faults += layers.faults
    node = replace(layers.base, place=_NOWHERE)
    block = BlockReader(catalog, faults, {}).block(node, entry.cls.name, entry.cls.slot)
    if stated := [fault for fault in faults if fault.place != _NOWHERE]:
        raise RecipeError(stated)
    if faults:
        raise _MissingParameterError(" ".join(fault.message for fault in faults))
    values = {name: block.parameters[name] for name in node.mapping if name != "use"}
    if issubclass(entry.cls, NetworkComponent):
        return values
    return {
        name: value.build(**SUPPLIED_SAMPLE) if isinstance(value, Block) else value for name, value in values.items()
    }


_NOWHERE = Place(OPTION, 0, 0)
"""The place of what no option states."""


class _MissingParameterError(Exception):
    """Report that a component needs parameters that no option states."""


def _results(entry: Entry, catalog: Catalog, options: Sequence[Node], contains: str) -> Iterator[CheckResult]:
    cls = entry.cls
    try:
        parameters = _parameters(entry, catalog, options)
    except _MissingParameterError as error:
        advice = f"State it: --set {cls.name}.KEY=VALUE"
        if contains in f"{cls.name}-parameters":
            yield CheckResult(cls.slot, cls.name, entry.file, "parameters", REQUIRED, f"{error} {advice}")
        return
    for check in checks(cls, **parameters):
        if contains in str(check):
            yield CheckResult(cls.slot, cls.name, entry.file, check.name, check.what, failure=_failure(check))


def _failure(check: Check) -> str:
    try:
        check()
    except ContractError as error:
        return str(error).removeprefix(f"{check}: ")
    return ""
