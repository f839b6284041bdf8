"""Keep plugins from changing what all components share, and from code that no run can hold."""
