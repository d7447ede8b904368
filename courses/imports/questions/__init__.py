"""Questions read from files written elsewhere: bytes in, neutral questions and a report line by line out; no database."""
