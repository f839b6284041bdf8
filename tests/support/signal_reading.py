"""Read a signal of any file as a study declares it."""

from pathlib import Path

import numpy as np

from mpcl_core.interfaces.data import Signal
from mpcl_plugins.sources._folder.declared import Declared, read_declared
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Stretch


def read(path: Path, declared: Declared, start: float = 0.0, stop: float = np.inf) -> Signal:
    return read_declared(open_file(path), declared, Stretch(start, stop))


def declare(*channels: str, sfreq: float = 100.0, unit: str = "", part: str = "") -> Declared:
    return Declared(channels=channels, sfreq=sfreq, unit=unit, part=part)
