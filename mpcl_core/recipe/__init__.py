"""Read recipes: strict YAML, merging, fixed blocks, and components with checked parameters."""
