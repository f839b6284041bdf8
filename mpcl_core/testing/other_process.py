"""A component in a process of its own, where text is hashed with another seed."""

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

CHILD = "import sys; from mpcl_core.testing.other_process import answer; answer(sys.stdin.buffer.read())"


def answer_elsewhere(cls: type[Component], parameters: Mapping[str, Any], function: str) -> str:
    """What a function of this package says of the component, under another seed of Python's hashing than here.

    Args:
        cls: a class that stands at the top of its module.
        parameters: of its constructor.
        function: ``module:name``; takes the component and answers text.

    Raises:
        ContractError: it cannot be built there.
    """
    task = pickle.dumps((cls.__module__, inspect.getfile(cls), cls.__qualname__, function))
    task = len(task).to_bytes(4, "big") + task + pickle.dumps(dict(parameters))
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", CHILD], input=task, capture_output=True, env=environment, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise ContractError(f"it cannot be used in a process of its own: {last}")
    return done.stdout.decode()


def answer(task: bytes) -> None:
    """What `answer_elsewhere` runs in the other process."""
    size = int.from_bytes(task[:4], "big")
    module, file, name, function = pickle.loads(task[4 : 4 + size])
    cls = _class(module, file, name)
    home, _, called = function.partition(":")
    sys.stdout.write(getattr(importlib.import_module(home), called)(cls(**pickle.loads(task[4 + size :]))))


def _class(module: str, file: str, name: str) -> Any:
    """By the module's name, or from the file of a plugin, which has none that can be imported."""
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
