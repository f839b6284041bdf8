"""Hold the windows of a study once for all its folds, seeds and trainings; a fold is a selection of them.

A fold's people are most of the study's, so copying and normalising their windows for every fold costs people² in all.
Where the transforms of a variant merge (`MergeableTransform`), their statistics are computed once for each subject and
session, a fold merges those of its people, and the map that results is applied to the windows of a training step.
Where a transform learns each subject by itself (`SubjectTransform`), a subject is fitted once, and each has its map.
Other transforms fit on a copy of the fold's windows.
"""

import weakref
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from mpcl_core.data.truth import frozen
from mpcl_core.interfaces.components import FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.training.transforms import fit_transforms
from mpcl_core.training.windows.affine_maps import AffineMaps
from mpcl_core.training.windows.device_windows import DeviceWindows, WindowTensors, gather_signals, shared_tensor
from mpcl_core.training.windows.group_measures import GroupMeasures, Measured, Positions
from mpcl_core.training.windows.shared_fits import FittedPart, SharedFits
from mpcl_core.training.windows.subject_maps import SubjectMaps


class StudyWindows:
    """Hold the windows of a study, their tensors on a device and the statistics of its people.

    Args:
        windows: all windows of the study.
        device: where networks are trained.
        shares: whether transforms that merge are fitted from shared statistics; where not, every transform is fitted
            on the windows themselves.
    """

    def __init__(self, windows: WindowSet, device: torch.device, shares: bool = True) -> None:
        self.device = device
        self.columns = replace(windows, X={}, present={})
        """The windows without signals."""
        self._X, self._present = windows.X, windows.present
        self._tensors: dict[str, WindowTensors] = {}
        self._mapped: dict[tuple[str, int], tuple[SubjectMaps, WindowTensors]] = {}
        self._copy = partial(_copy, replace(windows))  # holds neither this object nor the window set it depends on
        self.groups = GroupMeasures(self.columns, self._copy)
        self.fits = SharedFits(self.columns, self._copy, self.groups, device, shares)

    def part(self, positions: Positions) -> "FittingWindows":
        """Select windows to learn from.

        Args:
            positions: of the windows.

        Returns:
            The selection.
        """
        return FittingWindows(self, positions)

    def windows(self, positions: Positions) -> WindowSet:
        """Copy windows with their signals.

        Args:
            positions: of the windows.

        Returns:
            The windows, read-only.
        """
        return self._copy(positions)

    def tensors(self, names: Sequence[str]) -> WindowTensors:
        """Return all windows of the study as tensors, which are made once.

        Args:
            names: the modalities.

        Returns:
            The tensors; on the CPU they share the memory of the arrays.
        """
        key = "/".join(names)
        if key not in self._tensors:
            tensors = WindowTensors(self.device)
            tensors.X = {name: shared_tensor(self._X[name], self.device) for name in names}
            tensors.present = {name: shared_tensor(self._present[name], self.device) for name in names}
            tensors.labels = {name: shared_tensor(getattr(self.columns, name), self.device) for name in ("D", "weight")}
            self._tensors[key] = tensors
        return self._tensors[key]

    def mapped_tensors(self, names: Sequence[str], maps: SubjectMaps) -> WindowTensors:
        """Return all windows of the study as tensors, mapped, which are made once.

        Args:
            names: the modalities.
            maps: those of all subjects.

        Returns:
            The tensors; a modality without a map, presence and labels share the memory of the others.
        """
        key = "/".join(names), id(maps)
        if key not in self._mapped:
            tensors, raw = WindowTensors(self.device), self.tensors(names)
            tensors.present, tensors.labels = raw.present, raw.labels
            tensors.X = {name: self._mapped_values(name, raw, maps) for name in raw.X}
            self._mapped[key] = maps, tensors
        return self._mapped[key][1]

    def _mapped_values(self, name: str, raw: WindowTensors, maps: SubjectMaps) -> Tensor:
        values, present = raw.X[name], raw.present[name]
        if name not in maps.offset:
            return values
        mapped = torch.empty_like(values)
        for own in torch.split(torch.arange(len(values), device=self.device), _MAPPED_AT_ONCE):
            places = slice(int(own[0]), int(own[-1]) + 1)
            mapped[places] = maps.apply(name, values[places], present[places], own)
        return mapped


@dataclass(frozen=True)
class FittingWindows:
    """Select windows of a study to learn from.

    Args:
        study: the study.
        positions: of the windows in it.
    """

    study: StudyWindows
    positions: Positions
    _held: weakref.WeakValueDictionary[str, WindowSet] = field(
        default_factory=weakref.WeakValueDictionary, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, windows: WindowSet, device: torch.device) -> "FittingWindows":
        """Select all of some windows, which no other training shares.

        Args:
            windows: the windows.
            device: where the network is trained.

        Returns:
            The selection.
        """
        return cls(StudyWindows(windows, device, shares=False), np.arange(len(windows)))

    def __len__(self) -> int:
        return len(self.positions)

    def columns(self) -> WindowSet:
        """Copy the windows without their signals; callers share the copy while one of them holds it.

        Returns:
            The windows, read-only.
        """
        columns = self._held.get("columns")
        if columns is None:
            columns = self._held["columns"] = frozen(self.study.columns.take(self.positions))
        return columns

    @property
    def weight(self) -> Float64[np.ndarray, "N"]:
        """Return the weight of each window."""
        return np.take(self.study.columns.weight, self.positions)

    def take(self, indices: Positions) -> "FittingWindows":
        """Select some of these windows.

        Args:
            indices: positions among these windows.

        Returns:
            The selection.
        """
        return FittingWindows(self.study, self.positions[indices])

    def windows(self) -> WindowSet:
        """Copy the windows with their signals.

        Returns:
            The windows, read-only.
        """
        return self.study.windows(self.positions) if self.study.columns.modalities else self.columns()

    def fit(self, blocks: Sequence[Block]) -> FittedPart:
        """Fit transforms on these windows.

        Args:
            blocks: the transforms, in order.

        Returns:
            The fitted transforms, and what they do.
        """
        return self.study.fits.fit(blocks, self.positions)

    def fit_transform(self, blocks: Sequence[Block]) -> tuple[Sequence[FittedTransform], WindowSet]:
        """Fit transforms on these windows, and apply them.

        Complete subjects are fitted and mapped once a study where that gives the same values to the last bit.

        Args:
            blocks: the transforms, in order.

        Returns:
            The fitted transforms, and the windows behind them, read-only.
        """
        if self.study.device.type != "cpu" or not self.study.fits.fits_subjects(blocks):
            return fit_transforms(blocks, self.windows())
        fitted, columns = self.fit(blocks), self.columns()
        selected = self.on_device([modality.name for modality in columns.modalities], fitted.maps)
        X, present = gather_signals(selected.tensors, selected.index, selected.maps)
        windows = replace(
            columns,
            modalities=fitted.modalities,
            X={name: values.numpy() for name, values in X.items()},
            present={name: mask.numpy() for name, mask in present.items()},
        )
        return fitted.transforms, frozen(windows)

    def measured(self, key: Hashable, measure: Callable[[WindowSet], Measured]) -> list[Measured]:
        """Measure parts of these windows; arguments as for `GroupMeasures.select`.

        Returns:
            What was measured of each part; at least one.
        """
        return self.study.groups.select(key, measure, self.positions)

    def on_device(self, names: Sequence[str], maps: AffineMaps | SubjectMaps) -> DeviceWindows:
        """Return these windows as a selection of the study's tensors.

        Args:
            names: the modalities to gather.
            maps: what is done to the signals.

        Returns:
            The windows, in their order.
        """
        index = torch.tensor(self.positions, device=self.study.device)  # a copy: positions may not be writable
        if isinstance(maps, SubjectMaps) and maps.are_of_study:
            return DeviceWindows(self.study.mapped_tensors(names, maps), index)
        return DeviceWindows(self.study.tensors(names), index, maps=maps)


_MAPPED_AT_ONCE = 512
"""The number of windows that are mapped in one go, which bounds the memory of intermediate values."""


def _copy(windows: WindowSet, positions: Positions) -> WindowSet:
    return frozen(windows.take(positions))


_studies: dict[tuple[int, str], StudyWindows] = {}


def study_windows(windows: WindowSet, device: torch.device) -> StudyWindows:
    """Return the shared windows of a study, which are kept for as long as its window set.

    Args:
        windows: all windows of the study.
        device: where networks are trained.

    Returns:
        The same object for the same window set and device.
    """
    key = (id(windows), str(device))
    if key not in _studies:
        _studies[key] = StudyWindows(windows, device)
        weakref.finalize(windows, _studies.pop, key, None)
    return _studies[key]
