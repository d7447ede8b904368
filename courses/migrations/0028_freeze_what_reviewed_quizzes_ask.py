"""What the quizzes of branches under review may ask is frozen as it is today: published ones, and those that wait for a review.

The words of what is published are those of its publication, which is what was served until now.
"""

import json

from django.db import migrations
from django.db.models import Max, Q

SHARED = "Bibliothèque commune"
NOT_DRAWN = ["essay", "file", "survey"]


def banks_of(apps, branch):
    """The collections whose questions a branch may ask."""
    banks = [branch.collection_id]
    if not branch.is_partner:
        banks += apps.get_model("wagtailcore", "Collection").objects.filter(depth=2, name=SHARED).values_list("pk", flat=True)
    return banks


def latest_versions(apps, questions, at):
    """The id and type of the version of each question that was the latest at an instant; today without one."""
    versions = apps.get_model("courses", "QuestionVersion").objects.filter(question__in=questions)
    versions = versions.filter(created_at__lte=at) if at else versions
    newest = dict(versions.order_by().values("question").annotate(n=Max("number")).values_list("question", "n"))
    rows = versions.values_list("question_id", "number", "pk", "type")
    return {question: (pk, kind) for question, number, pk, kind in rows if newest[question] == number}


def matching(apps, banks, draw):
    """The questions that a draw (a dict of its criteria) takes today."""
    wanted = {name: draw.get(name) for name in ("competence", "level", "difficulty") if draw.get(name)}
    found = apps.get_model("courses", "Question").objects.filter(collection__in=banks, **wanted)
    if draw.get("tag"):
        tagged = apps.get_model("courses", "TaggedQuestion").objects.filter(tag=draw["tag"])
        found = found.filter(pk__in=tagged.values("content_object"))
    return set(found.values_list("pk", flat=True))


def freeze(apps, branch, fixed, draws, at=None, **of):
    """One pool, with its rows. `of`: the quiz, its revision, the review that will read it."""
    banks = banks_of(apps, branch)
    ordered = sorted(draws, key=lambda draw: (draw.get("sort_order") or 0, draw.get("pk") or float("inf")))
    pools = [matching(apps, banks, draw) - set(fixed) for draw in ordered]
    latest = latest_versions(apps, set(fixed).union(*pools), at)
    pool = apps.get_model("courses", "QuestionPool").objects.create(**of)
    rows = [(None, latest[question][0]) for question in fixed if question in latest]
    for rank, questions in enumerate(pools):
        drawn = [latest[question] for question in sorted(questions) if question in latest]
        rows += [(rank, pk) for pk, kind in drawn if kind not in NOT_DRAWN]
    model = apps.get_model("courses", "PooledQuestion")
    model.objects.bulk_create((model(pool=pool, draw=rank, version_id=pk) for rank, pk in rows), batch_size=500)


def freeze_all(apps, schema_editor):
    quizzes = apps.get_model("courses", "QuizPage").objects
    states = apps.get_model("wagtailcore", "TaskState").objects.filter(status="in_progress")
    for branch in apps.get_model("courses", "ProducerPage").objects.filter(Q(is_partner=True) | Q(needs_review=True)):
        below = quizzes.filter(path__startswith=branch.path, depth__gt=branch.depth)
        for quiz in below.filter(live=True):
            criteria = ("pk", "sort_order", "competence", "level", "difficulty", "tag")
            freeze(
                apps,
                branch,
                list(quiz.quiz_questions.values_list("question", flat=True)),
                list(quiz.draws.values(*criteria)),
                quiz.last_published_at,
                quiz=quiz,
                revision_id=quiz.live_revision_id,
            )
        for quiz in below:
            for state in states.filter(revision__object_id=str(quiz.pk)).select_related("revision"):
                said = state.revision.content
                said = json.loads(said) if isinstance(said, str) else said
                if said.get("pk") != quiz.pk or "quiz_questions" not in said:
                    continue
                fixed = [row["question"] for row in said["quiz_questions"]]
                freeze(apps, branch, fixed, said["draws"], quiz=quiz, revision=state.revision, review=state)


class Migration(migrations.Migration):
    dependencies = [("courses", "0027_question_pools"), ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes")]

    operations = [migrations.RunPython(freeze_all, migrations.RunPython.noop)]
