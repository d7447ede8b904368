"""What makes a seal last: the time from an independent authority, proof that the seal was not revoked, and their archive."""
