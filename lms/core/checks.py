"""What Django checks at start-up on our behalf."""
