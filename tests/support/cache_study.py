"""Make studies for the tests of the cache, and compare windows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mpcl_core.data.cache.prepared_windows import Provenance, WindowCache
from mpcl_core.interfaces.components import Source, WindowTransform
from mpcl_core.interfaces.data import WINDOW_COLUMNS, Modality, Recording, Signal, Valence, WindowSet
from mpcl_core.runs.manifest_builder import hash_windows
from mpcl_core.spec.block import Block
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.window import Window
from support.specs import block

LABELS = ("joy", "fear")


class Ramps(Source):
    """Make a recording of each ``.txt`` file below ``path``: a ramp of two channels from the number in it.

    Args:
        path: a folder, or one file.
        scale: of the ramp.
    """

    name = "ramps"

    def __init__(self, *, path: Path, scale: float = 1.0) -> None:
        self.path, self.scale = path, scale

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (Modality("ramp", 2, None, 10.0, ("a", "b"), "V"), Modality("never", 1, None, 5.0))

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS

    @property
    def valence(self) -> Valence:
        return Valence(("joy",), ("fear",))

    def load(self) -> Iterator[Recording]:
        for file in [self.path] if self.path.is_file() else sorted(self.path.rglob("*.txt")):
            yield self.recording(file.stem, float(file.read_text()))

    def recording(self, subject: str, start: float) -> Recording:
        values = self.scale * (start + np.arange(100, dtype=np.float32))
        signals = {"ramp": Signal(np.stack([values, -values]).astype(np.float32), 10.0)}
        return Recording(signals, np.array([0.25, 0.75]), subject, "t1", condition="äß")


class Sloppy(Source):
    """Make windows of almost the contract's types, as mat files and tables give them.

    Args:
        path: any file.
    """

    name = "sloppy"

    def __init__(self, *, path: Path) -> None:
        self.path = path

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (Modality("x", 1, 3, np.float64(2.0)),)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(np.array(LABELS))

    def load(self) -> WindowSet:
        windows = WindowSet(self.modalities, {}, {}, np.full((4, 2), 0.5), self.labels)
        windows.X["x"] = np.linspace(0, 1, 12).reshape(4, 1, 3)
        windows.present["x"] = np.ones(4, np.uint8).astype(bool)
        windows.subject = np.array(["a", "b", 3, "d"], dtype=object)
        windows.window = np.arange(4, dtype=np.int32)
        return windows


class Doubled(WindowTransform):
    """Double the values."""

    name = "doubled"

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: 2 * values for name, values in windows.X.items()})


def ramps(folder: Path, **starts: float) -> Path:
    """Write a folder with a file for each recording."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, start in starts.items():
        (folder / f"{name}.txt").write_text(f"{start}")
    return folder


def ramp_blocks(path: Path, **parameters: Any) -> tuple[Block, list[Block]]:
    return block(Ramps, path=path, **{"scale": 1.0, **parameters}), [block(Window, length=2.0, hop=1.0), block(Doubled)]


def simulated_blocks(hop: float = 2.0, **parameters: Any) -> tuple[Block, list[Block]]:
    return block(Simulated, **parameters), [block(Window, length=4.0, hop=hop)]


def cached(blocks: tuple[Block, list[Block]], messages: list[str] | None = None) -> tuple[WindowSet, Provenance]:
    """Load through the cache; without a list for them, no message is expected but those of a slow machine."""

    def unexpected(text: str) -> None:
        assert " windows after " in text, text

    return WindowCache("a-recipe", unexpected if messages is None else messages.append).load(*blocks)


def assert_same(one: WindowSet, two: WindowSet) -> None:
    """Compare bit for bit, with types and metadata."""
    assert hash_windows(one) == hash_windows(two)
    assert (one.modalities, one.labels, one.valence) == (two.modalities, two.labels, two.valence)
    assert list(one.X) == list(two.X)
    assert list(one.present) == list(two.present)
    for name in one.X:
        for a, b in ((one.X[name], two.X[name]), (one.present[name], two.present[name])):
            assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), name
    for name in WINDOW_COLUMNS:
        a, b = getattr(one, name), getattr(two, name)
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), name
