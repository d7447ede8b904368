"""Assessment's work in the background: learners told of what was decided."""

from lms.assessment.letters import write_to_learner
from lms.assessment.models import Attempt
from lms.core.jobs import job_handler


@job_handler("assessment.tell_marked")
def tell_marked(job):
    """Tell the learner that all their answers are marked. Sent twice if the worker dies between sending and saying so."""
    write_to_learner(Attempt.objects.get(pk=job.payload["attempt"]), "marked", "Votre évaluation est corrigée")
