"""The lists behind the figures of a course: enrolments, attempts, questions, remarks, haste; filtered, exported, traced.

Of a learner they show the name and what they did in this course: no address, no post, no answer.
"""

from lms.assessment.back_office.lists.attempts import AttemptList
from lms.assessment.back_office.lists.enrolments import EnrolmentList
from lms.assessment.back_office.lists.haste import RapidFinishList
from lms.assessment.back_office.lists.questions import QuestionList
from lms.assessment.back_office.lists.remarks import RemarkList

__all__ = ["AttemptList", "EnrolmentList", "QuestionList", "RapidFinishList", "RemarkList"]
