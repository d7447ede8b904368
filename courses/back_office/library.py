"""Images, documents and questions in use: what a page shows that is published, or waits to be, changes with it, under the same right.

Wagtail puts a new file in place of the old one at once, wherever it is shown; a question changed is asked at once. Who may
not publish a page may therefore neither replace nor delete the files it shows, nor change the questions it names: they add
another, and the change of the page is reviewed.
"""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.documents import get_document_model
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images import get_image_model
from wagtail.images.forms import BaseImageForm
from wagtail.models import Page

from courses.models import Question
from courses.uses import named_beyond

DELETIONS = {
    "wagtailimages:delete": ("image_id", get_image_model),
    "wagtailimages:delete_multiple": ("image_id", get_image_model),
    "wagtaildocs:delete": ("document_id", get_document_model),
    "wagtaildocs:delete_multiple": ("doc_id", get_document_model),
}


def shown_beyond(user, shown) -> Page | None:
    """A page that shows this image or document, or names this question, and that `user` may not publish.

    It is published, or waits to be as it was submitted.
    """
    return Page.objects.filter(pk__in=named_beyond(user, type(shown), shown.pk)).order_by("pk").first()


def state_of(page: Page) -> str:
    """How far a page is, in words."""
    return _("publiée") if page.live else _("en attente de publication")


class KeptFileForm:
    """Refuses a new file for one that is shown where the user may not publish. Before Wagtail's form."""

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        self.user = user

    def clean(self):
        cleaned = super().clean()
        is_replaced = self.instance.pk and "file" in self.changed_data
        if is_replaced and self.user and (page := shown_beyond(self.user, self.instance)):
            raise ValidationError(
                _(
                    "« %(page)s », %(state)s, montre ce fichier : il n’est pas remplacé sans relecture. Ajoutez un nouveau fichier, choisissez-le dans la page, puis soumettez la page à la relecture."
                ),
                params={"page": page.title, "state": state_of(page)},
            )
        return cleaned


class ImageForm(KeptFileForm, BaseImageForm):
    class Meta(BaseImageForm.Meta):
        pass


class DocumentForm(KeptFileForm, BaseDocumentForm):
    class Meta(BaseDocumentForm.Meta):
        pass


def keep_shown_files(request, action_type, objects, action):
    """Hook before_bulk_action."""
    if action_type == "delete" and action.model in (get_image_model(), get_document_model()):
        return refuse_deletion(request, objects)
    return None


def keep_asked_questions(request, instance):
    """Hook before_edit_snippet."""
    if request.method != "POST" or not isinstance(instance, Question):
        return None
    if page := shown_beyond(request.user, instance):
        messages.error(
            request,
            _(
                "« %(page)s », %(state)s, pose cette question : elle ne change pas sans relecture. Copiez-la, corrigez la copie, choisissez-la dans la page, puis soumettez la page à la relecture."
            )
            % {"page": page.title, "state": state_of(page)},
        )
        return redirect("wagtailsnippets_courses_question:edit", instance.pk)
    return None


def refuse_deletion(request, files):
    """Send back who would delete files shown where they may not publish."""
    for file in files:
        if page := shown_beyond(request.user, file):
            messages.error(
                request,
                _("« %(file)s » n’est pas supprimé : « %(page)s », %(state)s, le montre.")
                % {"file": file.title, "page": page.title, "state": state_of(page)},
            )
            return redirect("wagtailimages:index" if isinstance(file, get_image_model()) else "wagtaildocs:index")
    return None


class KeptFilesMiddleware:
    """Asks the same question before Wagtail's views that delete one file, which call no hook first."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.view_name not in DELETIONS or not request.user.is_authenticated:
            return None
        argument, model = DELETIONS[request.resolver_match.view_name]
        return refuse_deletion(request, [get_object_or_404(model(), pk=kwargs[argument])])
