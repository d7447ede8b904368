"""Tagging many questions at once, from their list."""

from django import forms
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from taggit.utils import parse_tags
from wagtail.admin.widgets import AdminTagWidget
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from courses.actions.tag_questions import tag_questions
from courses.models import Question, QuestionTag


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


class TagBulkAction(SnippetBulkAction):
    """« Étiqueter », on the questions ticked."""

    display_name = _("Étiqueter")
    aria_label = _("Étiqueter les questions choisies")
    action_type = "tag"
    action_priority = 20
    template_name = "courses/back_office/tag_questions.html"
    form_class = TagsForm
    models = [Question]

    def check_perm(self, question):
        return self.request.user.has_perm("courses.change_question")

    def object_context(self, question):
        edit = reverse("wagtailsnippets_courses_question:edit", args=[quote(question.pk)])
        return {"item": question, "edit_url": edit}

    def get_execution_context(self):
        data = self.cleaned_form.cleaned_data
        return {name: parse_tags(data[name]) for name in ("added", "removed")}

    @classmethod
    def execute_action(cls, objects, added=(), removed=(), **kwargs):
        tag_questions(objects, added, removed)
        return len(objects), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        message = ngettext("%(n)d question étiquetée.", "%(n)d questions étiquetées.", num_parent_objects)
        return message % {"n": num_parent_objects}
