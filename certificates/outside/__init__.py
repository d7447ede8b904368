"""How we speak to services that are not ours: bounded in time and size, and spared for a while after a failure."""
