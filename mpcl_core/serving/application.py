"""Define the addresses of a server: predictions, the model, its health, live updates and the page."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from mpcl_core import __version__
from mpcl_core.interfaces.errors import UserError
from mpcl_core.model.model import Model
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.table import Predictions
from mpcl_core.serving.answers import answer_error, answer_table
from mpcl_core.serving.guard import COOKIE, Guard
from mpcl_core.serving.live_feed import LiveFeed
from mpcl_core.serving.page import build_page
from mpcl_core.serving.requests import TooLargeRequestError, predict_upload, read_stretch, read_windows
from mpcl_core.serving.settings import ServeSettings
from mpcl_core.toolkit.stated_rates import parse_rate

SHOWN = ("name", "kind", "labels", "inputs", "modalities", "error_bars", "trained_on", "evaluation", "versions")
"""What of a model's description is shown; its recipe may name files of the machine that trained it."""

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "modality -> windows × channels × samples; null is a missing value",
                    "additionalProperties": {
                        "type": "array",
                        "items": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
                    },
                }
            },
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "rate": {"type": "array", "items": {"type": "string"}, "description": "MODALITY=HZ"},
                        "stretch": {"type": "number", "description": "seconds that count as a trial each"},
                    },
                }
            },
        },
    }
}

Predictor = Callable[[], Predictions]


class Service:
    """Answer the requests of one server, one prediction at a time.

    Args:
        model: the model.
        settings: the bounds.
        feed: the live predictions; None where there are none.
    """

    def __init__(self, model: Model, settings: ServeSettings, feed: LiveFeed | None) -> None:
        self.model, self.settings, self.feed = model, settings, feed
        self.worker = ThreadPoolExecutor(1, thread_name_prefix="predict")
        self.n_waiting = 0
        self.page, self.policy = build_page(model, feed is not None)

    async def predict(self, request: Request) -> Response:
        """Answer ``POST /predict``.

        Args:
            request: holds windows as JSON, or a recording as a form with the field ``file``.

        Returns:
            The table of predictions, or an error.
        """
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/json":
            body = await request.body()
            settings, modalities = self.settings, self.model.modalities
            return await self._answer(lambda: self.model.predict(read_windows(body, settings, modalities)))
        if kind == "multipart/form-data":
            return await self._predict_form(request)
        return answer_error(415, "send application/json, or multipart/form-data with the field 'file'")

    async def _predict_form(self, request: Request) -> Response:
        async with request.form(max_files=1, max_fields=32, max_part_size=1024) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                return answer_error(400, "the form has no file in the field 'file'")
            name, content = file.filename or "", await file.read()
            rates = dict(_rate(str(text)) for text in form.getlist("rate") if str(text))
            stretch = str(form.get("stretch", ""))

        def predict() -> Predictions:
            return predict_upload(self.model, name, content, rates, self.settings, read_stretch(stretch))

        return await self._answer(predict)

    async def _answer(self, predict: Predictor) -> Response:
        """Predict in the worker's thread.

        Returns:
            The answer.
        """
        if self.n_waiting >= self.settings.most_waiting:
            return answer_error(429, "too many requests at a time; try again later", {"retry-after": "1"})
        self.n_waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.worker, self._predicted, predict)
        finally:
            self.n_waiting -= 1

    def _predicted(self, predict: Predictor) -> Response:
        try:
            found = predict()
        except TooLargeRequestError as error:
            return answer_error(413, str(error))
        except UserError as error:
            return answer_error(422, str(error))
        return answer_table(found.columns(), found.labels, len(found))

    def describe(self) -> dict[str, Any]:
        """Answer ``GET /model``.

        Returns:
            What the model's description states, without its recipe.
        """
        description = self.model.description.as_json()
        del description["trained_on"]["people"]
        return {name: description[name] for name in SHOWN} | {"live": self.feed is not None}

    async def listen(self) -> Response:
        """Answer ``GET /live``.

        Returns:
            Server-sent events.
        """
        if self.feed is None:
            return answer_error(404, "this server predicts no live signals: start it with --lsl or --replay")
        if self.feed.n_listeners >= self.settings.most_listeners:
            return answer_error(429, "too many pages follow the live predictions")
        return StreamingResponse(self.feed.listen(), media_type="text/event-stream")

    async def show(self, request: Request) -> Response:
        """Answer ``GET /``.

        Args:
            request: may show the token, which then goes into a cookie.

        Returns:
            The page.
        """
        if self.settings.token and "token" in request.query_params:
            answer: Response = RedirectResponse("/", 303)
            answer.set_cookie(COOKIE, self.settings.token, httponly=True, samesite="strict")
            return answer
        return HTMLResponse(self.page, headers={"content-security-policy": self.policy})


def make_application(
    model: Model, settings: ServeSettings, live: Callable[[], Iterator[LivePrediction]] | None = None
) -> Guard:
    """Return the application of a server.

    Args:
        model: the model.
        settings: who may reach it, and the bounds of requests.
        live: begins to predict live signals; None where there are none.

    Returns:
        An application of the standard ASGI.
    """
    feed = None if live is None else LiveFeed()
    service = Service(model, settings, feed)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if live is not None and feed is not None:
            feed.start(live())
        yield
        service.worker.shutdown(wait=False, cancel_futures=True)

    application = FastAPI(
        title=f"MPCL: {model.description.name}",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        exception_handlers={HTTPException: _answer_http_error, RequestValidationError: _answer_invalid},
    )
    add: Any = application.add_api_route
    add("/predict", service.predict, methods=["POST"], summary="Predict windows or a recording", openapi_extra=_BODY)
    add("/model", service.describe, methods=["GET"], summary="Describe the model")
    add("/health", _health, methods=["GET"], summary="State that the server answers")
    add("/live", service.listen, methods=["GET"], summary="Follow the live predictions (server-sent events)")
    add("/", service.show, methods=["GET"], include_in_schema=False)
    return Guard(application, settings, feed.close if feed else lambda: None)


def _health() -> dict[str, str]:
    return {"status": "ok"}


def _rate(text: str) -> tuple[str, float]:
    try:
        return parse_rate(text)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None


async def _answer_http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer_error(error.status_code, str(error.detail), dict(error.headers or {}))


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    return answer_error(422, str(error))
