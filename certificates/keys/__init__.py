"""Keys as others speak of them: what they are for, those of the sandbox, and what an act on one would change."""
