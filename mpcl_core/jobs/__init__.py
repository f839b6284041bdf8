"""Run the jobs of a study: alone, in cohorts, in processes of this machine or on a cluster."""
