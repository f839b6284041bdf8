"""Find the modality that a transform names."""

from mpcl_core.plugin import DataError, Modality, suggest_name


def require_modality(modalities: tuple[Modality, ...], name: str) -> Modality:
    """Return the modality of a name.

    Args:
        modalities: the modalities of the study.
        name: the wanted one.

    Returns:
        The modality.

    Raises:
        DataError: there is no such modality.
    """
    by_name = {modality.name: modality for modality in modalities}
    if name not in by_name:
        raise DataError(f"no such modality.{suggest_name(name, by_name)} There are: {', '.join(by_name)}", field=name)
    return by_name[name]
