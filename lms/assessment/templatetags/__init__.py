"""Template tags of assessment, for screens of the floors below."""
