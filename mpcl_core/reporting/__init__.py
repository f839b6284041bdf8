"""Show the numbers of a run as tables, figures and a report."""
