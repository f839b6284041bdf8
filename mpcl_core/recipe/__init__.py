"""Text -> checked recipe: strict YAML, merging, fixed blocks, components."""
