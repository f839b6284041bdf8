"""Determine the modalities of the columns of ``X``."""

from collections.abc import Sequence
from dataclasses import replace

from mpcl_core.interfaces.data import Modality
from mpcl_core.sklearn.arguments import checked_modalities
from mpcl_core.sklearn.table import width
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec


def modalities_of_columns(
    spec: VariantSpec, modalities: Sequence[Modality] | None, n: int, of_array: Modality | None
) -> tuple[Modality, ...]:
    """Determine the modalities of the columns of ``X``.

    Args:
        spec: the variant.
        modalities: as the estimator's parameter states them; None where ``X`` is of one modality.
        n: the number of columns.
        of_array: the modality of windows ``(n, c, t)`` that were flattened to ``X``; None for a table.

    Returns:
        The modalities, in the order of their columns.

    Raises:
        ValueError: ``modalities`` is missing though the network encodes several, lacks one that it encodes, or has
            another number of columns than ``X``.
    """
    streams = spec.model.streams.values() if isinstance(spec.model, NetworkSpec) else ()
    encoded = tuple(dict.fromkeys(name for stream in streams for name in stream.encoders))
    if modalities is None:
        if len(encoded) > 1:
            raise ValueError(
                f"the recipe encodes {', '.join(encoded)}; set modalities, so that each has its columns of X"
            )
        modality = of_array or Modality("x", 1, n)
        return (replace(modality, name=encoded[0] if encoded else "x"),)
    columns = checked_modalities(modalities)
    if missing := [name for name in encoded if name not in [modality.name for modality in columns]]:
        raise ValueError(f"the recipe encodes {', '.join(missing)}, which are missing in modalities")
    if (values := sum(map(width, columns))) != n:
        raise ValueError(f"X has {n} columns, but its modalities have {values}")
    return columns
