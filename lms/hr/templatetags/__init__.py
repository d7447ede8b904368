"""Template tags of the HR floor."""
