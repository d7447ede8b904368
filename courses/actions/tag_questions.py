"""Putting tags on questions, and taking some off."""

from collections.abc import Iterable

from django.db import transaction

from courses.imports.questions.neutral import tag_key
from courses.models import Question, QuestionTag, TaggedQuestion
from courses.models.questions import QuestionQuerySet


def tags_named(names: Iterable[str], among: QuestionQuerySet) -> dict[str, QuestionTag]:
    """The tags of these names by `tag_key`, made where missing; one that a question of `among` carries, whatever its case."""
    tags = {tag_key(tag.name): tag for tag in QuestionTag.objects.carried_by(among)}
    for name in names:
        if tag_key(name) not in tags:
            tags[tag_key(name)] = QuestionTag.objects.get_or_create(name=name)[0]
    return tags


@transaction.atomic
def tag_questions(
    questions: Iterable[Question], added: Iterable[str], removed: Iterable[str], among: QuestionQuerySet
) -> None:
    """Add and remove tags by name, as the questions of `among` write them; a tag that none carries yet is made."""
    questions = list(questions)
    tags = tags_named(added, among)
    wanted = [tags[key] for key in dict.fromkeys(map(tag_key, added))]
    rows = [TaggedQuestion(content_object=question, tag=tag) for question in questions for tag in wanted]
    TaggedQuestion.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    gone = [tags[key] for key in map(tag_key, removed) if key in tags]
    TaggedQuestion.objects.filter(content_object__in=questions, tag__in=gone).delete()
