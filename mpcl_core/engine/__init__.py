"""Runs recipes. Knows the interfaces, never a plugin by name."""
