"""What waits for those who teach: answers, contested marks, flagged questions, remarks. A line each on the dashboard.

And, in their own space, for those who supervise.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.permissions import page_permission_policy

from courses.models import CoursePage
from lms.assessment.models import Appeal, QuestionFlag, ServedQuestion, SupervisedSitting
from lms.core.waiting import Waiting
from lms.learning.models import LessonRemark


def waiting_work(user):
    """Hook register_waiting_work: four counts, the same number of queries whatever they are."""
    if not page_permission_policy.user_has_permission(user, "change"):
        return
    yield Waiting(_("À corriger"), ServedQuestion.objects.to_mark_by(user).count(), reverse("assessment_marking:index"))
    appeals = Appeal.objects.taught_by(user).filter(state=Appeal.State.OPEN)
    yield Waiting(_("Contestations"), appeals.count(), reverse("assessment_appeals:index") + "?state=open")
    flags = QuestionFlag.objects.taught_by(user).filter(handled_at=None)
    yield Waiting(_("Signalements"), flags.count(), reverse("assessment_flags:index") + "?is_handled=false")
    remarks = LessonRemark.objects.waiting().filter(enrolment__course__in=CoursePage.objects.taught_by(user))
    oldest = remarks.order_by("sent_at", "pk").values_list("enrolment__course", flat=True).first()
    url = reverse("assessment_remark_list", args=[oldest]) if oldest else reverse("formations:index")
    yield Waiting(_("Remarques"), remarks.count(), url)


def own_work(user):
    """Hook register_own_work: the sittings to supervise, until they are closed."""
    sittings = SupervisedSitting.objects.supervised_by(user).not_closed()
    yield Waiting(_("Séances à surveiller"), sittings.count(), reverse("assessment:sittings"))
