"""Train networks, one at a time or many of one shape together."""
