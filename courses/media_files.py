"""Sounds and films of the library, served in parts as players ask for them.

Wagtail checks who may read a document and serves it whole; but Safari plays nothing of a server that knows only that, and
nobody could move inside a film without fetching all of it.
"""

from django.http import HttpResponse
from wagtail.documents.views.serve import serve

from courses.rules.media import AUDIO, VIDEO, RangeUnsatisfiable, byte_range, extension

CHUNK_BYTES = 64 * 1024
CACHED_SECONDS = 30 * 86_400  # a file put in the place of another gets a name of its own


def document(request, document_id, document_filename):
    """A document, as Wagtail serves it; of a sound or a film, the part asked for."""
    response = serve(request, document_id, document_filename)
    if extension(document_filename) in AUDIO + VIDEO and response.status_code == 200 and response.streaming:
        return in_parts(response, request)
    return response


def in_parts(response, request):
    """The response of a whole file, cut to the part that the request asks for, if it asks for one."""
    size = int(response["Content-Length"])
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = f"private, max-age={CACHED_SECONDS}"
    response["Content-Encoding"] = "identity"  # compressed already: the gzip middleware leaves it
    if request.headers.get("If-Range", response.get("ETag")) != response.get("ETag"):
        return response
    try:
        part = byte_range(request.headers.get("Range", ""), size)
    except RangeUnsatisfiable:
        response.file_to_stream.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if part:
        start, stop = part
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        response["Content-Length"] = stop - start
        response.streaming_content = slices(response.file_to_stream, start, stop)
    return response


def slices(file, start: int, stop: int):
    """The bytes of a file from `start` to before `stop`, chunk by chunk; whoever opened the file closes it."""
    file.seek(start)
    while start < stop and (chunk := file.read(min(CHUNK_BYTES, stop - start))):
        start += len(chunk)
        yield chunk
