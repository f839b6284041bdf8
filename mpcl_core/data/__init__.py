"""Turn a source into the windows and folds of a study."""
