"""Images, documents and questions in use: what a published page shows changes with the page, under the same right.

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
from wagtail.models import Page, ReferenceIndex, get_default_page_content_type
from wagtail.permissions import page_permission_policy

from courses.models import Question

DELETIONS = {
    "wagtailimages:delete": ("image_id", get_image_model),
    "wagtailimages:delete_multiple": ("image_id", get_image_model),
    "wagtaildocs:delete": ("document_id", get_document_model),
    "wagtaildocs:delete_multiple": ("doc_id", get_document_model),
}


def shown_beyond(user, shown) -> Page | None:
    """A published page that shows this image or document, or names this question, and that `user` may not publish."""
    uses = ReferenceIndex.get_references_to(shown).filter(base_content_type=get_default_page_content_type())
    pages = Page.objects.live().filter(pk__in=[int(pk) for pk in uses.values_list("object_id", flat=True)])
    publishable = page_permission_policy.instances_user_has_permission_for(user, "publish")
    return pages.exclude(pk__in=publishable.values("pk")).order_by("pk").first()


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
                    "« %(page)s », publiée, montre ce fichier : il n’est pas remplacé sans relecture. Ajoutez un nouveau fichier, choisissez-le dans la page, puis soumettez la page à la relecture."
                ),
                params={"page": page.title},
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
                "« %(page)s », publiée, pose cette question : elle ne change pas sans relecture. Copiez-la, corrigez la copie, choisissez-la dans la page, puis soumettez la page à la relecture."
            )
            % {"page": page.title},
        )
        return redirect("wagtailsnippets_courses_question:edit", instance.pk)
    return None


def refuse_deletion(request, files):
    """Send back who would delete files shown where they may not publish."""
    for file in files:
        if page := shown_beyond(request.user, file):
            messages.error(
                request,
                _("« %(file)s » n’est pas supprimé : « %(page)s », publiée, le montre.")
                % {"file": file.title, "page": page.title},
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
