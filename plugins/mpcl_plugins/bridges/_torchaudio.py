"""Make torchaudio importable with torch's CPU build, which lacks the libraries that its compiled part asks for.

braindecode imports torchaudio. The packages of torchaudio (2.6 to 2.11 were tested) have a compiled part that needs
CUDA's libraries. With a CPU build of torch that part does not load, and ``import torchaudio`` fails. torchaudio works
without that part apart from forced alignment and a few filters in C++, so a stand-in reports it as absent.
"""

import ctypes
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import torch

EXTENSION = "torchaudio._extension"


def needs_stand_in() -> bool:
    """Return whether torchaudio is installed, and its compiled part does not load with this torch.

    Returns:
        False wherever torch was built for CUDA: there a failure is one to repair.
    """
    if torch.version.cuda is not None or EXTENSION in sys.modules:
        return False
    spec = find_spec("torchaudio")
    folders = spec.submodule_search_locations if spec else None
    for library in (file for folder in folders or () for file in Path(folder, "lib").glob("_torchaudio*")):
        try:
            ctypes.CDLL(str(library))
        except OSError:
            return True
    return False


def register_stand_in() -> None:
    """Report the compiled part of torchaudio as absent to torchaudio, where it does not load."""
    if not needs_stand_in():
        return
    module = ModuleType(EXTENSION, "Stand for the compiled part of torchaudio, which does not load with this torch.")
    module.__spec__ = ModuleSpec(EXTENSION, None)
    vars(module).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=_fail_if_called,
    )
    sys.modules[EXTENSION] = module


def _fail_if_called(function: object) -> object:
    """Replace a function of torchaudio that needs the compiled part.

    Returns:
        A function that raises an error.
    """

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"{getattr(function, '__name__', function)} needs the compiled part of torchaudio")

    return fail
