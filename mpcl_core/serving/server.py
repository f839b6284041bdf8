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
        import uvicorn

        from mpcl_core.serving.application import make_application
    except ImportError as error:
        raise UsageError(f"{error.name} is not installed; install it with: pip install 'mpcl[serve]'") from None

    class Server(uvicorn.Server):
        async def startup(self, sockets: object = None) -> None:
            await super().startup(sockets)  # type: ignore[arg-type]
            if self.started:
                on_start(f"http://{_name(settings.host)}:{self.servers[0].sockets[0].getsockname()[1]}/")

    config = uvicorn.Config(
        make_application(model, settings, live),
        host=settings.host,
        port=settings.port,
        http="h11",
        ws="none",
        access_log=False,
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    try:
        Server(config).run()
    except SystemExit:
        raise UsageError(f"cannot listen on {settings.host}:{settings.port}; try another --port") from None


def _name(host: str) -> str:
    return f"[{host}]" if ":" in host else host
