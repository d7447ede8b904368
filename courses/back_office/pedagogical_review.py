"""« Relectures »: what waits to be reviewed, one review with its checklist, and the checklist itself."""

import django_filters
from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import TaskState
from wagtail.permissions import page_permission_policy

from courses.actions.review import NotTheirReview, ReviewRefused, decide
from courses.back_office.compared_reviews import former_review, is_newer_than_published
from courses.back_office.read_questions import parts_of
from courses.models import ReviewCriterion, ReviewRecord
from courses.publication import defects_of
from courses.reviewing import (
    branches_reviewed_by,
    course_of,
    decidable_by,
    page_of,
    pages_reviewed_by,
    reviewed_together,
    states_in_sight_of,
    with_places,
)
from lms.core.spreadsheets import SafeExportMixin

PAGE_ACTS = ["add", "change", "publish", "unlock"]
STATUSES = {
    TaskState.STATUS_IN_PROGRESS: gettext_lazy("À relire"),
    TaskState.STATUS_APPROVED: gettext_lazy("Approuvée"),
    TaskState.STATUS_REJECTED: gettext_lazy("À modifier"),
    TaskState.STATUS_CANCELLED: gettext_lazy("Annulée"),
}


def in_words(state: TaskState) -> str:
    """How far a review is, in our words rather than Wagtail's."""
    return STATUSES.get(state.status, "")


class ReviewForm(forms.Form):
    """The checklist, a word to the author, and the pages of the course decided in the same go."""

    met = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Points à vérifier"),
        queryset=ReviewCriterion.objects.order_by("sort_order", "pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    comment = forms.CharField(
        label=gettext_lazy("Commentaire pour l’auteur"),
        help_text=gettext_lazy("Obligatoire pour demander des modifications : dites ce qui est à changer."),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    also = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Pages de la même formation, décidées avec elle"),
        queryset=TaskState.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["also"].queryset = TaskState.objects.filter(pk__in=[state.pk for state in others])


class ReviewFilter(WagtailFilterSet):
    """Those that wait for who looks; by state."""

    mine = django_filters.ChoiceFilter(
        label=gettext_lazy("Afficher"),
        method="only_mine",
        choices=[("oui", gettext_lazy("À relire par moi"))],
        empty_label=gettext_lazy("Toutes"),
        widget=forms.RadioSelect,
    )
    status = django_filters.ChoiceFilter(label=gettext_lazy("État"), choices=list(STATUSES.items()))

    class Meta:
        model = TaskState
        fields: list[str] = []

    def only_mine(self, queryset, name, value):
        return queryset.filter(pk__in=decidable_by(self.request.user).values("pk")) if value else queryset


class ReviewList(SafeExportMixin, ReportView):
    """Every review of the pages one reviews or writes, the latest first."""

    model = TaskState
    page_title = gettext_lazy("Relectures")
    verbose_name_plural = gettext_lazy("relectures")
    header_icon = "clipboard-list"
    index_url_name = "courses_review_list"
    index_results_url_name = "courses_review_list_results"
    filterset_class = ReviewFilter
    permission_policy = page_permission_policy
    any_permission_required = PAGE_ACTS
    default_ordering = "-started_at"
    columns = [
        TitleColumn(
            "revision.object_str",
            label=gettext_lazy("Page"),
            get_url=lambda row: reverse("courses_review", args=[row.pk]),
        ),
        Column("course", label=gettext_lazy("Formation")),
        Column("branch", label=gettext_lazy("Structure")),
        Column("workflow_state.requested_by", label=gettext_lazy("Soumise par")),
        DateColumn("started_at", label=gettext_lazy("Soumise"), sort_key="started_at"),
        Column("status", label=gettext_lazy("État"), accessor=in_words, sort_key="status"),
        Column("finished_by", label=gettext_lazy("Relue par")),
    ]
    export_headings = {
        "revision.object_str": gettext_lazy("Page"),
        "course": gettext_lazy("Formation"),
        "branch": gettext_lazy("Structure"),
        "workflow_state.requested_by": gettext_lazy("Soumise par"),
        "started_at": gettext_lazy("Soumise"),
        "get_status_display": gettext_lazy("État"),
        "finished_by": gettext_lazy("Relue par"),
        "finished_at": gettext_lazy("Relue"),
        "comment": gettext_lazy("Commentaire"),
    }
    list_export = list(export_headings)
    export_filename = "relectures"

    def get_queryset(self):
        rows = states_in_sight_of(self.request.user).defer("revision__content")
        self.queryset = with_places(rows).select_related("revision", "workflow_state__requested_by", "finished_by")
        return super().get_queryset()


def review(request, pk: int):
    """One review: the page, its checklist, what was decided; on POST, the decision."""
    sight = states_in_sight_of(request.user).select_related("revision__user", "workflow_state__requested_by", "task")
    state = get_object_or_404(sight, pk=pk)
    together = reviewed_together(state, request.user)
    is_theirs = bool(together) and together[0].pk == state.pk
    others = together[1:] if is_theirs else []
    form = ReviewForm(request.POST or None, others=others, initial={"also": [row.pk for row in others]})
    if request.method == "POST" and is_theirs and form.is_valid():
        chosen = [state, *(row for row in others if row in form.cleaned_data["also"])]
        if _decide(request, form, chosen):
            return redirect("courses_review_list")
    elif request.method == "POST" and not is_theirs:
        messages.error(request, _("Cette relecture n’attend pas votre décision."))
    page, former = page_of(state), former_review(state)
    is_newer = is_newer_than_published(state, page)
    context = {
        "state": state,
        "state_in_words": in_words(state),
        "page": page.specific,
        "course": course_of(page),
        "form": form,
        "criteria": _ticked(form["met"].value(), form.fields["met"].queryset),
        "others": _ticked(form["also"].value(), others),
        "defects": [defect for row in [state, *others] for defect in defects_of(row.revision)] if is_theirs else [],
        "parts": parts_of(state),
        "is_theirs": is_theirs,
        "is_waiting": state.status == TaskState.STATUS_IN_PROGRESS,
        "is_reviewer": branches_reviewed_by(request.user).exists(),
        "record": ReviewRecord.objects.filter(task_state=state).select_related("reviewer").first(),
        "can_edit": page.permissions_for_user(request.user).can_edit(),
        "is_newer": is_newer,
        "former": None if former and is_newer and former.revision_id == page.live_revision_id else former,
        "header_title": state.revision.object_str,
        "header_icon": "clipboard-list",
        "breadcrumbs_items": [
            {"url": reverse("courses_review_list"), "label": _("Relectures")},
            {"url": "", "label": state.revision.object_str},
        ],
    }
    return render(request, "courses/back_office/review.html", context)


def _ticked(value, rows) -> list[tuple]:
    """Each row with whether its box is ticked."""
    chosen = {str(pk) for pk in value or []}
    return [(row, str(row.pk) in chosen) for row in rows]


def _decide(request, form: ReviewForm, states: list[TaskState]) -> bool:
    """Take the decision of the button pressed; whether it was taken. What keeps it from being is said."""
    is_approved = request.POST.get("decision") == "approve"
    met = {criterion.pk for criterion in form.cleaned_data["met"]}
    try:
        decide(
            states,
            request.user,
            is_approved=is_approved,
            met=met,
            comment=form.cleaned_data["comment"],
            now=timezone.now(),
        )
    except ReviewRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    except NotTheirReview:
        form.add_error(
            None, _("Cette relecture n’attend plus votre décision : quelqu’un l’a faite, ou l’auteur l’a annulée.")
        )
        return False
    title = states[0].revision.object_str
    text = (
        _("« %(title)s » est approuvée.")
        if is_approved
        else _("« %(title)s » est renvoyée à son auteur, avec vos remarques.")
    )
    messages.success(request, text % {"title": title})
    return True


def page_preview(request, pk: int, revision: int | None = None):
    """A page of a branch one reviews, as its learners will see it: the revision submitted, else the latest."""
    page = get_object_or_404(pages_reviewed_by(request.user), pk=pk).specific
    row = get_object_or_404(page.revisions, pk=revision) if revision else page.latest_revision
    shown = row.as_object() if row else page
    if not shown.preview_modes:
        raise Http404
    return shown.make_preview_request(request, shown.default_preview_mode)


class ReviewMenuItem(MenuItem):
    """For those who review or write."""

    def is_shown(self, request):
        return page_permission_policy.user_has_any_permission(request.user, PAGE_ACTS)


def review_menu_item():
    return ReviewMenuItem(
        gettext_lazy("Relectures"),
        reverse("courses_review_list"),
        name="courses-review-list",
        icon_name="clipboard-list",
        order=125,
    )


class CriterionViewSet(ModelViewSet):
    """The checklist: added to, reworded and put in order by administrators."""

    model = ReviewCriterion
    name = "courses_review_criteria"
    url_prefix = "points-de-relecture"
    icon = "tick"
    menu_label = gettext_lazy("Points de relecture")
    add_to_settings_menu = True
    form_fields = ["text", "help_text"]
    list_display = ["text", "help_text"]
    ordering = ["sort_order"]
    copy_view_enabled = False
    inspect_view_enabled = False
