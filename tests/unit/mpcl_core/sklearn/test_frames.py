"""Names of the columns of DataFrames."""

import numpy as np
import pytest

from mpcl_core.sklearn.frames import as_frame, column_names, is_frame

pytest.importorskip("pandas")


def test_only_text_names_columns() -> None:
    frame = as_frame(np.eye(2), ["joy", "fear"], [7, 8])
    assert is_frame(frame)
    assert column_names(frame) == ("joy", "fear")
    assert frame.index.tolist() == [7, 8]
    assert column_names(np.eye(2)) == column_names(as_frame(np.eye(2), [0, 1])) == ()
    with pytest.raises(ValueError, match="y has two columns 'joy'"):
        column_names(as_frame(np.eye(2), ["joy", "joy"]))
