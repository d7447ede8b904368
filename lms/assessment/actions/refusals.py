"""Why something cannot be done to an attempt, named for the state that forbids it."""

import datetime


class AttemptRefused(Exception):
    """Why an attempt cannot begin; `until` says when that may change, where it will."""

    def __init__(self, until: datetime.datetime | None = None):
        super().__init__(until)
        self.until = until


class NotEnrolled(AttemptRefused):
    """The enrolment was given up."""


class QuizNotOpen(AttemptRefused):
    """The quiz is not published, asks nothing yet, or the bank no longer fills its draws."""


class QuizNotOpenYet(AttemptRefused):
    """The quiz opens `until`."""


class QuizClosed(AttemptRefused):
    """The closing date is past."""


class QuizAlreadyPassed(AttemptRefused):
    """The quiz was passed: another attempt would change nothing."""


class AttemptBeingMarked(AttemptRefused):
    """A person has not marked the last attempt yet: it may be passed."""


class NoAttemptLeft(AttemptRefused):
    """All the attempts allowed were used."""


class TooSoon(AttemptRefused):
    """The next attempt may begin `until`."""


class SupervisionRequired(AttemptRefused):
    """The quiz is taken in a supervised sitting, with the code given there."""


class SittingOver(AttemptRefused):
    """The sitting was closed, or its hours are past, since its code was typed."""


class AttemptSubmitted(Exception):
    """The attempt was submitted, by its learner or by the clock: its answers no longer change."""


class AnswerFinal(Exception):
    """The question was checked: its answer no longer changes."""


class AnswerStale(Exception):
    """An answer given later than this one is saved already: it stands."""


class UnknownQuestion(Exception):
    """The attempt serves no question at this position."""


class NotPractice(Exception):
    """Only an attempt in practice tells a correction before it is submitted."""
