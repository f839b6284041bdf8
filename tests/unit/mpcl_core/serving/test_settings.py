"""Others may reach a server only with a token."""

import pytest

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.serving.settings import ServeSettings


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.0.1"])
def test_local_host_needs_no_token(host: str) -> None:
    assert ServeSettings(host).is_local


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org"])
def test_other_host_demands_a_token(host: str) -> None:
    with pytest.raises(UsageError, match="state a token with --token-file FILE or MPCL_TOKEN"):
        ServeSettings(host)
    assert not ServeSettings(host, token="0123456789abcdef").is_local
    with pytest.raises(UsageError, match="the token has 5 characters, but needs at least 16"):
        ServeSettings(host, token="short")
