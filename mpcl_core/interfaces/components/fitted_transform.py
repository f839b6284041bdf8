"""Define the transforms that learn from the fitting windows of a fold."""

from abc import abstractmethod
from typing import TYPE_CHECKING

from mpcl_core.interfaces.components.fitted_state import FittedComponent
from mpcl_core.interfaces.components.transform import Transform
from mpcl_core.interfaces.data import Modality, WindowSet

if TYPE_CHECKING:
    from mpcl_core.interfaces.components.transform_module import TransformModule


class FittedTransform(FittedComponent, Transform):
    """Learn from a fold's fitting windows and change all windows (``transforms``).

    A ``transductive`` transform also uses the signals of the windows that it changes (never their labels).

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import FittedTransform, Modality, WindowSet
        >>> class Centre(FittedTransform):
        ...     name = "centre"
        ...
        ...     def fit(self, windows):
        ...         self.means = {name: values.mean(0) for name, values in windows.X.items()}
        ...         return self
        ...
        ...     def transform(self, windows):
        ...         return windows.with_signals({name: windows.X[name] - self.means[name] for name in windows.X})
        >>> X, present = np.array([[[1.0]], [[3.0]]], np.float32), np.ones(2, bool)
        >>> D = np.full((2, 2), 0.5)
        >>> windows = WindowSet((Modality("gsr", 1, 1),), {"gsr": X}, {"gsr": present}, D, ("happy", "sad"))
        >>> Centre().fit_transform(windows).X["gsr"].ravel()
        array([-1.,  1.], dtype=float32)
    """

    @property
    def transductive(self) -> bool:
        """Return whether the result for a test window depends on other test windows."""
        return False

    @abstractmethod
    def fit(self, windows: WindowSet) -> "FittedTransform":
        """Learn from the fold's fitting windows.

        Args:
            windows: the fitting windows, never a test window. Must not be changed.

        Returns:
            The transform itself.
        """

    @abstractmethod
    def transform(self, windows: WindowSet) -> WindowSet:
        """Transform windows.

        Args:
            windows: of any part of the fold. Must not be changed.

        Returns:
            The changed windows.
        """

    def fit_transform(self, windows: WindowSet) -> WindowSet:
        """Fit and transform the same windows; override it where `fit` and `transform` would repeat work.

        Args:
            windows: the fold's fitting windows.

        Returns:
            The changed windows.
        """
        return self.fit(windows).transform(windows)

    def module(self, modalities: tuple[Modality, ...]) -> "TransformModule | None":
        """Return the fitted transform as a module of torch, for exported models.

        Args:
            modalities: those of the windows before the transform.

        Returns:
            The module; None where the transform has no such form, which keeps a model with it from being exported.
        """
        return None
