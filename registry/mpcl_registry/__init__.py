"""Find the plugins that are installed, and look up components by slot and name."""
