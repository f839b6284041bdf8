"""Hold who may reach a server and how much a request may ask of it."""

from dataclasses import dataclass
from ipaddress import ip_address

from mpcl_core.interfaces.errors import UsageError

LOCAL = "127.0.0.1"
"""The host that only programs of this machine reach."""

SHORTEST_TOKEN = 16
"""Characters of the shortest token that is accepted."""


@dataclass(frozen=True)
class ServeSettings:
    """Hold who may reach a server and how much a request may ask of it.

    Args:
        host: the address to listen on.
        port: the port; 0 for any that is free.
        token: what a request has to show; empty where none is needed.
        largest_body: bytes of a request.
        most_windows: windows that one request may ask for.
        seconds: how long a request may take to arrive, and how long to be answered.
        most_waiting: requests that are handled or wait at a time; more are refused.
        most_listeners: pages that follow the live predictions at a time.

    Raises:
        UsageError: others can reach the host and there is no token, or the token is short.
    """

    host: str = LOCAL
    port: int = 8000
    token: str = ""
    largest_body: int = 2**25
    most_windows: int = 4096
    seconds: float = 30.0
    most_waiting: int = 64
    most_listeners: int = 32

    def __post_init__(self) -> None:
        if not self.is_local and not self.token:
            raise UsageError(f"others can reach {self.host}: state a token with --token-file FILE or MPCL_TOKEN")
        if self.token and len(self.token) < SHORTEST_TOKEN:
            raise UsageError(f"the token has {len(self.token)} characters, but needs at least {SHORTEST_TOKEN}")

    @property
    def is_local(self) -> bool:
        """Return whether only programs of this machine can reach the host."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False
