"""Stream the complete model: python benchmarks/streaming.py [--seconds 3600] [--speed 20] [--model MODEL].

Plays a long simulated recording and prints
* the largest difference between the live predictions and those of the recording as a whole (at most 1e-4),
* the memory of the process after the first minute of the recording and at its end,
* the same with a stream that stops for half a minute: the windows before and after are the same,
* the time from the last sample of a window to its prediction, on one thread (at most 10 ms of the processor
  at the median; on a machine that does nothing else, the time is the same).
Without a model, trains one from ``benchmarks/live.yaml``. Exit code 1 where a bound is not kept.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from math import inf
from pathlib import Path

import numpy as np
import torch

from mpcl_core.app.model_folders.loading import load_model
from mpcl_core.cli.main import main as mpcl
from mpcl_core.data.prepare import prepare_parts
from mpcl_core.interfaces.data import Recording
from mpcl_core.model.matched_source import MatchedSource
from mpcl_core.model.model import Model
from mpcl_core.model.stream.live_plan import plan_live
from mpcl_core.model.stream.live_session import LiveSession
from mpcl_core.model.stream.replay import Replay, recording_span
from mpcl_core.model.table import join_predictions
from mpcl_plugins.sources.simulated import Simulated

RECIPE = Path(__file__).with_name("live.yaml")
LARGEST, MEDIAN_MS, GROWTH_MIB = 1e-4, 10.0, 32.0


class One(Simulated):
    """Provide one recording of the simulated study."""

    recording: Recording

    def load(self) -> Iterator[Recording]:
        return iter([self.recording])


def long_recording(seconds: float) -> One:
    """Return a source of one recording with all modalities."""
    options = {"subjects": 2, "trials": 2, "seconds": seconds}
    for recording in Simulated(**options).load():
        source = One(**options)
        if len(recording.signals) == len(source.modalities):
            source.recording = recording
            return source
    raise SystemExit("no recording has all modalities")


def expected(model: Model, source: One) -> dict[int, np.ndarray]:
    """Return the prediction of each window of the recording as a whole."""
    matched = MatchedSource(source, model.description)
    parts = prepare_parts(matched, [each.build() for each in model.spec.prepare])
    found = join_predictions([model.predict_matched(part) for part in parts])
    return dict(zip(found.windows.window.tolist(), found.D_pred, strict=True))


def memory() -> float:
    """Return the resident memory of this process in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def play(model: Model, recording: Recording, speed: float) -> tuple[dict[int, np.ndarray], float, float]:
    """Return the live predictions, and the memory after a minute and at the end."""
    found, after_a_minute = {}, 0.0
    for each in Replay(model, recording, speed).run():
        found[each.row["window"]] = np.array(each.distribution)
        if not after_a_minute and each.row["t_stop"] > 60:
            after_a_minute = memory()
    return found, after_a_minute or memory(), memory()


def play_with_dropped_stream(model: Model, recording: Recording, name: str, begin: float) -> dict[int, np.ndarray]:
    """Return the live predictions where one stream stops for half a minute."""
    session = LiveSession(model, recording.signals.keys(), span=recording_span(recording, plan_live(model).schedule))
    found, step = [], 0.25
    end = max(each.start + each.values.shape[1] / each.sfreq for each in recording.signals.values())
    for until in np.arange(step, end + step, step):
        for each, signal in recording.signals.items():
            bounds = ((t - signal.start) * signal.sfreq for t in (until - step, until))
            first, stop = (min(max(round(value), 0), signal.values.shape[1]) for value in bounds)
            times = signal.start + np.arange(first, stop) / signal.sfreq
            if stop > first and not (each == name and begin <= until < begin + 30):
                found += session.add(each, signal.values[:, first:stop], times)
    return {each.row["window"]: np.array(each.distribution) for each in [*found, *session.finish()]}


def latencies(model: Model, recording: Recording) -> np.ndarray:
    """Return the milliseconds from the chunk that completes a window to its prediction, and those of the processor."""
    session = LiveSession(model, recording.signals.keys(), span=recording_span(recording, plan_live(model).schedule))
    found, step = [], 0.05
    sent = dict.fromkeys(recording.signals, 0)
    for until in np.arange(step, 120.0, step):
        for name, signal in recording.signals.items():
            first, stop = sent[name], min(int((until - signal.start) * signal.sfreq + 1e-6), signal.values.shape[1])
            if stop <= first:
                continue
            times, sent[name] = signal.start + np.arange(first, stop) / signal.sfreq, stop
            begin, spent = time.perf_counter(), time.thread_time()
            if session.add(name, signal.values[:, first:stop], times):
                found.append((1e3 * (time.perf_counter() - begin), 1e3 * (time.thread_time() - spent)))
    return np.array(found[3:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--speed", type=float, default=20.0, help="0: without waiting")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.model or Path(folder) / "model"
        if arguments.model is None and mpcl(["fit", str(RECIPE), "--out", str(path)]):
            return 1
        model = load_model(path)
        torch.set_num_threads(1)
        source = long_recording(arguments.seconds)
        recording = source.recording
        took = latencies(model, recording)
        median, spent = np.median(took, axis=0)
        print(f"latency: median {median:.1f} ms ({spent:.1f} ms of the processor), {len(took)} windows")
        wanted = expected(model, source)
        live, minute, end = play(model, recording, arguments.speed or inf)
        worst = max(float(np.abs(live[number] - value).max()) for number, value in wanted.items())
        print(f"replay: {len(live)} of {len(wanted)} windows, largest difference {worst:.2g}")
        print(f"memory: {minute:.0f} MiB after a minute, {end:.0f} MiB at the end")
        begin = arguments.seconds / 2
        dropped = play_with_dropped_stream(model, recording, "eeg", begin)
        schedule = plan_live(model).schedule
        away = [n for n in wanted if schedule.hop * n + schedule.length < begin - 1 or schedule.hop * n > begin + 35]
        other = max(float(np.abs(dropped[number] - wanted[number]).max()) for number in away)
        print(f"dropped stream: {len(dropped)} of {len(wanted)} windows, largest difference elsewhere {other:.2g}")
    kept = worst <= LARGEST and other <= LARGEST and end - minute <= GROWTH_MIB and spent <= MEDIAN_MS
    return 0 if kept and live.keys() == wanted.keys() == dropped.keys() else 1


if __name__ == "__main__":
    raise SystemExit(main())
