"""Read live signals from streams of the lab streaming layer (LSL), and send predictions as one.

Time stamps are on the clock of this machine: LSL measures the offset of the sender's clock again and again and corrects
for it. What jitters or is lost is left to the session.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.model.matching import match_channels
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.live_session import LiveSession

PATIENCE = 10.0
"""Seconds for which a stream is looked for at the start."""

SILENCE = 2.0
"""Seconds without samples after which a stream is looked for again."""

_ANSWER = 10.0  # seconds within which the sender of a stream has to answer
_PAUSE = 0.002  # seconds between two looks at streams without samples
_MOST = 4096  # samples that are read at a time
_UNITS = {
    "microvolt": "uV",
    "millivolt": "mV",
    "volt": "V",
    "microsiemen": "uS",
    "siemen": "S",
    "celsius": "degC",
    "none": "",
}

OnMessage = Callable[[str], None]
"""Called with a line for what happens to a stream."""


def lsl_library() -> Any:
    """Return the module ``mne_lsl.lsl``.

    Returns:
        The module.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import mne_lsl.lsl
    except ImportError:
        raise UsageError("LSL streams need mne-lsl; install it with: pip install 'mpcl[live]'") from None
    mne_lsl.set_log_level("ERROR")
    return mne_lsl.lsl


@dataclass
class LslStream:
    """Read one LSL stream, also after it stopped and came back.

    Args:
        name: of the stream.
        inlet: what reads it.
        uid: of the sender.
        modalities: modality of the model -> the same modality as the stream has it.
        last: when samples came last, on the machine's own clock.
        is_silent: whether no samples have come for `SILENCE` seconds.
        search: a search for a new sender of the same name; None where none is under way.
    """

    name: str
    inlet: Any
    uid: str
    modalities: Mapping[str, Modality]
    last: float
    is_silent: bool = False
    search: "Future[list[Any]] | None" = None

    @property
    def offset(self) -> float:
        """Return the offset of the sender's clock, in seconds."""
        return float(self.inlet.time_correction(timeout=_ANSWER))

    def pull(self) -> tuple[Float32[np.ndarray, "c n"], Float64[np.ndarray, "n"]]:
        """Return the samples that have come.

        Returns:
            (c, n) samples of all channels, and their (n,) time stamps in seconds.
        """
        values, times = self.inlet.pull_chunk(timeout=0.0, max_samples=_MOST)
        return np.array(values, np.float32).T, np.array(times, np.float64)


class LslReader:
    """Read LSL streams into a session.

    Args:
        names: ``NAME`` or ``MODALITY=NAME`` of each stream.
        inputs: the modalities that the model takes.
        on_message: called with a line for what happens to a stream.

    Raises:
        UsageError: mne-lsl is not installed, there is no such stream, or it carries none of the modalities.
        DataError: a stream has another rate or unit than the model takes, or lacks a channel.
    """

    def __init__(self, names: Sequence[str], inputs: Sequence[Modality], on_message: OnMessage) -> None:
        self.lsl, self.on_message = lsl_library(), on_message
        self.inputs = {modality.name: modality for modality in inputs}
        self.streams = [self._open(name) for name in names]
        self._searches = ThreadPoolExecutor(max_workers=len(names), thread_name_prefix="lsl")
        modalities = [each for stream in self.streams for each in stream.modalities]
        if twice := [name for name in modalities if modalities.count(name) > 1]:
            raise UsageError(f"two streams carry '{twice[0]}'; state which one with --lsl {twice[0]}=NAME")
        self.modalities = tuple(modalities)

    def clock(self) -> float:
        """Read the clock of LSL.

        Returns:
            The time now in seconds.
        """
        return float(self.lsl.local_clock())

    def run(self, session: LiveSession, seconds: float | None = None) -> Iterator[LivePrediction]:
        """Read the streams until the time is over.

        Args:
            session: takes the chunks.
            seconds: how long to read; None for ever.

        Yields:
            The predictions.
        """
        begin = time.monotonic()
        try:
            while seconds is None or time.monotonic() - begin < seconds:
                is_idle = True
                for stream in self.streams:
                    for name, values, times in self._read(stream):
                        is_idle = False
                        yield from session.add(name, values, times)
                if is_idle:
                    time.sleep(_PAUSE)
        finally:
            self.close()

    def close(self) -> None:
        """Close all streams."""
        self._searches.shutdown(wait=False, cancel_futures=True)
        for stream in self.streams:
            stream.inlet.close_stream()

    def _read(self, stream: LslStream) -> Iterator[tuple[str, Float32[np.ndarray, "c n"], Float64[np.ndarray, "n"]]]:
        """Yield the samples that have come, and look for the stream again where none have.

        Yields:
            Modality, (c, n) samples as the model takes them, and (n,) time stamps.
        """
        values, times = stream.pull()
        now = time.monotonic()
        if not len(times):
            if now - stream.last > SILENCE:
                self._look_again(stream)
            return
        if stream.is_silent:
            self.on_message(f"stream '{stream.name}': samples again after {now - stream.last:.1f} s")
        stream.last, stream.is_silent = now, False
        for name, own in stream.modalities.items():
            yield name, match_channels(values, own, self.inputs[name], axis=0), times

    def _look_again(self, stream: LslStream) -> None:
        if not stream.is_silent:
            stream.is_silent = True
            self.on_message(f"stream '{stream.name}': no samples for {SILENCE:g} s; waiting for it")
        if stream.search is None:
            stream.search = self._searches.submit(self.lsl.resolve_streams, timeout=1.0, name=stream.name)
        elif stream.search.done():
            found = [info for info in stream.search.result() if info.uid != stream.uid]
            stream.search = None
            if found:
                inlet, full = self._inlet(found[0])
                modalities = {name: _own_modality(full, name) for name in stream.modalities}
                for name, own in modalities.items():
                    match_channels(np.zeros((own.n_chans, 0), np.float32), own, self.inputs[name], axis=0)
                stream.inlet, stream.uid, stream.modalities = inlet, found[0].uid, modalities

    def _open(self, text: str) -> LslStream:
        wanted, _, name = text.rpartition("=")
        found = self.lsl.resolve_streams(timeout=PATIENCE, name=name)
        if not found:
            others = ", ".join(sorted({info.name for info in self.lsl.resolve_streams(timeout=1.0)})) or "none"
            raise UsageError(f"no LSL stream named '{name}' was found within {PATIENCE:g} s. Streams: {others}")
        inlet, full = self._inlet(found[0])
        modalities = {each: _own_modality(full, each) for each in self._carried(full, name, wanted)}
        for each, own in modalities.items():
            try:
                match_channels(np.zeros((own.n_chans, 0), np.float32), own, self.inputs[each], axis=0)
            except DataError as error:
                raise DataError(f"LSL stream '{name}': {error}") from None
        stream = LslStream(name, inlet, found[0].uid, modalities, time.monotonic())
        self.on_message(
            f"stream '{name}': {', '.join(modalities)} at {full.sfreq:g} Hz from {found[0].hostname}, "
            f"clock offset {1e3 * stream.offset:.2f} ms"
        )
        return stream

    def _inlet(self, info: Any) -> tuple[Any, Any]:
        inlet = self.lsl.StreamInlet(info, max_buffered=60, processing_flags=["clocksync"])
        try:
            inlet.open_stream(timeout=_ANSWER)
            inlet.time_correction(timeout=_ANSWER)
            return inlet, inlet.get_sinfo(timeout=_ANSWER)
        except TimeoutError:
            raise UsageError(f"LSL stream '{info.name}' does not answer within {_ANSWER:g} s") from None

    def _carried(self, info: Any, name: str, wanted: str) -> list[str]:
        """Return which modalities a stream carries.

        Returns:
            The one that the user named, or those of which it has all channels, or else the only one of its shape.
        """
        if wanted and wanted not in self.inputs:
            raise UsageError(f"the model takes {', '.join(self.inputs)}, but not {wanted}")
        if wanted:
            return [wanted]
        channels = set(info.get_channel_names() or ())
        carried = [each.name for each in self.inputs.values() if each.ch_names and channels >= set(each.ch_names)]
        alike = [each.name for each in self.inputs.values() if each.n_chans == info.n_channels]
        if not carried and (channels or len(alike) != 1):
            has = f"has the channels {', '.join(sorted(channels))}" if channels else "names no channels"
            raise UsageError(f"LSL stream '{name}' {has}; state what it carries with --lsl MODALITY={name}")
        return carried or alike


def _own_modality(info: Any, name: str) -> Modality:
    """Return a modality as a stream has it.

    Returns:
        The modality; its unit is that of the first channel.
    """
    names = tuple(each or "" for each in info.get_channel_names() or ())
    units = info.get_channel_units() or [""]
    unit = str(units[0] or "")
    spelling = unit.lower().removesuffix("s").replace("µ", "u")
    return Modality(name, info.n_channels, None, info.sfreq, names if all(names) else (), _UNITS.get(spelling, unit))


class LslOutlet:
    """Send predictions as an LSL stream: a channel for each emotion and each end of its error bars.

    Args:
        name: of the stream.
        labels: the emotions.
        has_error_bars: whether ``low_<emotion>``, ``high_<emotion>`` and ``radius`` are sent too.

    Raises:
        UsageError: mne-lsl is not installed.
    """

    def __init__(self, name: str, labels: Sequence[str], has_error_bars: bool) -> None:
        self.lsl = lsl_library()
        bars = [f"{end}_{label}" for end in ("low", "high") for label in labels]
        self.columns = [*labels, *((*bars, "radius") if has_error_bars else ())]
        info = self.lsl.StreamInfo(name, "Emotion", len(self.columns), 0.0, "float32", f"mpcl-{name}")
        info.set_channel_names(self.columns)
        self.outlet = self.lsl.StreamOutlet(info)

    def send(self, prediction: LivePrediction, time_stamp: float | None = None) -> None:
        """Send one prediction.

        Args:
            prediction: the prediction.
            time_stamp: of the end of its window on the clock of LSL; None for now.
        """
        values = np.array([prediction.row[column] for column in self.columns], np.float32)
        self.outlet.push_sample(values, self.lsl.local_clock() if time_stamp is None else time_stamp)
