"""The decisions of assessment, on values alone: how answers are read, marked and summed up."""
