"""Apply an affine map of each subject to the windows of a training step, on the device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from mpcl_core.interfaces.components import AffineMap
from mpcl_core.training.windows.affine_maps import map_present


@dataclass(frozen=True)
class SubjectMaps:
    """Hold the map (x − offset) / scale of each modality and subject, in the transform's precision.

    Args:
        offset: modality name -> (P, c, 1) or (P, c, t) for the P subjects of a study, with a first axis for the
            networks in a stack of M where their maps differ.
        scale: of the same shapes.
        subject: (N,) the number of the subject of each window of the study.
        are_of_study: whether they are the same for every selection of complete subjects, so that the windows of the
            study can be mapped once.
    """

    offset: Mapping[str, Tensor]
    scale: Mapping[str, Tensor]
    subject: Int64[Tensor, "N"]
    are_of_study: bool = False

    @classmethod
    def of(cls, maps: Sequence[Mapping[str, AffineMap]], subject: Int64[Tensor, "N"]) -> "SubjectMaps":
        """Copy the maps of subjects to the device.

        Args:
            maps: for each subject, modality name -> its map; a modality without one stays as it is.
            subject: the number of the subject of each window of the study, on the device.

        Returns:
            The maps as tensors.
        """
        names = dict.fromkeys(name for own in maps for name in own)
        known = {name: next(own[name] for own in maps if name in own) for name in names}
        identity = {
            name: AffineMap(np.zeros_like(each.offset), np.ones_like(each.scale)) for name, each in known.items()
        }
        filled = {name: [own.get(name, identity[name]) for own in maps] for name in names}

        def tensor(values: list[np.ndarray]) -> Tensor:
            stacked = torch.from_numpy(np.stack(values))
            return (stacked.float() if subject.device.type == "mps" else stacked).to(subject.device)

        return cls(
            {name: tensor([each.offset for each in own]) for name, own in filled.items()},
            {name: tensor([each.scale for each in own]) for name, own in filled.items()},
            subject,
        )

    @classmethod
    def stack(cls, maps: Sequence["SubjectMaps"]) -> "SubjectMaps":
        """Stack the maps of several networks.

        Args:
            maps: those of each network, of one study.

        Returns:
            The maps with a first axis for the networks; without it where all networks share their maps.
        """
        first = maps[0]
        if all(each.offset is first.offset for each in maps):
            return first
        return cls(
            {name: torch.stack([each.offset[name] for each in maps]) for name in first.offset},
            {name: torch.stack([each.scale[name] for each in maps]) for name in first.scale},
            first.subject,
        )

    def equals(self, other: "SubjectMaps") -> bool:
        """Return whether all subjects have the same maps, to the last bit.

        Args:
            other: the maps of the subjects of the same study.

        Returns:
            Whether both map every window in the same way.
        """
        return all(
            own.keys() == others.keys() and all(torch.equal(table, others[name]) for name, table in own.items())
            for own, others in ((self.offset, other.offset), (self.scale, other.scale))
        )

    def apply(
        self,
        name: str,
        values: Float[Tensor, "*n c t"],
        present: Bool[Tensor, "*n"],
        index: Int64[Tensor, "*n"],
    ) -> Float[Tensor, "*n c t"]:
        """Map the values of a modality.

        Args:
            name: the modality.
            values: its values; in a stack the first axis is that of the networks.
            present: which windows have it.
            index: the positions of the windows in the study.

        Returns:
            The mapped values, 0 where the modality is absent.
        """
        if name not in self.offset:
            return values
        offset, scale = (self._chosen(each[name], index) for each in (self.offset, self.scale))
        return map_present(values, present, offset, scale)

    def _chosen(self, table: Tensor, index: Int64[Tensor, "*n"]) -> Float[Tensor, "*n c _"]:
        """Return the entries of the subjects of windows.

        Returns:
            One for each window.
        """
        subject = self.subject[index]
        if table.ndim == 3:
            return table[subject]
        network = torch.arange(len(table), device=table.device).view(-1, *[1] * (index.ndim - 1))
        return table[network, subject]
