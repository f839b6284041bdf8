"""Run a function on a component in another process that has another hash seed."""

import importlib
import importlib.util
import inspect
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from mpcl_core.interfaces.components import Component
from mpcl_core.testing.failure import ContractError

CHILD = "import sys; from mpcl_core.testing.other_process import run_task; run_task(sys.stdin.buffer.read())"


def call_in_process(cls: type[Component], parameters: Mapping[str, Any], function: str) -> str:
    """Call a function of this package with the component in another process that has another hash seed.

    Args:
        cls: a class that is defined at the top level of its module.
        parameters: arguments of its constructor.
        function: ``module:name`` of a function that takes the component and returns text.

    Returns:
        The text.

    Raises:
        ContractError: the component cannot be built or used in the other process.
    """
    task = pickle.dumps((cls.__module__, inspect.getfile(cls), cls.__qualname__, function))
    task = len(task).to_bytes(4, "big") + task + pickle.dumps(dict(parameters))
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", CHILD], input=task, capture_output=True, env=environment, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ContractError(f"it cannot be used in another process: {last}")
    return done.stdout.decode()


def run_task(task: bytes) -> None:
    """Run a task of `call_in_process` in the other process and print its result.

    Args:
        task: the pickled class, function and parameters.
    """
    size = int.from_bytes(task[:4], "big")
    module, file, name, function = pickle.loads(task[4 : 4 + size])
    cls = _load_class(module, file, name)
    function_module, _, function_name = function.partition(":")
    call = getattr(importlib.import_module(function_module), function_name)
    sys.stdout.write(call(cls(**pickle.loads(task[4 + size :]))))


def _load_class(module: str, file: str, name: str) -> Any:
    """Load a class from its module, or from the file of a plugin whose module cannot be imported by name.

    Args:
        module: name of the module.
        file: its file.
        name: qualified name of the class.

    Returns:
        The class.
    """
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError:
        spec = importlib.util.spec_from_file_location(module, file)
        if spec is None or spec.loader is None:
            raise
        found = sys.modules[module] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found)
    for part in name.split("."):
        found = getattr(found, part)
    return found
