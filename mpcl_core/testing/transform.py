"""Checks of a transform, of whichever of the four kinds."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import FittedTransform, Transform, Windowing, WindowTransform
from mpcl_core.interfaces.data import Recording, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.common import leaves_alone
from mpcl_core.testing.failure import ContractError, demand, demand_equal
from mpcl_core.testing.immutability import demand_untouched
from mpcl_core.testing.transform_kinds import Rows, Trial, relabelled, signals, trial


def outputs_agree(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """``outputs`` says, from metadata alone, what ``transform`` then gives; `mpcl check` builds the network from it."""
    tried = trial(cls, parameters)
    said = cls(**parameters).outputs(tried.modalities)
    for rows in tried.given:
        made = tried.apply(tried.built(), rows)
        if isinstance(made, WindowSet):
            demand(made.modalities == said, f"outputs() says {said}, but transform() gives {made.modalities}")
            for modality in said:
                shape, wanted = made.X[modality.name].shape[1:], (modality.n_chans, modality.n_times)
                demand(shape == wanted, f"'{modality.name}' has shape {shape} a row, but outputs() says {wanted}")
        else:
            _compare(made, {m.name: (m.n_chans, m.sfreq) for m in said})


def _compare(made: Recording, said: Mapping[str, tuple[int, float | None]]) -> None:
    for name, signal in made.signals.items():
        came = len(signal.values), signal.sfreq
        demand(
            said.get(name) == came, f"'{name}' comes with {came} (channels, Hz), but outputs() says {said.get(name)}"
        )


def input_unchanged(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """What it is given stays as it is; other variants use the same rows."""
    tried = trial(cls, parameters)
    if tried.fitting is not None:
        with demand_untouched(tried.fitting, "fit"):
            tried.built()
    transform = tried.built()
    for rows in tried.given:
        with demand_untouched(rows, "transform"):
            tried.apply(transform, rows)


def labels_unseen(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Other labels of the rows it is applied to change no signal: in a fold they are those of the test rows."""
    tried = trial(cls, parameters)
    for rows in tried.given:
        made, other = (tried.apply(tried.built(), one) for one in (rows, relabelled(rows)))
        _demand_same(made, other, "depends on the labels of the rows it is applied to")


def learns_from_fit_alone(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """``transform`` leaves no trace: rows give the same after others as alone, and ``fit`` forgets what was before."""
    tried = trial(cls, parameters)
    used = tried.built()
    for rows in tried.given:
        tried.apply(used, rows)
    for rows in tried.given:
        _demand_same(
            tried.apply(tried.built(), rows), tried.apply(used, rows), "depends on what was transformed before"
        )
    if isinstance(used, FittedTransform) and tried.fitting is not None:
        again = cls(**parameters).fit(tried.given[0]).fit(tried.fitting)  # type: ignore[attr-defined]
        first = tried.given[-1]
        _demand_same(tried.apply(tried.built(), first), tried.apply(again, first), "depends on what was fitted before")


def fits_and_transforms(cls: type[FittedTransform], parameters: Mapping[str, Any]) -> None:
    """``fit_transform`` gives what ``fit`` and then ``transform`` of the same rows give, and learns the same."""
    tried = trial(cls, parameters)
    if tried.fitting is None:
        return
    apart, at_once = tried.built(), cls(**parameters)
    made = at_once.fit_transform(tried.fitting)
    _demand_same(tried.apply(apart, tried.fitting), made, "differs between fit_transform() and fit().transform()")
    for rows in tried.given:
        apply = tried.apply(apart, rows), tried.apply(at_once, rows)
        _demand_same(*apply, "depends on whether fit_transform() was called or fit()")


def rows_do_not_mix(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """A row alone gives what it gives among others, unless the transform says that it is ``transductive``."""
    tried = trial(cls, parameters)
    transform = tried.built()
    if getattr(transform, "transductive", False):
        return
    rows = tried.given[0]
    together = tried.apply(transform, rows)
    for row in range(3):
        alone = tried.apply(transform, rows.take(np.arange(row, row + 1)))  # type: ignore[union-attr]
        for name, values in signals(alone).items():
            message = f"'{name}' of row {row} differs between the row alone and among others"
            demand_equal(values[0], signals(together)[name][row], message, 1e-5)


def absent_stays_zero(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """What is absent is zero in the result, which is finite and on the simplex; rows keep their names and weights."""
    tried = trial(cls, parameters)
    for rows in tried.given:
        made = tried.apply(tried.built(), rows)
        if not isinstance(made, WindowSet):
            continue
        try:
            made.validate()
        except DataError as error:
            raise ContractError(f"the rows it gives are not as they should be: {error}") from None
        if isinstance(rows, WindowSet):
            _demand_kept(rows, made)


def _demand_kept(rows: WindowSet, made: WindowSet) -> None:
    for name in ("D", "weight", "subject", "trial", "window"):
        same = np.array_equal(getattr(rows, name), getattr(made, name))
        demand(same, f"it changes '{name}' of the rows")
    for name in rows.present.keys() & made.present.keys():
        imputed = made.present[name] & ~rows.present[name]
        demand(not imputed.any(), f"'{name}' is absent in row {np.argmax(imputed)}, but present in what it gives")


def windows_are_the_recording_s(cls: type[Windowing], parameters: Mapping[str, Any]) -> None:
    """Windows carry their recording's names and distribution, are numbered, and share its weight."""
    tried: Trial = trial(cls, parameters)
    for rows in tried.given:
        made, recording = tried.apply(tried.built(), rows), rows
        if not isinstance(made, WindowSet) or not isinstance(recording, Recording) or not len(made):
            continue
        for name in ("subject", "session", "trial", "condition", "stimulus"):
            found = sorted(set(getattr(made, name).tolist()))
            demand(
                found == [getattr(recording, name)],
                f"{name} of the windows is {found}, not '{getattr(recording, name)}'",
            )
        demand_equal(made.D, np.tile(recording.D, (len(made), 1)), "D of the windows is not the recording's", 1e-12)
        total = float(made.weight.sum())
        demand(
            abs(total - recording.weight) < 1e-9,
            f"the weights sum to {total:.6g}, not to the recording's {recording.weight:g}",
        )
        demand(len(set(made.window.tolist())) == len(made), f"the windows are numbered {made.window.tolist()[:5]} …")


def leaves_the_process_alone(cls: type[Transform], parameters: Mapping[str, Any]) -> None:
    """Using it changes no setting of torch or numpy and seeds nothing: other components would notice."""
    tried = trial(cls, parameters)
    leaves_alone(lambda: tried.apply(tried.built(), tried.given[0]))


def _demand_same(made: Rows, other: Rows, message: str) -> None:
    one, two = signals(made), signals(other)
    demand(one.keys() == two.keys(), f"which modalities it gives {message}: {sorted(one)} and {sorted(two)}")
    for name in one:
        demand_equal(one[name], two[name], f"'{name}' {message}")


TRANSFORM = (
    outputs_agree,
    input_unchanged,
    labels_unseen,
    learns_from_fit_alone,
    absent_stays_zero,
    leaves_the_process_alone,
)


def of_kind(cls: type[Transform]) -> tuple[Any, ...]:
    """The checks of the transform's kind."""
    if issubclass(cls, Windowing):
        return (*TRANSFORM, windows_are_the_recording_s)
    if issubclass(cls, FittedTransform):
        return (*TRANSFORM, rows_do_not_mix, fits_and_transforms)
    return (*TRANSFORM, rows_do_not_mix) if issubclass(cls, WindowTransform) else TRANSFORM
