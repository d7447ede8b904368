"""Headers of public answers."""


def unindexed(response):
    """Search engines keep out; no cache keeps a state that may change."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
