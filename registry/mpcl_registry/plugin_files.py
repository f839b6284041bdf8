"""Import plugin files, each under a name that depends on where it lies and on its text."""

import hashlib
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from mpcl_core.interfaces.errors import PluginError
from mpcl_core.isolation.code_origin import PLUGIN_PREFIX
from mpcl_core.isolation.loose_modules import check_plugin_imports, refuse_loose_imports


class _TextLoader(SourceFileLoader):
    """Compile the text of a plugin file at each import.

    Bytecode that lies beside the file might be that of another text, and is not read; none is written either, since the
    folder may be that of a run, whose files are compared with a list.
    """

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def import_plugin_file(path: Path) -> ModuleType:
    """Import a plugin file, or return the module if the same text was imported before.

    Every process gives the module the same name, so that objects of its classes can be pickled. Changed text is another
    module.

    Args:
        path: the file; absolute.

    Returns:
        The module.

    Raises:
        PluginError: it is no Python file, or imports a loose module.
    """
    name = module_name(path)
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path, loader=_TextLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    check_plugin_imports(path)
    before = frozenset(sys.modules)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        refuse_loose_imports(before, str(path))
    except BaseException:
        del sys.modules[name]
        raise
    return module


def module_name(path: Path) -> str:
    """Return the name under which a plugin file is imported.

    Args:
        path: the file; absolute.

    Returns:
        The name: it has the file's name, and a hash of its path and its text.
    """
    digest = hashlib.sha256(str(path).encode() + b"\0" + path.read_bytes()).hexdigest()[:12]
    return f"{PLUGIN_PREFIX}{path.stem}_{digest}"


def forget_plugin_file(path: str) -> None:
    """Remove the modules of a plugin file, so that it is imported anew.

    Args:
        path: the file; absolute.
    """
    for name, module in list(sys.modules.items()):
        if name.startswith(PLUGIN_PREFIX) and getattr(module, "__file__", None) == path:
            del sys.modules[name]
