"""The question bank written for elsewhere: each format says what it can, and reads back unchanged here."""
