"""Verifying: what a file someone brings is worth, what is answered to it, and how often one may ask."""
