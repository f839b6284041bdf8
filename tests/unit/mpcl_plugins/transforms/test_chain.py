"""The transforms one after the other, on recordings with dropouts and absent modalities, as a recipe lists them."""

from pathlib import Path

import numpy as np

from mpcl_core.app.inspection.checking import check
from mpcl_core.data.prepare import output_modalities, prepare
from mpcl_core.recipe.load import load

RECIPE = """
name: chain
source: {use: simulated, subjects: 2, trials: 4, seconds: 40, missing: 0.4}
prepare:
  - {use: notch, modality: eeg, frequency: 50}
  - {use: bandpass, modality: eeg, low: 0.5, high: 50}
  - {use: bandpass, modality: ppg, low: 0.5, high: 8}
  - {use: resample, modality: ppg, sfreq: 40}
  - {use: window, length: 20, hop: 4, edges: last}
  - {use: band_power, modality: eeg, output: power, bands: [[4, 8], [8, 14]]}
  - {use: differential_entropy, modality: eeg}
  - {use: hrv, modality: ppg, output: beats, width: 0.111, features: [rate, rmssd, quality]}
  - {use: eda, modality: gsr, features: [level, phasic, responses]}
protocol: {use: loso}
transforms: [{use: robust, scope: subject}]
estimator: {use: mean}
"""


def test_a_recipe_with_every_transform_runs(tmp_path: Path) -> None:
    path = tmp_path / "chain.yaml"
    path.write_text(RECIPE)
    (spec,) = check(load(path)).specs.values()
    source, transforms = spec.source.build(), [block.build() for block in spec.prepare]
    windows = prepare(source, transforms)
    assert windows.modalities == output_modalities(source.modalities, transforms)
    shapes = {m.name: (m.n_chans, m.n_times) for m in windows.modalities}
    assert {name: shapes[name] for name in ("eeg", "ppg", "gsr", "power", "beats")} == {
        "eeg": (8, 5),
        "ppg": (1, 800),
        "gsr": (1, 3),
        "power": (8, 2),
        "beats": (1, 3),
    }
    for name, present in windows.present.items():
        assert 0 < present.sum() < len(windows), f"{name} is never there, or always"
    np.testing.assert_array_equal(windows.present["eeg"], windows.present["power"])
    assert (windows.present["ppg"] >= windows.present["beats"]).all()
    (block,) = spec.transforms
    out = block.build().fit(windows).transform(windows).validate()
    assert np.abs(np.median(out.X["eeg"][out.present["eeg"] & (out.subject == out.subject[0])], axis=0)).max() < 1e-4
