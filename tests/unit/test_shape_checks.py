"""While the tests run, arrays of another shape than a signature states are refused."""

import ast

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError

from mpcl_core.interfaces.data import Fold
from mpcl_core.toolkit.distributions import kl_divergence
from support.shape_checks import with_checks

SOURCE = """
Rows = Float[np.ndarray, "N c"]

def stated(x: Float[Tensor, "B c"]) -> int: ...
def returned(x: int) -> Float[Tensor, "B c"] | None: ...
def aliased(*x: Rows) -> int: ...
def plain(x: Mapping[str, int]) -> int: ...

class Kept:
    def method(self, x: Float[Tensor, "B c"]) -> int: ...

@dataclass
class Stated:
    x: Float[Tensor, "B c"]
"""


def test_function_of_the_program_refuses_other_shapes() -> None:
    with pytest.raises(TypeCheckError, match="log_prediction"):
        kl_divergence(torch.full((2, 3), 1 / 3), torch.zeros(4, 3))


def test_dataclass_of_the_program_refuses_other_shapes() -> None:
    with pytest.raises(TypeCheckError):
        Fold(np.zeros((2, 2), dtype=np.int64), np.arange(1), np.arange(1), "f")


def test_only_what_states_a_shape_is_decorated() -> None:
    nodes = [node for node in ast.walk(with_checks(SOURCE.encode())) if hasattr(node, "decorator_list")]
    checked = {node.name for node in nodes if "jaxtyped" in str([ast.unparse(each) for each in node.decorator_list])}
    assert checked == {"stated", "returned", "aliased", "method", "Stated"}


def test_lines_of_a_decorated_function_are_those_of_the_source() -> None:
    functions = [node for node in with_checks(SOURCE.encode()).body if isinstance(node, ast.FunctionDef)]
    assert [SOURCE.splitlines()[each.lineno - 1].split("(")[0] for each in functions[:2]] == [
        "def stated",
        "def returned",
    ]
    assert functions[0].decorator_list[0].lineno == functions[0].lineno
