"""Define the slot of transforms, of which there are four kinds."""

from abc import ABC
from typing import ClassVar

from mpcl_core.interfaces.components.component import Component
from mpcl_core.interfaces.data import Modality


class Transform(Component, ABC):
    """Change signals or features. Base of the four kinds of transform; subclass one of those.

    Example:
        >>> from mpcl_core.plugin import FittedTransform, RecordingTransform, Transform, Windowing, WindowTransform
        >>> kinds = (RecordingTransform, Windowing, WindowTransform, FittedTransform)
        >>> all(issubclass(kind, Transform) for kind in kinds)
        True
    """

    slot: ClassVar[str] = "transform"

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Describe the modalities after the transform, from their metadata alone.

        Args:
            modalities: before it.

        Returns:
            The modalities after it; the same by default.
        """
        return modalities
