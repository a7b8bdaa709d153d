"""Dagster's view of the pipeline: thin assets, checks, jobs, schedules and sensors."""
