"""Reading courses written as files: what they say, checked to the last line, before anything is written."""
