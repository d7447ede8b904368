"""Drawing the document: fonts and shaping, tags and archival metadata, the motif, the sheet."""
