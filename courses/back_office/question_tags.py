"""Tagging many questions at once, from their list."""

from django import forms
from django.contrib.admin.utils import quote
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from taggit.utils import parse_tags
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.tags import TAGS_AUTOCOMPLETE_LIMIT
from wagtail.admin.widgets import AdminTagWidget
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from courses.actions.tag_questions import tag_questions
from courses.models import Question, QuestionTag
from courses.models.banks import question_policy


@require_admin_access
@require_safe
def tag_autocomplete(request):
    """In place of Wagtail's, which names every tag: those of the questions in sight that begin so."""
    term = request.GET.get("term", "")
    tags = QuestionTag.objects.carried_by(Question.objects.visible_to(request.user))
    found = tags.filter(name__istartswith=term).order_by("name").values_list("name", flat=True)
    return JsonResponse(list(found[:TAGS_AUTOCOMPLETE_LIMIT]) if term else [], safe=False)


class TagsForm(forms.Form):
    """Tags to put on the questions chosen, and tags to take off them."""

    added = forms.CharField(
        label=_("Étiquettes à ajouter"), required=False, widget=AdminTagWidget(tag_model=QuestionTag)
    )
    removed = forms.CharField(
        label=_("Étiquettes à retirer"), required=False, widget=AdminTagWidget(tag_model=QuestionTag)
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("added") and not cleaned.get("removed"):
            raise forms.ValidationError(_("Donnez au moins une étiquette à ajouter ou à retirer."))
        return cleaned


class InSight:
    """A bulk act knows only of the questions in sight, and acts on those of banks where one may."""

    def get_all_objects_in_listing_query(self, parent_id):
        return Question.objects.visible_to(self.request.user).values_list("pk", flat=True)

    def get_actionable_objects(self):
        asked = self.request.GET.getlist("id")
        mine = Question.objects.visible_to(self.request.user).select_related("collection")
        if "all" not in asked:
            mine = mine.filter(pk__in=[pk for pk in asked if pk.isdecimal()])
        allowed, refused = [], []
        for question in mine:
            (allowed if self.check_perm(question) else refused).append(question)
        return allowed, {"items_with_no_access": refused}


class DeleteInSight(InSight, DeleteBulkAction):
    """Wagtail’s own, which deletes no question and names only those in sight."""

    models = [Question]

    def check_perm(self, question):
        return False


class TagBulkAction(InSight, SnippetBulkAction):
    """« Étiqueter », on the questions ticked."""

    display_name = _("Étiqueter")
    aria_label = _("Étiqueter les questions choisies")
    action_type = "tag"
    action_priority = 20
    template_name = "courses/back_office/tag_questions.html"
    form_class = TagsForm
    models = [Question]

    def check_perm(self, question):
        return question_policy.user_has_permission_for_instance(self.request.user, "change", question)

    def object_context(self, question):
        edit = reverse("wagtailsnippets_courses_question:edit", args=[quote(question.pk)])
        return {"item": question, "edit_url": edit}

    def get_execution_context(self):
        data = self.cleaned_form.cleaned_data
        said = {name: parse_tags(data[name]) for name in ("added", "removed")}
        return said | {"among": Question.objects.visible_to(self.request.user)}

    @classmethod
    def execute_action(cls, objects, added=(), removed=(), among=None, **kwargs):
        tag_questions(objects, added, removed, among)
        return len(objects), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        message = ngettext("%(n)d question étiquetée.", "%(n)d questions étiquetées.", num_parent_objects)
        return message % {"n": num_parent_objects}
