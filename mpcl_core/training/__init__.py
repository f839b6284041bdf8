"""Train networks, one at a time or several of one shape as one stacked network."""
