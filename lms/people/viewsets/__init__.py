"""The back office of people and structures; each module shows one kind of row, within the scope of who looks."""
