"""A file given to the page of verification, and checked by the worker when it must be."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates.models import FileCheck
from certificates.tasks.files import check_file
from tests.certificates.makers import Payload


def give_file(client, content):
    """The answer to the form alone."""
    file = SimpleUploadedFile("document.pdf", content, "application/pdf")
    return client.post(reverse("certificates:verify_file"), {"pdf": file})


def drop_file(client, content):
    """What whoever gives it is told in the end."""
    answer = give_file(client, content)
    if answer.status_code != 302:
        return answer
    check_file(Payload(check=FileCheck.objects.latest("pk").pk))
    return client.get(answer["Location"])
