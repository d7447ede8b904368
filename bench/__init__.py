"""`make bench`: what a page, a save, a certificate and a task cost, beside a floor measured in the same run."""
