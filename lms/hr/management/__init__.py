"""Commands of the HR floor."""
