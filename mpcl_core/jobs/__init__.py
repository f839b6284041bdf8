"""Run the jobs of a run: one by one or in cohorts, in processes of this machine or of a dask cluster."""
