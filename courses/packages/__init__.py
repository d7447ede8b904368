"""A whole course as one archive: what it carries, how it is written, how it is read back."""
