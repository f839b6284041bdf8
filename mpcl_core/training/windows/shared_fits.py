"""Fit transforms on selections of a study from what its folds, seeds and variants share.

The statistics of transforms that merge are computed once for each subject and session, and a transform that learns each
subject by itself is fitted once on each.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

import torch

from mpcl_core.data.truth import without_labels
from mpcl_core.interfaces.components import FittedTransform, MergeableTransform, Statistics, SubjectTransform
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.spec.block import Block
from mpcl_core.training.transforms import fit_transforms
from mpcl_core.training.windows.affine_maps import IDENTITY, AffineMaps
from mpcl_core.training.windows.group_measures import GroupMeasures, Positions
from mpcl_core.training.windows.subject_fits import SubjectFits
from mpcl_core.training.windows.subject_maps import SubjectMaps


@dataclass(frozen=True)
class FittedPart:
    """Hold transforms that were fitted on windows, and what they made of the windows.

    Args:
        transforms: the fitted transforms, in order.
        modalities: the modalities behind them.
        windows: the windows behind them; None where they are the windows before them under ``maps``.
        maps: what the transforms do to these windows, where ``windows`` is None.
        other_maps: returns what they do to other windows of the study; None where that is the same.
    """

    transforms: Sequence[FittedTransform]
    modalities: tuple[Modality, ...]
    windows: WindowSet | None = None
    maps: AffineMaps | SubjectMaps = IDENTITY
    other_maps: Callable[[Positions], SubjectMaps] | None = None


class SharedFits:
    """Fit transforms on selections of the windows of a study.

    Args:
        columns: all windows of the study, without signals.
        windows: returns the windows at some positions, with signals.
        groups: measures each subject and session once.
        device: where networks are trained.
        shares: whether transforms are fitted from what selections share; where not, every transform is fitted on the
            windows themselves.
    """

    def __init__(
        self,
        columns: WindowSet,
        windows: Callable[[Positions], WindowSet],
        groups: GroupMeasures,
        device: torch.device,
        shares: bool,
    ) -> None:
        self.columns, self.windows, self.groups = columns, windows, groups
        self.device, self.shares = device, shares
        self._statistics: dict[Hashable, Statistics] = {}
        self._subject_fits: dict[Hashable, SubjectFits] = {}

    def merges(self, blocks: Sequence[Block]) -> bool:
        """Return whether transforms can be fitted from shared statistics.

        Args:
            blocks: the transforms, in order.

        Returns:
            True for none, and for a single one that merges: what a second one learns depends on the first.
        """
        if not self.shares or len(blocks) > 1:
            return False
        return all(issubclass(block.cls, MergeableTransform) and block.build().merges for block in blocks)

    def fits_subjects(self, blocks: Sequence[Block]) -> bool:
        """Return whether transforms can be fitted on each subject once.

        Args:
            blocks: the transforms, in order.

        Returns:
            True for a single one that learns each subject by itself, where every window names its subject.
        """
        if not self.shares or len(blocks) != 1 or not issubclass(blocks[0].cls, SubjectTransform):
            return False
        return bool(blocks[0].build().by_subject and (self.columns.subject != "").all())

    def fit(self, blocks: Sequence[Block], positions: Positions) -> FittedPart:
        """Fit transforms on windows.

        Args:
            blocks: the transforms, in order.
            positions: of the windows.

        Returns:
            The fitted transforms, and what they do.
        """
        if self.fits_subjects(blocks):
            return self._fit_subjects(blocks[0], positions)
        if not self.merges(blocks):
            transforms, windows = fit_transforms(blocks, self.windows(positions))
            return FittedPart(transforms, windows.modalities, windows)
        modalities = self.columns.modalities
        if not blocks:
            return FittedPart((), modalities)
        transform: MergeableTransform = blocks[0].build()
        modalities = transform.outputs(modalities)
        transform.fit_statistics(self._merged(blocks[0], _key(blocks[0]), positions))
        return FittedPart((transform,), modalities, maps=AffineMaps.of(transform.affine_maps(), self.device))

    def _fit_subjects(self, block: Block, positions: Positions) -> FittedPart:
        """Fit a transform that learns each subject by itself.

        Returns:
            The fitted transform, and what it does.
        """
        fits = self._subject_fits.setdefault(
            _key(block),
            SubjectFits(block, self.columns.subject, lambda own: without_labels(self.windows(own)), self.device),
        )
        fitted = fits.fit(positions)
        modalities = fitted.transform.outputs(self.columns.modalities)
        return FittedPart(
            (fitted.transform,), modalities, maps=fitted.maps, other_maps=partial(fits.other_maps, fitted)
        )

    def _merged(self, block: Block, key: Hashable, positions: Positions) -> Statistics:
        """Merge the statistics of a selection; seeds and variants with the same selection share the result.

        Returns:
            The statistics.
        """
        selection = key, blake2b(positions.tobytes()).digest()
        if selection not in self._statistics:
            parts = self.groups.select(key, lambda windows: block.build().statistics(windows), positions)
            self._statistics[selection] = block.build().merge(parts)
        return self._statistics[selection]


def _key(block: Block) -> Hashable:
    return block.cls, repr(sorted(block.parameters.items()))
