"""The catalogue of courses."""

def catalogue(request):
    raise NotImplementedError
