"""Check the recipe block ``train.optimizer``: a class of ``torch.optim`` and its parameters."""

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, model_validator

from mpcl_core.interfaces.suggestions import suggest_name

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer

FROM_TRAIN = {"params": "", "lr": "train.lr", "weight_decay": "train.weight_decay"}
"""Parameters of the constructors that are not stated here -> the setting that states them."""


class OptimizerSettings(BaseModel):
    """Name the class of ``torch.optim`` that updates the network, with its parameters.

    Any class that takes a step from dense gradients alone can be named; `SGD`, ``{use: SGD, momentum: 0.9}``, is one.
    Learning rate and weight decay are those of ``train``.

    Args:
        use: the name of the class.

    Raises:
        ValueError: torch has no such class, the class has no such parameter, a value is refused, or the class cannot
            train a network by gradients alone (LBFGS, Muon, SparseAdam).
    """

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, allow_inf_nan=False)

    use: str

    @property
    def parameters(self) -> dict[str, Any]:
        """Return the parameters that the recipe states."""
        stated = self.model_extra or {}
        return {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}

    def has_parameter(self, name: str) -> bool:
        """Return whether the constructor of the class has a parameter.

        Args:
            name: of the parameter.

        Returns:
            Whether it is there.
        """
        return name in inspect.signature(_optimizers()[self.use]).parameters

    def build(self, parameters: "Sequence[Tensor]", lr: float, weight_decay: float) -> "Optimizer":
        """Build the optimiser.

        Args:
            parameters: what is optimised.
            lr: the learning rate.
            weight_decay: its weight decay, where the class has one.

        Returns:
            The optimiser.
        """
        decay = {"weight_decay": weight_decay} if self.has_parameter("weight_decay") else {}
        cls: Any = _optimizers()[self.use]
        built: Optimizer = cls(parameters, lr=lr, **decay, **self.parameters)
        return built

    @model_validator(mode="after")
    def _exists(self) -> "OptimizerSettings":
        known = _optimizers()
        if self.use not in known:
            hint = suggest_name(self.use, list(known))
            raise ValueError(f"torch.optim has no optimizer '{self.use}'.{hint} It has: {', '.join(known)}")
        own = [name for name in inspect.signature(known[self.use]).parameters if name not in FROM_TRAIN]
        for name in self.parameters:
            if name in FROM_TRAIN:
                raise ValueError(f"'{name}' is not stated here, but as {FROM_TRAIN[name] or 'parts of the network'}")
            if name not in own:
                hint = suggest_name(name, own)
                raise ValueError(f"'{self.use}' has no parameter '{name}'.{hint} It takes: {', '.join(own)}")
        self._try_step()
        return self

    def _try_step(self) -> None:
        """Raise an error unless the optimiser can update a vector and a matrix from their gradients."""
        import torch

        values = [torch.ones(shape).requires_grad_() for shape in ((2,), (2, 2))]
        for value in values:
            value.grad = torch.ones_like(value)
        try:
            self.build(values, 1e-3, 0.0).step()
        except Exception as error:  # torch does not document what its optimisers raise
            raise ValueError(f"'{self.use}' cannot train a network with these parameters: {error}") from error


def _optimizers() -> "dict[str, type[Optimizer]]":
    """Return the optimisers of torch; torch is imported only where a recipe names one.

    Returns:
        Name -> class, sorted.
    """
    from torch import optim

    classes = {name: getattr(optim, name) for name in sorted(dir(optim))}
    return {
        name: cls
        for name, cls in classes.items()
        if inspect.isclass(cls) and issubclass(cls, optim.Optimizer) and cls is not optim.Optimizer
    }
