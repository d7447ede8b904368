"""Certificates: issue, draw, seal, check, revoke."""
