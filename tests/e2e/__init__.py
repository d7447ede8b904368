"""The few whole journeys, walked in a real browser against the real server, worker and files."""
