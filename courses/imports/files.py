"""Course files on disk, read all or none."""

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from courses.imports.course_file import CourseSource, Vocabulary, read_course, read_course_id
from courses.imports.located import FileRefused, Problem, read_yaml
from courses.models import CoursePage
from lms.skills.models import Competence, JobProfile, Strand


class FilesRefused(FileRefused):
    """Several files, each with its problems."""

    def __init__(self, refusals: list[FileRefused]):
        super().__init__([problem for refusal in refusals for problem in refusal.problems])
        self.refusals = refusals

    def __str__(self):
        return "\n".join(str(refusal) for refusal in self.refusals)


def read_files(paths: Iterable[Path]) -> list[CourseSource]:
    """The courses of these files, or of the `.yaml` files of these folders. Raises FilesRefused: all problems at once."""
    documents, refusals = {}, []
    for path in _files(paths):
        try:
            documents[path] = read_yaml(path.read_bytes())
        except FileRefused as refusal:
            refusals.append(_named(refusal, path))
        except OSError as error:
            refusals.append(
                FileRefused([Problem(1, _("Fichier illisible (%(error)s).") % {"error": error.strerror})], str(path))
            )
    known = vocabulary(filter(None, map(read_course_id, documents.values())))
    sources: dict[str, CourseSource] = {}
    for path, document in documents.items():
        try:
            source = read_course(document, known)
        except FileRefused as refusal:
            refusals.append(_named(refusal, path))
            continue
        if source.id in sources:
            message = _("La formation « %(code)s » est écrite dans deux fichiers.") % {"code": source.id}
            refusals.append(FileRefused([Problem(1, message)], path.name))
        sources[source.id] = source
    if refusals:
        raise FilesRefused(refusals)
    return list(sources.values())


def vocabulary(course_codes: Iterable[str] = ()) -> Vocabulary:
    """The codes of the database, and of the courses being read with it."""

    def codes(model):
        return frozenset(model.objects.values_list("code", flat=True))

    return Vocabulary(
        competences=codes(Competence),
        strands=codes(Strand),
        profiles=codes(JobProfile),
        courses=codes(CoursePage) | frozenset(course_codes),
    )


def _files(paths: Iterable[Path]) -> list[Path]:
    found = []
    for path in paths:
        found += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return found


def _named(refusal: FileRefused, path: Path) -> FileRefused:
    return FileRefused(refusal.problems, path.name)
