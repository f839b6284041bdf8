"""Define fitted transforms that learn each subject by itself, so that all folds share what was learnt of a subject."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from mpcl_core.interfaces.components.fitted_transform import FittedTransform
from mpcl_core.interfaces.components.mergeable_transform import AffineMap
from mpcl_core.interfaces.data import WindowSet


class SubjectTransform(FittedTransform):
    """Learn each subject's windows by themselves, and transform them by one affine map of each modality.

    The engine fits a subject whose windows all lie on the fitting side once a study, without labels, and joins those
    of a fold's people instead of fitting on their windows again; the maps are applied to the windows of a training
    step.

    Example:
        >>> import numpy as np
        >>> from mpcl_core.plugin import AffineMap, Modality, SubjectTransform, WindowSet
        >>> class CentreSubject(SubjectTransform):
        ...     name = "centre_subject"
        ...     transductive = True
        ...
        ...     def fit(self, windows):
        ...         return self
        ...
        ...     def join(self, parts):
        ...         return self
        ...
        ...     def affine_maps(self):
        ...         return self.maps
        ...
        ...     def maps_of(self, windows):
        ...         means = {name: values.mean(0) for name, values in windows.X.items()}
        ...         return {name: AffineMap(mean, np.ones_like(mean)) for name, mean in means.items()}
        ...
        ...     def transform(self, windows):
        ...         X = {name: values.copy() for name, values in windows.X.items()}
        ...         for subject in set(windows.subject):
        ...             own = windows.subject == subject
        ...             for name, each in self.maps_of(windows.take(own.nonzero()[0])).items():
        ...                 X[name][own] -= each.offset
        ...         return windows.with_signals(X)
        >>> X, present = np.array([[[1.0]], [[3.0]]], np.float32), np.ones(2, bool)
        >>> D, labels, subject = np.full((2, 2), 0.5), ("happy", "sad"), np.array(["s1", "s2"])
        >>> windows = WindowSet((Modality("gsr", 1, 1),), {"gsr": X}, {"gsr": present}, D, labels, subject=subject)
        >>> CentreSubject().fit_transform(windows).X["gsr"].ravel()
        array([0., 0.], dtype=float32)
    """

    @property
    def by_subject(self) -> bool:
        """Return whether the transform, with its parameters, fits and transforms in this way."""
        return True

    @abstractmethod
    def join(self, parts: Sequence["SubjectTransform"]) -> "SubjectTransform":
        """Learn what other transforms have learnt.

        Args:
            parts: transforms with the same parameters, each fitted on the windows of another subject, in the order of
                the subjects' names.

        Returns:
            The transform itself, as if it had been fitted on the windows of all of them.
        """

    @abstractmethod
    def affine_maps(self) -> Mapping[str, AffineMap]:
        """Return what `fit_transform` does to the windows of the one subject that it was fitted on.

        Returns:
            Modality name -> its map; other modalities stay as they are. An absent modality stays 0.
        """

    @abstractmethod
    def maps_of(self, windows: WindowSet) -> Mapping[str, AffineMap]:
        """Return what `transform` does to windows of one subject.

        Args:
            windows: of the subject that the transform was fitted on; of any subject where it was not fitted at all.

        Returns:
            Modality name -> its map.
        """
