"""What a learner who knows would answer, from the data files the courses are loaded from."""

import re
from functools import cache
from pathlib import Path

import yaml

COURSES = Path(__file__).resolve().parents[2] / "data" / "courses"
PLAIN = str.maketrans({"’": "'", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})


def plain(text: str) -> str:
    """The text as one types it: the screen has nobler apostrophes and spaces than the files."""
    return re.sub(r"\s+", " ", text.translate(PLAIN)).strip()


@cache
def courses() -> dict[str, dict]:
    """The six real courses by their code."""
    files = [yaml.safe_load(file.read_text()) for file in sorted(COURSES.glob("*.yaml"))]
    return {file["course"]["id"]: file["course"] for file in files}


@cache
def questions() -> dict[str, dict]:
    """All questions by their prompt."""
    return {plain(question["prompt"]): question for course in courses().values() for question in course["quiz"]}


def answer_to(prompt: str) -> list[str] | dict[str, str]:
    """What is right, in the words of the screen: the choices to take, the text to type, or {line: choice}."""
    question = questions()[plain(prompt)]
    answer = question.get("answer")
    match question["type"]:
        case "single":
            return [text_of(question["options"], answer)]
        case "multiple":
            return [text_of(question["options"], option) for option in answer]
        case "ordering":
            return {text_of(question["items"], item): str(rank) for rank, item in enumerate(answer, start=1)}
        case "matching":
            return {text_of(question["left"], left): text_of(question["right"], to) for left, to in answer.items()}
        case "true_false":
            return ["Vrai" if answer else "Faux"]
        case "short_text":
            return [question["accepted"][0]]
        case _:
            return [str(answer).replace(".", ",")]


def text_of(options: list[dict], wanted: str) -> str:
    return plain(next(option["text"] for option in options if option["id"] == wanted))
