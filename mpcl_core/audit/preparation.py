"""Whether a prepared row depends on other rows, or on its label: codes (b) and (e).

Some recordings (or windows, where the source brings those) of both sides of a fold are prepared, each time in a fresh
process: all of them, twice; without those that hold test rows; with every second of those; and with labels that changed
places.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from mpcl_core.audit.finding import EXAMPLES, Finding, Notice, Remark
from mpcl_core.audit.fingerprints import Sums, condensed, same_lines
from mpcl_core.audit.subset_source import Given, Row, Some, row_names, some
from mpcl_core.audit.traced_job import Opener
from mpcl_core.data.plan import Study
from mpcl_core.data.prepare import prepare
from mpcl_core.spec.variant import VariantSpec

Prepared = dict[Row, Sums] | str
"""What each row holds, condensed; why there are none, where it failed."""


def ways(spec: VariantSpec, study: Study) -> dict[str, Some]:
    """What is to be prepared, by name."""
    given = some(spec.source.build(), study)
    second = given.tested & (np.cumsum(given.tested) % 2 == 1)
    return {
        "all": given,
        "again": given,
        "without": given.take(~given.tested),
        "half": given.take(~given.tested | second),
        "labels": given.relabelled(),
    }


def prepared(opener: Opener, variant: str, given: Some) -> Prepared:
    """The rows that the variant's prepare list makes of this."""
    spec = opener().specs[variant]
    source = Given(source=spec.source.build(), data=given.data)
    try:
        windows = prepare(source, [block.build() for block in spec.prepare])
    except Exception as error:  # whatever a plugin does with a few rows, it is said
        return f"{type(error).__name__}: {error}"
    return dict(zip(row_names(windows), condensed(windows)[:, None], strict=True))


def judged(study: Study, spec: VariantSpec, found: Mapping[str, Prepared]) -> Iterator[Remark]:
    """What the prepared rows say."""
    if failed := next((error for error in found.values() if isinstance(error, str)), ""):
        what = f"some of the data could not be prepared alone, so 'prepare' could not be tried: {failed}"
        yield Notice("not-tried", study.variants, what)
        return
    rows = {name: one for name, one in found.items() if not isinstance(one, str)}
    names = ", ".join(block.cls.name for block in spec.prepare)
    if _changed(rows["all"], rows["again"]):
        what = f"what 'prepare' ({names}) makes is another time different, so it could not be tried"
        yield Notice("not-repeatable", study.variants, what)
        return
    said = {
        "without": f"are otherwise when the test rows are taken out before 'prepare' ({names})",
        "labels": f"are otherwise when labels change places before 'prepare' ({names})",
    }
    for code, way in (("prepared-together (b)", "without"), ("labels-in-signals (e)", "labels")):
        if changed := _changed(rows["all"], rows[way]):
            what = f"{len(changed)} of {len(rows[way])} prepared rows {said[way]}"
            yield Finding(code, study.variants, what, len(changed), len(rows[way]), _examples(changed))
    if not _changed(rows["all"], rows["without"]) and (changed := _changed(rows["all"], rows["half"])):
        what = f"{len(changed)} prepared test rows are otherwise when other test rows are taken out before 'prepare'"
        yield Notice("transductive", study.variants, f"{what} ({names})")


def _changed(whole: Mapping[Row, Sums], part: Mapping[Row, Sums]) -> list[Row]:
    """The rows of the part that the whole does not have, or has otherwise."""
    both = [row for row in part if row in whole and whole[row].shape == part[row].shape]
    known = set(both)
    changed = [row for row in part if row not in known]
    if both:
        same = same_lines(*(np.concatenate([rows[row] for row in both]) for rows in (whole, part)))
        changed += [row for row, is_same in zip(both, same.tolist(), strict=True) if not is_same]
    return changed


def _examples(rows: list[Row]) -> tuple[str, ...]:
    return tuple(
        f"subject {subject}, trial {trial}, window {window}" for subject, _, trial, window, _ in rows[:EXAMPLES]
    )
