"""The components that come with the framework, a package for each slot, and two that serve several slots."""
