"""Make files of emopair as the tests of several readers need them."""

import csv
import io
from pathlib import Path

import numpy as np

from mpcl_plugins.sources.emopair import EmoPair

Arrays = dict[str, np.ndarray]
Table = list[dict[str, str]]
ITEMS = ["upset", "hostile", "alert", "ashamed", "inspired", "nervous", "determined", "attentive", "afraid", "active"]
RATES = {"BVP": 64, "TEMP": 4, "HR": 1, "EDA": 4}
SECONDS = [3, 2, 4, 5]


def arrays() -> Arrays:
    """Signals of four segments."""
    rng = np.random.default_rng(0)
    made = {
        "scale": np.array([100, 100, 100, 1_000_000]),
        "scale_of": np.array(list(RATES)),
        "fs": np.array(list(RATES.values())),
    }
    for name, rate in RATES.items():
        counts = np.array(SECONDS) * rate
        made |= {name: rng.integers(-900, 900, counts.sum(), dtype=np.int32), f"{name}_n": counts}
    return made


def table() -> Table:
    """Ratings of four segments, with one item of the third left out."""
    rng = np.random.default_rng(1)
    rows = [
        {"subject": subject, "cohort": "D", "round": "1", "phase": phase}
        | {item: f"{rng.integers(1, 6)}.0" for item in ITEMS}
        for subject in ("a", "b")
        for phase in ("1", "2")
    ]
    rows[2]["afraid"] = ""
    return rows


def text(rows: Table) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def save(folder: Path, signals: Arrays, responses: str) -> EmoPair:
    np.savez_compressed(folder / "signals.npz", **signals)  # type: ignore[arg-type]
    (folder / "responses.csv").write_text(responses)
    return EmoPair(path=folder)
