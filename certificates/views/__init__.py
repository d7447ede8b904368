"""Pages of certificates: the holder's, and those of anyone who verifies, a room a matter."""
