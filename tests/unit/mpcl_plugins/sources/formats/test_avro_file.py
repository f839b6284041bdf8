"""Read Empatica's Avro files, which are generated here in the manufacturer's layout."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.folder import Folder
from mpcl_plugins.sources.formats.open_file import open_file
from mpcl_plugins.sources.formats.signal_file import Mark, Start
from support.signal_reading import declare, read

fastavro = pytest.importorskip("fastavro", exc_type=ImportError)
START = 1_700_000_000_000_000
RANGES = {"physicalMin": -16, "physicalMax": 16, "digitalMin": -32768, "digitalMax": 32767}


def record(name: str, *fields: tuple[str, Any]) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": [{"name": field, "type": kind} for field, kind in fields]}


def avro(path: Path, imu: dict[str, float] = RANGES, codec: str = "null", **changes: Any) -> Path:
    head = (("timestampStart", "long"), ("samplingFrequency", "float"))
    array = {"type": "array", "items": "float"}
    counts = {"type": "array", "items": "int"}
    imu_schema = record("imu", *((name, "double") for name in imu))
    sensors = {
        "accelerometer": record("acc", *head, ("imuParams", imu_schema), *((axis, counts) for axis in "xyz")),
        "eda": record("eda", *head, ("values", array)),
        "tags": record("tags", ("tagsTimeMicros", {"type": "array", "items": "long"})),
    }
    schema = record("Session", ("rawData", record("raw", *sensors.items())))
    raw: dict[str, Any] = {
        "accelerometer": {"timestampStart": START, "samplingFrequency": 64.0, "imuParams": imu}
        | {axis: [2048 * number] * 640 for number, axis in enumerate("xyz")},
        "eda": {"timestampStart": START + 1_000_000, "samplingFrequency": 4.0, "values": list(range(40))},
        "tags": {"tagsTimeMicros": [START + 3_000_000]},
    }
    for sensor, change in changes.items():
        raw[sensor] |= change
    with path.open("wb") as file:
        fastavro.writer(file, fastavro.parse_schema(schema), [{"rawData": raw}], codec)
    return path


def test_sensors_have_rates_units_starts_and_tags(tmp_path: Path) -> None:
    path = avro(tmp_path / "p1_1700000000.avro")
    assert [(c.name, c.part, c.sfreq, c.unit, c.kind) for c in Folder.channels(path)] == [
        ("EDA", "eda", 4.0, "uS", "gsr"),
        *((axis, "accelerometer", 64.0, "g", "acceleration") for axis in "xyz"),
    ]
    file = open_file(path)
    assert (file.start, file.marks) == (Start(1.7e9), (Mark(3.0, 0.0, ""),))
    eda = read(path, declare("EDA", sfreq=4.0, unit="uS", part="eda"), 2.0, 4.0)
    assert (eda.start, eda.values.tolist()) == (0.0, [[4, 5, 6, 7, 8, 9, 10, 11]])


@pytest.mark.parametrize(("imu", "factor"), [(RANGES, 32 / 65535), ({"conversionFactor": 1 / 2048}, 1 / 2048)])
def test_counts_of_movement_are_converted_as_the_file_states(
    imu: dict[str, float], factor: float, tmp_path: Path
) -> None:
    path = avro(tmp_path / "a.avro", imu)
    values = read(path, declare("x", "y", "z", sfreq=64.0, unit="g", part="accelerometer"), 0.0, 1.0).values
    np.testing.assert_allclose(values[:, 0], [0, 2048 * factor, 4096 * factor], rtol=1e-6)


def test_packed_files_are_read_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="its blocks are packed with bzip2; pack them with deflate"):
        _ = open_file(avro(tmp_path / "b.avro", codec="bzip2")).channels
    path = avro(tmp_path / "a.avro", codec="deflate")
    assert read(path, declare("EDA", sfreq=4.0, part="eda"), 0.0, 2.0).values.shape == (1, 4)
    monkeypatch.setattr("mpcl_plugins.sources.formats.avro_file._MOST_BYTES", path.stat().st_size)
    with pytest.raises(DataError, match="unpacks to more than"):
        _ = open_file(path).channels


def test_damaged_and_empty_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.avro"
    path.write_bytes(b"Obj\x01 no avro")
    with pytest.raises(DataError, match=r"a\.avro: fastavro cannot read it"):
        _ = open_file(path).channels
    with pytest.raises(DataError, match=r"eda: states 0\.0 as 'samplingFrequency'"):
        _ = open_file(avro(path, eda={"samplingFrequency": 0.0})).channels
    empty = {"accelerometer": {axis: [] for axis in "xyz"}, "eda": {"values": []}}
    with pytest.raises(DataError, match="holds no values of eda, temperature, bvp"):
        _ = open_file(avro(path, **empty)).channels
    with pytest.raises(DataError, match="accelerometer: is no table of numbers"):
        _ = open_file(avro(path, accelerometer={"x": [1]})).channels
