"""Provide the catalog: the components by slot and name, and the plugins that could not be loaded."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from weakref import WeakSet

from mpcl_core.interfaces import components
from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.errors import PluginError
from mpcl_core.interfaces.metric import HIGHER_IS_BETTER, RESERVED_NAMES, Metric
from mpcl_core.interfaces.parameter_check import parameter_faults
from mpcl_core.interfaces.parameter_types import NAME_PATTERN
from mpcl_core.interfaces.suggestions import suggest_name

_SOUND = WeakSet[type[Component]]()
"""The classes that were checked, since most are added to several catalogs in a process."""


@dataclass(frozen=True)
class Entry:
    """Hold one component.

    Args:
        cls: its class.
        owner: the plugin that brings it: a module, an entry point, or the path of a file.
        file: the file that defines it.
    """

    cls: type[Component]
    owner: str
    file: str


@dataclass
class Catalog:
    """Hold the components that are installed.

    Args:
        not_loaded: plugin -> why it could not be loaded.
        metrics: name -> metric of a plugin, and the plugin that brings it.
    """

    not_loaded: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, tuple[Metric, str]] = field(default_factory=dict)
    _entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def add(self, cls: type, owner: str) -> None:
        """Add a component.

        Args:
            cls: its class.
            owner: the plugin that brings it.

        Raises:
            PluginError: it is no component, its constructor breaks the contract, or its name is taken.
        """
        cls = checked_component(cls, owner)
        key = (cls.slot, cls.name)
        if key in self._entries:
            other = self._entries[key].owner
            raise PluginError(
                f"two plugins bring a {cls.slot} named '{cls.name}': {other} and {owner}. Rename one, or leave it out.",
                owner,
            )
        self._entries[key] = Entry(cls, owner, _file_of(cls))

    def add_metric(self, metric: Metric, owner: str) -> None:
        """Add a metric.

        Args:
            metric: the metric.
            owner: the plugin that brings it.

        Raises:
            PluginError: another plugin brings a metric of that name.
        """
        if metric.name in self.metrics:
            other = self.metrics[metric.name][1]
            raise PluginError(f"two plugins bring a metric named '{metric.name}': {other} and {owner}", owner)
        self.metrics[metric.name] = (metric, owner)

    @property
    def metric_list(self) -> list[Metric]:
        """Return the metrics of plugins by name."""
        return [metric for _, (metric, _) in sorted(self.metrics.items())]

    def find(self, slot: str, name: str) -> type[Component] | None:
        """Return the class of a component.

        Args:
            slot: its slot.
            name: its name.

        Returns:
            The class; None where no component has that name.
        """
        entry = self._entries.get((slot, name))
        return entry.cls if entry else None

    def names(self, slot: str) -> list[str]:
        """Return the names of the components in a slot.

        Args:
            slot: the slot.

        Returns:
            The names, sorted.
        """
        return sorted(name for known, name in self._entries if known == slot)

    def unknown(self, slot: str, name: str) -> str:
        """Return the message for a name that no component of a slot has.

        Args:
            slot: the slot.
            name: the name.

        Returns:
            What is wrong, the names that are close to it, all names of the slot, and the plugins that did not load.
        """
        known = self.names(slot)
        parts = [f"no {slot} named '{name}'.{suggest_name(name, known)}"]
        parts.append(f"Known: {', '.join(known)}." if known else "None is installed.")
        if others := [other for other, known_name in self._entries if known_name == name]:
            parts.append(f"'{name}' is the name of a {others[0]}.")
        parts += [f"Not loaded: {owner} ({reason})." for owner, reason in self.not_loaded.items()]
        return " ".join(parts)

    def entries(self, slot: str | None = None) -> Iterator[Entry]:
        """Return the entries of a slot.

        Args:
            slot: the slot; all slots where None.

        Yields:
            The entries in the order of the slots and of their names.
        """
        order = list(components.SLOTS)
        for key in sorted(self._entries, key=lambda key: (order.index(key[0]), key[1])):
            if slot in (None, key[0]):
                yield self._entries[key]


def checked_component(cls: type, owner: str) -> type[Component]:
    """Check that a class can be added to a catalog.

    Args:
        cls: the class.
        owner: the plugin that brings it.

    Returns:
        The class.

    Raises:
        PluginError: naming the plugin, the class and what it lacks.
    """
    if cls in _SOUND:
        return cls
    if not (inspect.isclass(cls) and issubclass(cls, Component) and issubclass(cls, tuple(components.SLOTS.values()))):
        raise PluginError(f"{owner}: mpcl_components() returned {cls!r}, which is a class of no slot")
    where = f"{owner}: {cls.__name__}"
    name = getattr(cls, "name", None)
    if not isinstance(name, str) or not NAME_PATTERN.match(name):
        raise PluginError(f"{where} needs a class attribute 'name' of letters, digits, '.', '-' and '_', not {name!r}")
    if missing := sorted(getattr(cls, "__abstractmethods__", ())):
        raise PluginError(f"{where} does not define {', '.join(missing)}")
    parameters = inspect.signature(cls).parameters
    for parameter in parameters.values():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            raise PluginError(f"{where}: the constructor takes '{parameter}'; name every parameter instead")
        if parameter.annotation is parameter.empty:
            raise PluginError(f"{where}: the parameter '{parameter.name}' has no type annotation")
    if missing := [key for key in inspect.signature(components.SLOTS[cls.slot]).parameters if key not in parameters]:
        raise PluginError(f"{where}: the constructor must take {', '.join(missing)}, which the engine supplies")
    if fault := next(parameter_faults(cls), ""):
        raise PluginError(f"{where}: {fault}")
    _SOUND.add(cls)
    return cls


def checked_metric(metric: object, owner: str) -> Metric:
    """Check that a metric can be added to a catalog.

    Args:
        metric: the metric.
        owner: the plugin that brings it.

    Returns:
        The metric.

    Raises:
        PluginError: naming the plugin, the metric and what is wrong with it.
    """
    if not isinstance(metric, Metric):
        raise PluginError(f"{owner}: mpcl_metrics() returned {metric!r}, which is no Metric")
    if not isinstance(metric.name, str) or not NAME_PATTERN.match(metric.name):
        raise PluginError(f"{owner}: a metric is named {metric.name!r}; a name has letters, digits, '.', '-' and '_'")
    if metric.name in HIGHER_IS_BETTER:
        raise PluginError(f"{owner}: '{metric.name}' is the name of one of the six metrics")
    if metric.name in RESERVED_NAMES:
        raise PluginError(
            f"{owner}: a metric cannot be named '{metric.name}': files of jobs hold another value of that name"
        )
    if not inspect.isfunction(metric.function):
        raise PluginError(f"{owner}: the metric '{metric.name}' needs a function, not {metric.function!r}")
    return metric


def _file_of(cls: type) -> str:
    try:
        return inspect.getfile(cls)
    except (TypeError, OSError):
        return "?"
