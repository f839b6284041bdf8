"""Check and describe recipes and components without running a job."""
