"""Sealing: who signs (a port with its adapters), the CMS container, and the seal laid in the document itself."""
