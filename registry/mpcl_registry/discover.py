"""Find plugins: the defaults, then installed entry points, then files."""

import importlib
import importlib.util
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, cast

import pluggy

from mpcl_core.interfaces import hooks
from mpcl_core.interfaces.errors import PluginError, is_interruption
from mpcl_core.isolation.library_functions import preserve_libraries
from mpcl_core.isolation.library_imports import import_libraries, module_sources
from mpcl_core.isolation.process_state import preserve_process_state
from mpcl_registry.catalog import Catalog, checked_component, checked_metric
from mpcl_registry.plugin_files import forget_plugin_file, import_plugin_file

DEFAULT_PLUGINS = (
    "mpcl_plugins.sources",
    "mpcl_plugins.transforms",
    "mpcl_plugins.protocols",
    "mpcl_plugins.encoders",
    "mpcl_plugins.fusions",
    "mpcl_plugins.memories",
    "mpcl_plugins.retrievals",
    "mpcl_plugins.objectives",
    "mpcl_plugins.heads",
    "mpcl_plugins.estimators",
    "mpcl_plugins.graph",
    "mpcl_plugins.bridges",
    "mpcl_plugins.trackers",
)
TRACKERS = ("jsonl", "mlflow", "tensorboard")
ENTRY_POINT_GROUP = "mpcl"
OBSERVING = (
    "mpcl_run_started",
    "mpcl_job_started",
    "mpcl_epoch_ended",
    "mpcl_job_ended",
    "mpcl_job_failed",
    "mpcl_run_ended",
)


@dataclass
class Discovery:
    """Hold what was found.

    Args:
        catalog: the components.
        manager: the plugin manager, which knows the observing hooks.
    """

    catalog: Catalog
    manager: pluggy.PluginManager

    @property
    def foreign(self) -> list[str]:
        """Return the plugins that do not come with the framework."""
        package = importlib.util.find_spec("mpcl_plugins")
        folders = [Path(each).resolve() for each in (package and package.submodule_search_locations) or ()]
        files = [name for name, _ in self.manager.list_name_plugin() if name not in DEFAULT_PLUGINS]
        return [name for name in files if not any(Path(name).is_relative_to(folder) for folder in folders)]

    def observers(self) -> dict[str, list[Callable[..., None]]]:
        """Return the functions that observe runs.

        Returns:
            Observing hook -> its functions. Each is called on its own, so that one that raises hides nothing from the
            others.
        """
        return {
            name: [partial(_call, each) for each in getattr(self.manager.hook, name).get_hookimpls()]
            for name in OBSERVING
        }


def _call(observer: pluggy.HookImpl, **arguments: object) -> None:
    observer.function(**{name: arguments[name] for name in observer.argnames})


def discover(
    files: Iterable[Path] = (),
    entries: Sequence[EntryPoint] | None = None,
    before_import: Callable[[Sequence[Path]], None] | None = None,
) -> Discovery:
    """Load every plugin, in the order defaults, entry points, files.

    A plugin that fails to load is left out and named in ``catalog.not_loaded``. A file with the same text as an
    installed plugin is taken for that plugin, so that the recipes of a package work before and after it is installed;
    of files with the same text, the first is loaded. A file that imports a loose module, such as a file beside it, does
    not load: the module is not stored with a run. A file that was imported before is imported again only if its text
    has changed.

    Args:
        files: plugin files, each a Python module with a ``mpcl_components`` hook.
        entries: entry points instead of the installed ones of the group ``mpcl``.
        before_import: called with the absolute paths of the files that are about to be imported, if there are any; it
            raises an error to prevent that.

    Returns:
        The components and the plugin manager.

    Raises:
        PluginError: two plugins bring the same name, a file does not exist, or is no Python file.
    """
    manager = pluggy.PluginManager("mpcl")
    manager.add_hookspecs(hooks)
    found = Discovery(Catalog(), manager)
    for name in DEFAULT_PLUGINS:
        _load(found, name, lambda name=name: importlib.import_module(name))  # type: ignore[misc]
    installed = entry_points(group=ENTRY_POINT_GROUP) if entries is None else entries
    for entry in sorted(installed, key=lambda entry: entry.name):
        _load(found, entry.name, entry.load, module_sources(entry.module))
    paths = _not_installed(files, manager)
    if paths and before_import is not None:
        before_import(paths)
    for path in paths:
        _load(found, str(path), lambda path=path: import_plugin_file(path), [path])  # type: ignore[misc]
    return found


def _not_installed(files: Iterable[Path], manager: pluggy.PluginManager) -> list[Path]:
    """Return the files whose text is neither that of an installed plugin nor that of an earlier file.

    Returns:
        Their absolute paths.

    Raises:
        PluginError: a file does not exist, or is no Python file.
    """
    texts = {text for plugin in manager.get_plugins() if (text := _text(getattr(plugin, "__file__", None)))}
    found = []
    for path in dict.fromkeys(Path(file).resolve() for file in files):
        if not path.is_file():
            raise PluginError(f"no plugin file {path}")
        if path.suffix != ".py":
            raise PluginError(f"{path} is no plugin file; the name of a plugin file ends in .py")
        if (text := _text(path)) not in texts:
            texts |= {text} if text else set()
            found.append(path)
    return found


def _text(file: str | Path | None) -> bytes:
    """Return the content of a plugin's file; empty where it cannot be read.

    Returns:
        The bytes.
    """
    try:
        return Path(file).read_bytes() if file else b""
    except OSError:
        return b""


def tracker(name: str) -> Path:
    """Return the plugin file of a tracker; trackers are loaded only on request.

    Args:
        name: the name of a tracker that comes with the framework.

    Returns:
        Its absolute path.

    Raises:
        PluginError: there is no tracker of that name.
    """
    spec = importlib.util.find_spec(f"mpcl_plugins.trackers.{name}")
    if spec is None or spec.origin is None:
        raise PluginError(f"no tracker named '{name}'")
    return Path(spec.origin).resolve()


def trackers() -> list[Path]:
    """Return the plugin files of all trackers that come with the framework.

    Returns:
        Their absolute paths.
    """
    return [tracker(name) for name in TRACKERS]


def _load(found: Discovery, owner: str, load: Callable[[], object], sources: Iterable[Path] = ()) -> None:
    try:
        with preserve_process_state("loading it", owner):
            for source in sources:
                import_libraries(source)
        with preserve_process_state("loading it", owner), preserve_libraries("loading it", owner):
            plugin = load()
            found.manager.register(plugin, name=owner)
            found.manager.check_pending()
            classes = _registered(found.manager, plugin, "mpcl_components")
            metrics = [checked_metric(each, owner) for each in _registered(found.manager, plugin, "mpcl_metrics")]
        classes = [checked_component(cls, owner) for cls in classes]
    except BaseException as error:  # a plugin that fails in any way leaves the others intact
        if is_interruption(error):
            raise
        found.catalog.not_loaded[owner] = _reason(error, owner)
        if found.manager.has_plugin(owner):
            found.manager.unregister(name=owner)
        forget_plugin_file(owner)
        return
    for cls in classes:
        found.catalog.add(cls, owner)
    for metric in metrics:
        found.catalog.add_metric(metric, owner)


def _registered(manager: pluggy.PluginManager, plugin: object, hook: str) -> list[Any]:
    """Return what a plugin registers through one of its hooks.

    Returns:
        Component classes or metrics.

    Raises:
        PluginError: the plugin has no hook, or its hook returned no list.
    """
    if not manager.get_hookcallers(plugin):
        raise PluginError("it has no function marked @hookimpl")
    mine = [impl for impl in getattr(manager.hook, hook).get_hookimpls() if impl.plugin is plugin]
    groups = [cast("Callable[[], Iterable[Any]]", impl.function)() for impl in mine]
    if any(isinstance(group, type) for group in groups):
        raise PluginError(f"{hook}() returned a class, not a list of classes")
    if any(not isinstance(group, Iterable) for group in groups):
        raise PluginError(f"{hook}() returned no list")
    return [each for group in groups for each in group]


def _reason(error: BaseException, owner: str) -> str:
    """Return why a plugin did not load.

    Returns:
        The error, and the line of the owner's file, or else the place that was reached.
    """
    if isinstance(error, pluggy.PluginValidationError):
        return f"PluginValidationError: {' '.join(str(error).split())}"
    text = str(error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    if isinstance(error, PluginError | ImportError):
        return first
    frames = traceback.extract_tb(error.__traceback__)
    own, last = [frame.lineno for frame in frames if frame.filename == owner], frames[-1]
    if isinstance(error, SyntaxError) or last.filename == __file__:  # its message has the line, or there is none
        place = ""
    else:
        place = f", line {own[-1]}" if own else f", at {last.filename}:{last.lineno}"
    return f"{type(error).__name__}: {first}{place}"
