"""Define the slot of protocols, which split the windows into folds."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from mpcl_core.interfaces.components.component import Component
from mpcl_core.interfaces.data import Fold, WindowSet


class Protocol(Component, ABC):
    """Split the windows into folds, from their columns and the protocol's own seed alone.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import Fold, Modality, Protocol, WindowSet
        >>> class FirstSubject(Protocol):
        ...     name = "first_subject"
        ...
        ...     def split(self, windows):
        ...         is_test = windows.subject == windows.subject[0]
        ...         train, test = np.flatnonzero(~is_test), np.flatnonzero(is_test)
        ...         yield Fold(train=train[1:], validation=train[:1], test=test, label="first")
        >>> X, present, D = np.zeros((4, 1, 1), np.float32), np.ones(4, bool), np.full((4, 2), 0.5)
        >>> subject = np.array(["s01", "s02", "s03", "s01"])
        >>> gsr = (Modality("gsr", 1, 1),)
        >>> windows = WindowSet(gsr, {"gsr": X}, {"gsr": present}, D, ("happy", "sad"), subject=subject)
        >>> [fold.test.tolist() for fold in FirstSubject().split(windows)]
        [[0, 3]]
    """

    slot: ClassVar[str] = "protocol"

    @abstractmethod
    def split(self, windows: WindowSet) -> Iterator[Fold]:
        """Split the windows.

        Args:
            windows: of the study.

        Yields:
            The folds.

        Raises:
            DataError: these windows cannot be split in this way (one subject for ``loso``, no trials for
                ``trial_heldout``).
        """
