"""Settings: `base` for all, then `dev`, `test` or `production`. The environment is read here and nowhere else."""
