"""One dull factory per model of courses. Pages are live and have a revision, as those trainers publish."""

import factory
from factory.django import DjangoModelFactory
from wagtail.models import Page

from courses.actions import ensure_site
from courses.models import (
    CataloguePage,
    CompetenceGain,
    CoursePage,
    LessonPage,
    ModulePage,
    ProducerPage,
    ProgrammeCourse,
    ProgrammePage,
    Question,
    QuizPage,
    QuizQuestion,
)
from courses.models.banks import shared_bank
from lms.people.models import Unit, User
from lms.people.rules import Role
from tests.factories.people import UnitFactory, UserFactory, give_role
from tests.factories.skills import CompetenceFactory

ANSWERS = {
    "single": {"options": [{"text": "Juste", "is_correct": True}, {"text": "Faux", "is_correct": False}]},
    "multiple": {
        "options": [
            {"text": "Juste", "is_correct": True},
            {"text": "Juste aussi", "is_correct": True},
            {"text": "Faux", "is_correct": False},
        ]
    },
    "true_false": {"is_true": True},
    "numeric": {"value": "76", "tolerance": "0.5", "unit": "adresses"},
    "matching": {"pairs": [{"left": "À", "right": "Agir"}, {"left": "Cc", "right": "Suivre"}]},
    "ordering": {"items": ["Isoler", "Alerter", "Réparer"]},
    "short_text": {"accepted": ["hameçonnage", "phishing"], "ignore_case": True, "ignore_accents": True},
    "gap_fill": {
        "text": "Une commune compte [[1]] fois par an ses [[2]] et publie le [[3]].",
        "gaps": [
            {"type": "numeric", "value": {"value": "2", "tolerance": "0"}},
            {
                "type": "single",
                "value": {"options": [{"text": "biens", "is_correct": True}, {"text": "dettes", "is_correct": False}]},
            },
            {"type": "short_text", "value": {"accepted": ["registre"], "typos": "1"}},
        ],
    },
    "survey": {"form": "scale", "steps": 5, "low": "inutile", "high": "très utile"},
    "essay": {
        "min_words": 2,
        "max_words": 5,
        "rubric": [{"text": "Le risque est nommé", "points": 2}, {"text": "Le geste est juste", "points": 1}],
        "guide": "Attendre le mot « phishing ».",
    },
    "file": {"extensions": ["pdf", "docx"], "max_mb": 1, "rubric": [{"text": "La fiche est complète", "points": 1}]},
}


class PageFactory(DjangoModelFactory):
    """Puts a page below `parent` and publishes it; `live=False` leaves a draft."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, parent, live=True, **kwargs):
        page = model_class(live=False, **kwargs)
        Page.objects.get(pk=parent.pk).add_child(instance=page)
        revision = page.save_revision(clean=False)  # `add_child` just did
        if live:
            revision.publish()
        return model_class.objects.get(pk=page.pk)


class CoursePageFactory(PageFactory):
    """A course without lessons, in the first branch if there is one, else in the one catalogue (made on first use)."""

    class Meta:
        model = CoursePage

    parent = factory.LazyFunction(
        lambda: ProducerPage.objects.order_by("path").first() or CataloguePage.objects.first() or ensure_site()
    )
    title = factory.Sequence(lambda n: f"Formation {n}")
    slug = factory.Sequence(lambda n: f"formation-{n}")
    code = factory.SelfAttribute("slug")
    summary = factory.Sequence(lambda n: f"Résumé de la formation {n}.")
    contact_email = "formations@example.org"


class ProgrammePageFactory(PageFactory):
    """A programme of `courses`, in order, all required but the `optional` ones (one course of its own unless told)."""

    class Meta:
        model = ProgrammePage

    parent = factory.LazyFunction(lambda: CataloguePage.objects.first() or ensure_site())
    title = factory.Sequence(lambda n: f"Parcours {n}")
    slug = factory.Sequence(lambda n: f"parcours-{n}")
    summary = factory.Sequence(lambda n: f"Résumé du parcours {n}.")
    contact_email = "parcours@example.org"
    needs_certificates = False

    @classmethod
    def _create(cls, model_class, *args, courses=None, optional=(), **kwargs):
        courses = [CoursePageFactory()] if courses is None else courses
        parts = [
            ProgrammeCourse(course=course, is_required=course not in optional, sort_order=rank)
            for rank, course in enumerate(courses)
        ]
        return super()._create(model_class, *args, parts=parts, **kwargs)


class ModulePageFactory(PageFactory):
    """An empty module; `parent` is the course, one of its own unless told."""

    class Meta:
        model = ModulePage

    parent = factory.SubFactory(CoursePageFactory)
    title = factory.Sequence(lambda n: f"Module {n}")
    slug = factory.Sequence(lambda n: f"module-{n}")


class LessonPageFactory(PageFactory):
    """`parent` is the course or a module; a course of its own unless told."""

    class Meta:
        model = LessonPage

    parent = factory.SubFactory(CoursePageFactory)
    title = factory.Sequence(lambda n: f"Leçon {n}")
    slug = factory.Sequence(lambda n: f"lecon-{n}")
    body = factory.Sequence(lambda n: [("prose", f"<p>Texte de la leçon {n}.</p>")])
    micro_action = factory.Sequence(lambda n: f"Essayer le geste {n}.")


class QuizPageFactory(PageFactory):
    """`parent` is the course; `questions` are asked, one point each (one question of one's own unless told)."""

    class Meta:
        model = QuizPage

    parent = factory.SubFactory(CoursePageFactory)
    title = factory.Sequence(lambda n: f"Évaluation {n}")
    slug = factory.Sequence(lambda n: f"evaluation-{n}")

    @classmethod
    def _create(cls, model_class, *args, questions=None, **kwargs):
        questions = [QuestionFactory()] if questions is None else questions
        asked = [QuizQuestion(question=question, sort_order=rank) for rank, question in enumerate(questions)]
        return super()._create(model_class, *args, quiz_questions=asked, **kwargs)


class CompetenceGainFactory(DjangoModelFactory):
    class Meta:
        model = CompetenceGain

    course = factory.SubFactory(CoursePageFactory)
    competence = factory.SubFactory(CompetenceFactory)
    level = 2


class QuestionFactory(DjangoModelFactory):
    """A common question of a `kind` (single choice unless told); saving it freezes its first version."""

    class Meta:
        model = Question

    class Params:
        kind = "single"

    collection = factory.LazyFunction(shared_bank)
    code = factory.Sequence(lambda n: f"question-{n}")
    prompt = factory.Sequence(lambda n: f"Question {n} ?")
    explanation = factory.Sequence(lambda n: f"Explication {n}.")
    answer = factory.LazyAttribute(lambda question: raw_answer(question.kind))


def raw_answer(kind: str, **changes) -> list[dict]:
    """The raw StreamField of an answer, as a form or a file would hand it over."""
    return [{"type": kind, "value": {**ANSWERS[kind], **changes}}]


def course_with(lessons: int = 2, quiz: bool = True, **kwargs) -> CoursePage:
    """A course with so many lessons, and a quiz of one question."""
    course = CoursePageFactory(**kwargs)
    for _rank in range(lessons):
        LessonPageFactory(parent=course)
    if quiz:
        QuizPageFactory(parent=course)
    return CoursePage.objects.get(pk=course.pk)


def make_trainer(unit: Unit | None = None, **kwargs) -> User:
    """A trainer of a unit (one of their own unless told), whose branch of the catalogue is open."""
    ensure_site()
    trainer = UserFactory(**kwargs)
    give_role(trainer, Role.TRAINER, unit or UnitFactory())
    return trainer


def make_reviewer(unit: Unit | None = None, **kwargs) -> User:
    """A reviewer of a unit (one of their own unless told)."""
    reviewer = UserFactory(**kwargs)
    give_role(reviewer, Role.REVIEWER, unit or UnitFactory())
    return reviewer
