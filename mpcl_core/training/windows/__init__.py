"""Hold the windows of a study once for all of its jobs, and what people and folds share of them."""
