"""Verification without network: what the QR code says and signs."""
