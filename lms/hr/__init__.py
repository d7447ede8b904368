"""HR: why we believe a person holds a level, what is held now, and where the gaps are."""
