"""Run the jobs of recipes and write the tables of their runs."""
