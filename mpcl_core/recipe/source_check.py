"""Check a variant against what only its built source knows: its modalities, and whether it loads recordings."""

from collections.abc import Sequence

from mpcl_core.interfaces.components import RecordingTransform, Source, Transform, Windowing, WindowTransform
from mpcl_core.interfaces.errors import Fault, RecipeError
from mpcl_core.interfaces.suggestions import suggest_name
from mpcl_core.recipe.node import join_key
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec


def check_against_source(spec: VariantSpec, source: Source, prepare: Sequence[Transform]) -> None:
    """Check that a source's data can be cut into windows and have the modalities that a variant uses.

    Args:
        spec: the variant.
        source: its source.
        prepare: its transforms, built and in order; fitted ones may follow where they change the modalities.

    Raises:
        RecipeError: with all faults.
        DataError: the source cannot list its modalities.
    """
    if faults := _cutting_faults(spec, source):
        raise RecipeError(faults)
    modalities = source.modalities
    loaded = [modality.name for modality in modalities]
    for transform in prepare:
        modalities = transform.outputs(modalities)
    known = [modality.name for modality in modalities]
    owner = f"'{source.name}'" if known == loaded else f"'{source.name}', after 'prepare',"
    if faults := _modality_faults(spec, owner, known):
        raise RecipeError(faults)


def _cutting_faults(spec: VariantSpec, source: Source) -> list[Fault]:
    """Check the order of a ``prepare`` list.

    Recordings are filtered, cut once, and their windows are then changed; windows are only changed.

    Args:
        spec: the variant.
        source: its built source.

    Returns:
        The faults.
    """
    faults = []
    is_continuous = source.continuous
    for block in spec.prepare:
        key = join_key(block.key, "use")
        if issubclass(block.cls, WindowTransform) and is_continuous:
            faults.append(
                Fault(block.place, key, f"'{block.cls.name}' takes windows, but no transform before it cuts any.")
            )
        elif issubclass(block.cls, RecordingTransform | Windowing) and not is_continuous:
            reason = "the windows are cut before it" if source.continuous else f"'{source.name}' loads windows"
            faults.append(Fault(block.place, key, f"'{block.cls.name}' takes recordings, but {reason}."))
        is_continuous = is_continuous and not issubclass(block.cls, Windowing)
    if is_continuous and not faults:
        message = f"'{source.name}' loads recordings, so 'prepare' needs a transform that cuts them into windows."
        faults.append(Fault(spec.source.place, "prepare", message))
    return faults


def _modality_faults(spec: VariantSpec, owner: str, known: Sequence[str]) -> list[Fault]:
    faults = []
    estimators = [*spec.baselines.values()]
    if isinstance(spec.model, NetworkSpec):
        for stream in spec.model.streams.values():
            for name, block in stream.encoders.items():
                if name not in known:
                    faults.append(Fault(block.place, block.key, describe_missing_modality(owner, name, known)))
        estimators += spec.model.mix.values()
    else:
        estimators.append(spec.model)
    for block in estimators:
        chosen = block.parameters.get("modalities")
        for name in chosen if isinstance(chosen, tuple | list) else ():
            if name not in known:
                message = describe_missing_modality(owner, name, known)
                faults.append(Fault(block.place, join_key(block.key, "modalities"), message))
    return faults


def describe_missing_modality(owner: str, name: str, known: Sequence[str]) -> str:
    """Describe that something lacks a modality.

    Args:
        owner: what lacks it.
        name: the modality.
        known: those that it has.

    Returns:
        A sentence that suggests a similar name, and a list of the modalities.
    """
    return f"{owner} has no modality '{name}'.{suggest_name(name, known)} It has: {', '.join(known)}."
