"""Check that what a component learned can be stored as data and loaded into a new component."""

from collections.abc import Mapping
from typing import Any

from mpcl_core.interfaces.components import Estimator, FittedComponent, FittedTransform
from mpcl_core.interfaces.data import WindowSet
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_core.testing.failure import ContractError, demand, demand_equal
from mpcl_core.testing.sample_data import fitting_and_test
from mpcl_core.testing.transform_kinds import build_case
from mpcl_core.toolkit.state_file import decode_state, encode_state


def state_round_trip(cls: type[Estimator | FittedTransform], parameters: Mapping[str, Any]) -> None:
    """Require equal results after ``state_dict`` was stored in a file and loaded into a new component.

    Models are stored in this form, without pickle.
    """
    if issubclass(cls, Estimator):
        fitting, test = fitting_and_test()
        fitted: Any = cls(**parameters).fit(fitting)
        inputs: tuple[Any, ...] = (test,)
        use = "predict"
    else:
        case = build_case(cls, parameters)
        fitted, inputs, use = case.build(), case.inputs, "transform"
    loaded = cls(**parameters)
    loaded.load_state_dict(_after_storing(fitted))
    for windows in inputs:
        results = [_values(getattr(component, use)(windows)) for component in (fitted, loaded)]
        demand(results[0].keys() == results[1].keys(), "the set of modalities differs after storing and loading")
        for name in results[0]:
            message = f"{name} differs after storing and loading the state"
            demand_equal(results[0][name], results[1][name], message, 1e-9)


def _after_storing(fitted: FittedComponent) -> Mapping[str, Any]:
    try:
        return decode_state(encode_state(fitted.state_dict()))
    except PluginError as error:
        raise ContractError(str(error)) from None
    except (TypeError, ValueError, DataError) as error:
        message = "state_dict() must return arrays of numbers, truth values or text, and single values"
        raise ContractError(f"{message}: {error}") from None


def _values(result: Any) -> Mapping[str, Any]:
    return {f"'{n}'": values for n, values in result.X.items()} if isinstance(result, WindowSet) else {"D_pred": result}
