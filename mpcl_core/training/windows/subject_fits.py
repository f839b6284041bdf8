"""Fit a transform on each subject of a study once, for all folds and seeds; see ``docs/concepts/unusual.md``."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Int64

from mpcl_core.interfaces.components import AffineMap, SubjectTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.toolkit.name_codes import number_names
from mpcl_core.training.windows.subject_maps import SubjectMaps

Positions = Int64[np.ndarray, "_"]


class FittedSubjects(NamedTuple):
    """Hold what was learnt of the subjects of some windows.

    Args:
        transform: the transform of all of them.
        maps: the maps of these windows.
        parts: number of the subject -> the transform that was fitted on its windows.
    """

    transform: SubjectTransform
    maps: SubjectMaps
    parts: Mapping[int, SubjectTransform]


class SubjectFits:
    """Hold what a transform has learnt of each subject, and the maps that follow.

    What follows from all windows of a subject is kept; a part of a subject's windows is fitted anew.

    Args:
        block: the transform, a `SubjectTransform`.
        subject: (N,) the name of the subject of each window of the study.
        take: returns the windows at some positions, without labels.
        device: where windows are mapped.
    """

    def __init__(
        self, block: Block, subject: np.ndarray, take: Callable[[Positions], WindowSet], device: torch.device
    ) -> None:
        self.block, self.take = block, take
        self.names, self.numbers = number_names(subject)
        self.positions = np.split(np.argsort(self.numbers, kind="stable"), np.cumsum(np.bincount(self.numbers))[:-1])
        self._subject = torch.from_numpy(self.numbers).to(device)
        self._complete: dict[int, SubjectTransform] = {}

    def fit(self, positions: Positions) -> FittedSubjects:
        """Fit the transform on windows.

        Args:
            positions: of the windows in the study.

        Returns:
            What was learnt.
        """
        parts = {number: self._fit(number, own) for number, own in self._split(positions).items()}
        transform: SubjectTransform = self.block.build()
        transform.join(list(parts.values()))
        if all(self._complete.get(number) is part for number, part in parts.items()):
            return FittedSubjects(transform, self._maps_of_fitted, parts)
        maps = self._maps({number: part.affine_maps() for number, part in parts.items()})
        return FittedSubjects(transform, maps, parts)

    def other_maps(self, fitted: FittedSubjects, positions: Positions) -> SubjectMaps:
        """Return the maps of windows that the transform was not fitted on.

        Args:
            fitted: what was learnt of other windows.
            positions: of the windows in the study.

        Returns:
            The maps.
        """
        parts, known = self._split(positions), fitted.parts
        if all(number not in known and self._is_complete(number, own) for number, own in parts.items()):
            return self._maps_of_unfitted
        build = self.block.build
        return self._maps({n: (known.get(n) or build()).maps_of(self.take(own)) for n, own in parts.items()})

    def _fit(self, number: int, positions: Positions) -> SubjectTransform:
        if not self._is_complete(number, positions):
            return self._new_fit(positions)
        if number not in self._complete:
            self._complete[number] = self._new_fit(positions)
        return self._complete[number]

    def _new_fit(self, positions: Positions) -> SubjectTransform:
        transform: SubjectTransform = self.block.build()
        transform.fit(self.take(positions))
        return transform

    @cached_property
    def _maps_of_fitted(self) -> SubjectMaps:
        complete = enumerate(self.positions)
        maps = self._maps({number: self._fit(number, own).affine_maps() for number, own in complete})
        return replace(maps, are_of_study=True)

    @cached_property
    def _maps_of_unfitted(self) -> SubjectMaps:
        """Return the maps of complete subjects that were not fitted.

        Where they equal those of fitted ones, the windows of the study are mapped once for training and validation.

        Returns:
            The maps.
        """
        complete = enumerate(self.positions)
        maps = self._maps({number: self.block.build().maps_of(self.take(own)) for number, own in complete})
        return self._maps_of_fitted if maps.equals(self._maps_of_fitted) else maps

    def _maps(self, maps: Mapping[int, Mapping[str, AffineMap]]) -> SubjectMaps:
        return SubjectMaps.of([maps.get(number, {}) for number in range(len(self.positions))], self._subject)

    def _is_complete(self, number: int, positions: Positions) -> bool:
        return np.array_equal(self.positions[number], positions)

    def _split(self, positions: Positions) -> dict[int, Positions]:
        """Split positions by subject, without a change of their order within a subject.

        Returns:
            Number of the subject -> its positions.
        """
        numbers = self.numbers[positions]
        counts = np.bincount(numbers, minlength=len(self.positions))
        parts = np.split(positions[np.argsort(numbers, kind="stable")], np.cumsum(counts)[:-1])
        return {number: own for number, own in enumerate(parts) if len(own)}
