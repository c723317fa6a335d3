"""Results for other programs: tables, event logs of process mining, verdicts of pipelines."""
