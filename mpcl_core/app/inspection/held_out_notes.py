"""Name the variants whose ``train.shrink`` and ``mix`` have too few people to choose anything."""

from collections.abc import Mapping

from mpcl_core.data.plan import Study
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.inner_folds import InnerSplit
from mpcl_core.training.people_held_out import describe_effect_of_lack, holds_people_out, lack_of_people


def held_out_notes(study: Study, specs: Mapping[str, VariantSpec]) -> list[str]:
    """Describe the variants of a study that need people who are held out, and do not find enough.

    Args:
        study: the study.
        specs: name -> variant.

    Returns:
        One sentence for each variant with ``train.shrink`` or ``mix`` that lacks people in a fold.
    """
    splits = [InnerSplit(fold.train, fold.validation) for fold in study.folds]
    notes = []
    for name in study.variants:
        network, settings = specs[name].model, specs[name].error_bars
        if not isinstance(network, NetworkSpec) or not holds_people_out(network, settings):
            continue
        if not (effect := describe_effect_of_lack(network)):
            continue
        lacks = [lack for split in splits if (lack := lack_of_people(study.windows.subject, split, settings))]
        if lacks:
            notes.append(f"{name}: {effect} in {len(lacks)} of {len(splits)} folds: {lacks[0]}.")
    return notes
