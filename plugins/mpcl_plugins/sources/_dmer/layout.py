"""What the layouts of DMER have in common: which files make one, and how the viewers' are found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import Modality
from mpcl_plugins.sources.formats.mat import Spec, shapes

RECORDED = "datas.mat"
"""The recordings of one viewer, and the distributions of the clips."""
FEATURES = ("eegfea.mat", "perifea.mat", "videoFea.mat")
LABELS: Spec = {"dis_label": (32, 10)}


@dataclass(frozen=True)
class Layout:
    """One way in which DMER is stored.

    Args:
        holds: the files that tell it, in words.
        modalities: what it brings.
        find: the viewers' folders, or files, at a path, in order; none where it does not hold the layout.
        files: the files in a viewer's folder, and what they hold; '' where a viewer is a file.
    """

    holds: str
    modalities: tuple[Modality, ...]
    find: Callable[[Path], list[Path]]
    files: Mapping[str, Spec]


def folders(path: Path, names: Iterable[str]) -> list[Path]:
    """The folders of viewers with a file of one of these names: the path itself, or those in it."""
    if any((path / name).is_file() for name in names):
        return [path]
    inside = path.iterdir() if path.is_dir() else ()
    return _by_number(folder for folder in inside if any((folder / name).is_file() for name in names))


def files(path: Path, spec: Spec) -> list[Path]:
    """The .mat files, one a viewer, at a path, if the first of them holds an array of these, beside its labels."""
    named = (RECORDED, *FEATURES)
    found = _by_number(file for file in path.glob("*.mat") if file.name not in named) if path.is_dir() else [path]
    return found if found and (spec.keys() - LABELS.keys()) & shapes(found[0]).keys() else []


def _by_number(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (len(path.stem), path.stem))
