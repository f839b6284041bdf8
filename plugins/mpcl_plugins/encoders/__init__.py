"""Provide encoders: a modality to tokens."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.encoders.channel_tokens import ChannelTokens
    from mpcl_plugins.encoders.conv_tokens import ConvTokens
    from mpcl_plugins.encoders.identity_tokens import IdentityTokens
    from mpcl_plugins.encoders.linear_tokens import LinearTokens
    from mpcl_plugins.encoders.part_tokens import PartTokens

    return [ChannelTokens, ConvTokens, IdentityTokens, LinearTokens, PartTokens]
