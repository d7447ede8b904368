"""Passports: all the certificates of a person in one sealed document, as they stood on a day."""
