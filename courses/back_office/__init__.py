"""The views of the back office: courses, the question bank, imports of questions."""
