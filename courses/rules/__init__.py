"""Decisions about content, pure: values in, decision out."""
