"""Describe what is installed: components, plugins, packages and devices."""
