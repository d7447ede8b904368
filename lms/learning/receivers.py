"""What learning does when pages change below it."""

from django.dispatch import receiver
from wagtail.signals import page_unpublished

from courses.models import CoursePage, LessonPage, ModulePage, QuizPage
from lms.core.jobs import enqueue


@receiver(page_unpublished, sender=LessonPage)
@receiver(page_unpublished, sender=ModulePage)
@receiver(page_unpublished, sender=QuizPage)
def look_for_completions(sender, instance, **kwargs):
    """What was unpublished no longer blocks: those for whom nothing else was missing have completed the course."""
    course = CoursePage.objects.ancestor_of(instance).only("pk").first()
    if course:
        enqueue("learning.complete_due", payload={"course": course.pk})
