"""What learning does when pages change below it."""

from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from courses.models import CoursePage, LessonPage, ModulePage, ProgrammePage, QuizPage
from lms.core.jobs import enqueue


@receiver(page_unpublished, sender=LessonPage)
@receiver(page_unpublished, sender=ModulePage)
@receiver(page_unpublished, sender=QuizPage)
def look_for_completions(sender, instance, **kwargs):
    """What was unpublished no longer blocks: those for whom nothing else was missing have completed the course."""
    course = CoursePage.objects.ancestor_of(instance).only("pk").first()
    if course:
        enqueue("learning.complete_due", payload={"course": course.pk})


@receiver(page_published, sender=ProgrammePage)
def look_for_programme_completions(sender, instance, **kwargs):
    """What a programme asks for may have become less: those for whom nothing else was missing have completed it."""
    enqueue("learning.complete_programme_due", payload={"programme": instance.pk})
