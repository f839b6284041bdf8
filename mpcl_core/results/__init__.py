"""Metrics, statistics and tables of what the engine stored."""
