"""What every other app stands on and that knows none of them: jobs, audit trail, component tags, checks."""
