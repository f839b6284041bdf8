"""Define the transforms that change windows without state."""

from abc import abstractmethod

from mpcl_core.interfaces.components.transform import Transform
from mpcl_core.interfaces.data import WindowSet


class WindowTransform(Transform):
    """Change windows, without state (``prepare``), for example into features of each window.

    Example:
        >>> from mpcl_core.plugin import Modality, WindowTransform
        >>> class Squared(WindowTransform):
        ...     name = "squared"
        ...
        ...     def transform(self, windows):
        ...         return windows.with_signals({name: values**2 for name, values in windows.X.items()})
        >>> Squared().outputs((Modality("gsr", n_chans=1, n_times=3),))[0].n_times
        3
    """

    @abstractmethod
    def transform(self, windows: WindowSet) -> WindowSet:
        """Transform windows, each independently of the others.

        Args:
            windows: must not be changed.

        Returns:
            The changed windows.
        """
