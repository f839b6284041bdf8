"""Provide building blocks that any plugin may import."""
