"""Run a server until it is stopped."""

from collections.abc import Callable, Iterator

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.model.model import Model
from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.serving.settings import ServeSettings


def serve(
    model: Model,
    settings: ServeSettings,
    live: Callable[[], Iterator[LivePrediction]] | None = None,
    on_start: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a model until the process is stopped.

    Args:
        model: the model.
        settings: who may reach it, and the bounds of requests.
        live: begins to predict live signals; None where there are none.
        on_start: called with the address once the server listens.

    Raises:
        UsageError: the libraries are not installed, or the address cannot be used.
    """
    try:
        import python_multipart  # noqa: F401

        from mpcl_core.serving.application import make_application
        from mpcl_core.serving.http_server import HttpServer
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed; install it with: pip install 'mpcl[serve]'") from None
    try:
        HttpServer(make_application(model, settings, live), settings, on_start).run()
    except SystemExit:
        raise UsageError(f"cannot listen on {settings.host}:{settings.port}; try another --port") from None
