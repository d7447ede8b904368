"""Lessons written elsewhere (DOCX, Markdown) read into the blocks of a lesson, without touching the database."""
