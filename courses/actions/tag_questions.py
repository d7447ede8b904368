"""Putting tags on many questions at once, and taking some off."""

from collections.abc import Iterable

from django.db import transaction

from courses.imports.questions.neutral import tag_key
from courses.models import Question, QuestionTag, TaggedQuestion


@transaction.atomic
def tag_questions(questions: Iterable[Question], added: Iterable[str], removed: Iterable[str]) -> None:
    """Add and remove tags by name, whatever their case; a tag that no question knows yet is made."""
    questions = list(questions)
    tags = {tag_key(tag.name): tag for tag in QuestionTag.objects.all()}
    for name in added:
        if tag_key(name) not in tags:
            tags[tag_key(name)] = QuestionTag.objects.create(name=name)
    wanted = [tags[key] for key in dict.fromkeys(map(tag_key, added))]
    rows = [TaggedQuestion(content_object=question, tag=tag) for question in questions for tag in wanted]
    TaggedQuestion.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    gone = [tags[key] for key in map(tag_key, removed) if key in tags]
    TaggedQuestion.objects.filter(content_object__in=questions, tag__in=gone).delete()
