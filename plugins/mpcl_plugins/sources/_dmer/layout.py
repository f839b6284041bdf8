"""Define what a layout of DMER is: which files make one, and how the viewers are found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mpcl_core.plugin import Modality
from mpcl_plugins.sources.formats.mat import Spec, array_shapes

RECORDED = "datas.mat"
"""The recordings of one viewer, and the distributions of the clips."""
FEATURES = ("eegfea.mat", "perifea.mat", "videoFea.mat")
LABELS: Spec = {"dis_label": (32, 10)}


@dataclass(frozen=True)
class Layout:
    """Describe one form in which DMER is stored.

    Args:
        holds: the files that identify it, in words.
        modalities: its modalities.
        find: returns the viewers' folders or files at a path, in order; none where it does not hold the layout.
        files: the files in a viewer's folder, and what they hold; '' where a viewer is a file.
    """

    holds: str
    modalities: tuple[Modality, ...]
    find: Callable[[Path], list[Path]]
    files: Mapping[str, Spec]


def viewer_folders(path: Path, names: Iterable[str]) -> list[Path]:
    """Return the folders of viewers with a file of one of these names: the path itself, or those in it.

    Args:
        path: a folder.
        names: names of files.

    Returns:
        The folders in the order of their numbers.
    """
    if any((path / name).is_file() for name in names):
        return [path]
    inside = path.iterdir() if path.is_dir() else ()
    return _by_number(folder for folder in inside if any((folder / name).is_file() for name in names))


def viewer_files(path: Path, spec: Spec) -> list[Path]:
    """Return the .mat files at a path, one a viewer, if the first holds an array of the layout.

    Args:
        path: a folder or a file.
        spec: the arrays of the layout; ``dis_label`` alone does not identify it.

    Returns:
        The files in the order of their numbers.
    """
    named = (RECORDED, *FEATURES)
    found = _by_number(file for file in path.glob("*.mat") if file.name not in named) if path.is_dir() else [path]
    return found if found and (spec.keys() - LABELS.keys()) & array_shapes(found[0]).keys() else []


def _by_number(paths: Iterable[Path]) -> list[Path]:
    return sorted(paths, key=lambda path: (len(path.stem), path.stem))
