"""The blocks of a lesson (StreamField). Each has a light template under templates/courses/blocks/.

What an editor sees of a block (icon, group, description, preview) stands in its `Meta`, which migrations leave out.
"""

from wagtail import blocks

from courses.blocks.boxes import FurtherBlock, ImportantBlock, MicroActionBlock, PracticeBlock, RememberBlock
from courses.blocks.checks import QuickCheckBlock
from courses.blocks.features import PROSE_FEATURES, SHORT_FEATURES
from courses.blocks.files import AudioBlock, DownloadBlock, VideoBlock
from courses.blocks.pictures import FigureBlock, LessonImageBlock
from courses.blocks.structure import AccordionBlock, CodeBlock, ProseBlock, StepsBlock
from courses.blocks.tables import ComparisonBlock
from courses.blocks.texts import DefinitionBlock, LawQuoteBlock

__all__ = ["PROSE_FEATURES", "SHORT_FEATURES", "LessonBody"]


class LessonBody(blocks.StreamBlock):
    """What a lesson is made of."""

    prose = ProseBlock(features=PROSE_FEATURES)
    remember = RememberBlock()
    practice = PracticeBlock()
    important = ImportantBlock()
    further = FurtherBlock()
    image = LessonImageBlock()
    figure = FigureBlock()
    audio = AudioBlock()
    video = VideoBlock()
    download = DownloadBlock()
    accordion = AccordionBlock()
    steps = StepsBlock()
    comparison = ComparisonBlock()
    code = CodeBlock()
    definition = DefinitionBlock()
    law_quote = LawQuoteBlock()
    micro_action = MicroActionBlock()
    quick_check = QuickCheckBlock()

    class Meta:
        template = "courses/blocks/body.html"
