"""Migrations of the HR floor."""
