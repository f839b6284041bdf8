"""Provide bounded types for the parameters that a recipe supplies.

Annotate a constructor with them, and the recipe language checks the bounds, states them in its errors, and shows them
in ``mpcl show``.
"""

import re
from typing import Annotated

from pydantic import Field

NAME_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
"""Pattern of a name that may become a folder."""

Count = Annotated[int, Field(ge=1, le=65536)]
"""A number of things: 1 to 65536."""

Natural = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A whole number from 0 on: a seed, or a number of things that may be 0."""

Positive = Annotated[float, Field(gt=0)]
"""A number above 0."""

NonNegative = Annotated[float, Field(ge=0)]
"""A number from 0 on."""

Fraction = Annotated[float, Field(ge=0, lt=1)]
"""A share, at least 0 and below 1: a dropout rate, the part that is held out."""

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
"""A name that may become a folder: letters, digits, dot, dash and underscore, starting with a letter or digit."""
