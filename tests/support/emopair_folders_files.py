"""Make files of emopair_folders as the tests of several readers need them."""

from datetime import datetime, timedelta
from pathlib import Path

ITEMS = "upset,hostile,alert,ashamed,inspired,nervous,determined,attentive,afraid,active"


FILES = {"BVP": 64, "EDA": 4, "TEMP": 4, "HR": 1}


BEGIN = datetime(2021, 12, 17, 16, 24, 8, 281250)


def signal(name: str, seconds: int = 5, late: float = 0.0, rate: float = 0.0) -> str:
    """A csv file as the data set has it; samples count up."""
    step = 1 / (rate or FILES[name])
    lines = [f",{name},time"]
    for number in range(seconds * FILES[name]):
        time = BEGIN + timedelta(seconds=late + number * step)
        lines.append(f"{number},{number / 4},{time}")
    return "\n".join(lines) + "\n"


def response(scores: str = "1,1,2,1,2,2,3,3,1,2") -> str:
    return f",particpant_ID,{ITEMS},frustrated\n0,7,{scores},2\n"


def segment(folder: Path, **changed: str) -> Path:
    """Writes the folder of a segment; ``changed`` are the contents of some of its files."""
    folder.mkdir(parents=True)
    contents = {name: signal(name) for name in FILES} | {"response": response()} | changed
    for name, content in contents.items():
        (folder / f"{name}.csv").write_text(content)
    return folder
