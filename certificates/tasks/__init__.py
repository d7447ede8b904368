"""The jobs of certificates, and the watches over them; those of `signing` alone reach keys.

Celery looks here: importing them registers them.
"""

from certificates.tasks import files, letters, lots, signing, watches

__all__ = ["files", "letters", "lots", "signing", "watches"]
