"""Test whether a prepared window depends on other windows or on its label: codes (b) and (e).

Some recordings (or windows, where the source loads those) of both sides of a fold are prepared, each time in a fresh
process: all of them, twice; without those that hold test windows; with every second of those; and with exchanged
labels.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from mpcl_core.data.plan import Study
from mpcl_core.data.prepare import prepare
from mpcl_core.leaks.finding import N_EXAMPLES, AuditNote, Finding, Observation
from mpcl_core.leaks.fingerprints import Fingerprints, equal_entries, fingerprint
from mpcl_core.leaks.subset_source import SourceSubset, SubsetSource, WindowName, name_windows, take_subset
from mpcl_core.leaks.traced_job import ContextOpener
from mpcl_core.spec.variant import VariantSpec

PreparedWindows = dict[WindowName, Fingerprints] | str
"""The fingerprint of each prepared window; the reason where the preparation failed."""

ALL, REPEATED, WITHOUT_TEST = "all", "repeated", "without test windows"
HALF_OF_TEST, EXCHANGED_LABELS = "half of the test windows", "exchanged labels"


def plan_preparations(spec: VariantSpec, study: Study) -> dict[str, SourceSubset]:
    """Plan what to prepare.

    Args:
        spec: a variant of the study.
        study: its windows and folds.

    Returns:
        Name of a preparation -> recordings or windows to prepare.
    """
    subset = take_subset(spec.source.build(), study)
    every_second = subset.is_tested & (np.cumsum(subset.is_tested) % 2 == 1)
    return {
        ALL: subset,
        REPEATED: subset,
        WITHOUT_TEST: subset.take(~subset.is_tested),
        HALF_OF_TEST: subset.take(~subset.is_tested | every_second),
        EXCHANGED_LABELS: subset.exchange_labels(),
    }


def prepare_subset(opener: ContextOpener, variant: str, subset: SourceSubset) -> PreparedWindows:
    """Prepare recordings or windows with a variant's ``prepare`` list.

    Args:
        opener: opens the recipe in this process.
        variant: the variant's name.
        subset: what to prepare.

    Returns:
        The fingerprint of each prepared window; the reason where a transform failed.
    """
    spec = opener().specs[variant]
    source = SubsetSource(source=spec.source.build(), data=subset.data)
    try:
        windows = prepare(source, [block.build() for block in spec.prepare])
    except Exception as error:  # a plugin may fail on a few windows in any manner, which a note then reports
        return f"{type(error).__name__}: {error}"
    return dict(zip(name_windows(windows), fingerprint(windows)[:, None], strict=True))


def find_preparation_leaks(
    study: Study, spec: VariantSpec, prepared: Mapping[str, PreparedWindows]
) -> Iterator[Observation]:
    """Find what the prepared windows depend on by comparing the preparations.

    Args:
        study: its variants are named in the observations.
        spec: a variant of the study.
        prepared: name of a preparation of `plan_preparations` -> what `prepare_subset` returned.

    Yields:
        Findings and notes.
    """
    if failed := next((error for error in prepared.values() if isinstance(error, str)), ""):
        message = f"a part of the data could not be prepared alone, so 'prepare' could not be checked: {failed}"
        yield AuditNote("not-tried", study.variants, message)
        return
    windows = {name: one for name, one in prepared.items() if not isinstance(one, str)}
    names = ", ".join(block.cls.name for block in spec.prepare)
    if _changed(windows[ALL], windows[REPEATED]):
        message = f"'prepare' ({names}) returns different windows when it is repeated, so it could not be checked"
        yield AuditNote("not-repeatable", study.variants, message)
        return
    changes = {
        "prepared-together (b)": (WITHOUT_TEST, "the test windows are removed"),
        "labels-in-signals (e)": (EXCHANGED_LABELS, "labels are exchanged"),
    }
    for code, (name, change) in changes.items():
        n_windows = len(windows[name])
        if changed := _changed(windows[ALL], windows[name]):
            message = f"{len(changed)} of {n_windows} prepared windows change when {change} before 'prepare' ({names})"
            yield Finding(code, study.variants, message, len(changed), n_windows, _describe(changed))
    if not _changed(windows[ALL], windows[WITHOUT_TEST]) and (changed := _changed(windows[ALL], windows[HALF_OF_TEST])):
        start = f"{len(changed)} prepared test windows change when other test windows are removed"
        yield AuditNote("transductive", study.variants, f"{start} before 'prepare' ({names})")


def _changed(
    everything: Mapping[WindowName, Fingerprints], part: Mapping[WindowName, Fingerprints]
) -> list[WindowName]:
    """Return the windows of a part that the whole lacks or has with other values.

    Args:
        everything: fingerprints of the whole.
        part: fingerprints of the part.

    Returns:
        The names of these windows.
    """
    both = [name for name in part if name in everything and everything[name].shape == part[name].shape]
    comparable = set(both)
    changed = [name for name in part if name not in comparable]
    if both:
        is_equal = equal_entries(*(np.concatenate([found[name] for name in both]) for found in (everything, part)))
        changed += [name for name, equal in zip(both, is_equal.tolist(), strict=True) if not equal]
    return changed


def _describe(names: list[WindowName]) -> tuple[str, ...]:
    return tuple(
        f"subject {subject}, trial {trial}, window {window}" for subject, _, trial, window, _ in names[:N_EXAMPLES]
    )
