"""Live predictions reach every page, also one that begins late."""

import asyncio
import json
from collections.abc import Iterator

from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.serving.live_feed import LiveFeed


def predictions() -> Iterator[LivePrediction]:
    for number in range(3):
        yield LivePrediction({"window": number, "joy": 1.0}, ("joy",), {})
    raise DataError("the file is damaged")


def test_pages_receive_what_was_and_what_comes() -> None:
    async def follow() -> list[dict[str, object]]:
        feed = LiveFeed()
        early = feed.listen()
        assert (await anext(early)).startswith("retry")
        thread = feed.start(predictions())
        texts = [await anext(early) for _ in range(4)]
        await asyncio.to_thread(thread.join)
        late = feed.listen()
        assert [await anext(late) for _ in range(5)][1:] == texts
        assert feed.n_listeners == 2
        await late.aclose()  # type: ignore[attr-defined]
        assert feed.n_listeners == 1
        return [json.loads(text.removeprefix("data: ")) for text in texts]

    events = asyncio.run(follow())
    assert [each.get("window") for each in events] == [0, 1, 2, None]
    assert events[-1] == {"type": "error", "message": "the file is damaged"}


def test_slow_page_loses_the_oldest_events() -> None:
    async def follow() -> str:
        feed = LiveFeed()
        slow = feed.listen()
        await anext(slow)
        for number in range(150):
            feed.publish({"number": number})
        return await anext(slow)

    assert json.loads(asyncio.run(follow()).removeprefix("data: ")) == {"number": 50}
