"""What learning announces; sent inside the transaction that records the fact."""

from django.dispatch import Signal

course_completed = Signal()  # sender=Enrolment class; kwargs: enrolment (Enrolment), completion (Completion)
# sender=ProgrammeEnrolment class; kwargs: enrolment (ProgrammeEnrolment), completion (ProgrammeCompletion)
programme_completed = Signal()
