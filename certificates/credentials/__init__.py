"""Certificates as machines carry them: Open Badges 3.0, in two signed forms, with public lists of states."""
