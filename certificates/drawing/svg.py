"""A logo given as SVG, taken apart into filled and stroked paths: nothing else of the file is kept.

The file is a stranger's: parsed without entities (defusedxml), read against short lists of elements and attributes,
refused with the reason as soon as it asks for anything that is not drawing (a script, a reference, a picture, a style
sheet, a font), and rewritten as numbers of ours.
"""

import math
import re
import zlib
from dataclasses import dataclass, replace

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _
from fontTools.misc.transform import Identity, Transform
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from fontTools.svgLib.path.shapes import PathBuilder
from PIL import ImageColor

from certificates.design import Logo

LARGEST_BYTES = 300_000
# Squeezed, as the document carries it, for a sealed certificate to stay under 75 kB; and before, for a page to stay quick.
HEAVIEST_BYTES, LONGEST = 8_000, 60_000
DEEPEST = 30
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
GROUPS = {"svg", "g"}
SILENT = {
    "title",
    "desc",
    "metadata",
    "namedview",
    "defs",
}  # `defs` only when empty: what it holds is used by reference
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
FARTHEST = 1e6


class LogoRefused(Exception):
    """The file is not a drawing that a document may carry; the message says why and what to do."""


@dataclass(frozen=True)
class Look:
    """What a shape inherits from the groups around it."""

    fill: str = "black"
    stroke: str = "none"
    width: float = 1
    rule: str = "nonzero"
    transform: Transform = Identity


def read_logo(content: bytes, alt: str) -> Logo:
    """The logo, its operators in a box that starts at 0, 0 with the y axis upwards. Raises LogoRefused."""
    if len(content) > LARGEST_BYTES:
        raise LogoRefused(_("Ce fichier dépasse 300 ko : simplifiez le dessin."))
    try:
        root = fromstring(content, forbid_dtd=False)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise LogoRefused(_("Ce fichier n’est pas un dessin SVG lisible.")) from error
    if local_name(root) != "svg":
        raise LogoRefused(_("Ce fichier n’est pas un dessin SVG lisible."))
    left, top, width, height = box_of(root)
    pieces: list[str] = []
    try:
        walk(root, Look(transform=Transform(1, 0, 0, -1, -left, top + height)), pieces, 0)
    except (ValueError, IndexError, AssertionError, NotImplementedError, OverflowError, TypeError) as error:
        raise LogoRefused(_("Un tracé de ce dessin ne se lit pas : réenregistrez-le en « SVG simple ».")) from error
    if not pieces:
        raise LogoRefused(_("Ce dessin ne contient aucun tracé visible : convertissez textes et objets en tracés."))
    operators = "\n".join(pieces)
    weight = len(zlib.compress(operators.encode()))
    if weight > HEAVIEST_BYTES or len(operators) > LONGEST:
        raise LogoRefused(
            _(
                "Ce dessin est trop détaillé (%(weight)s ko une fois réduit, 8 au plus ; %(length)s signes, 60 000 au plus) : simplifiez ses tracés."
            )
            % {"weight": math.ceil(weight / 1000), "length": len(operators)}
        )
    return Logo(alt, round(width, 2), round(height, 2), operators)


def local_name(element) -> str:
    """Without its namespace; the editors' own elements too, so that they are named in a refusal."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def box_of(root) -> tuple[float, float, float, float]:
    """Left, top, width, height of the drawing, from `viewBox` or else its size in pixels."""
    given = root.get("viewBox")
    values = re.findall(NUMBER, given) if given else ["0", "0", plain(root.get("width")), plain(root.get("height"))]
    try:
        left, top, width, height = (bounded(float(value)) for value in values)
    except ValueError as error:
        raise LogoRefused(
            _("Ce dessin ne dit pas sa taille (viewBox) : réenregistrez-le en « SVG simple ».")
        ) from error
    if width <= 0 or height <= 0 or not 0.1 <= width / height <= 10:
        raise LogoRefused(_("Ce dessin est vide, ou dix fois plus long que large : recadrez-le."))
    return left, top, width, height


def plain(length: str | None) -> str:
    return (length or "").strip().removesuffix("px")


def bounded(value: float) -> float:
    if not math.isfinite(value) or abs(value) > FARTHEST:
        raise ValueError(value)
    return value


def walk(element, look: Look, pieces: list[str], depth: int) -> None:
    """Append the operators of each shape, in the order they are painted."""
    name = local_name(element)
    refuse_what_is_no_drawing(element, name, depth)
    if name in SILENT or not name:
        if name == "defs" and len(element):
            raise LogoRefused(_("Ce dessin emploie des dégradés ou des symboles : gardez des aplats et des tracés."))
        return
    look = inherited(look, element)
    if name in SHAPES:
        pieces += painted(element, look)
    for child in element:
        walk(child, look, pieces, depth + 1)


def refuse_what_is_no_drawing(element, name: str, depth: int) -> None:
    if depth > DEEPEST:
        raise LogoRefused(_("Ce dessin est trop imbriqué : dégroupez ses objets."))
    if name and name not in SHAPES | GROUPS | SILENT:
        raise LogoRefused(
            _("Ce dessin contient « %(name)s » : seuls des tracés sont admis. Convertissez textes et objets en tracés.")
            % {"name": name[:30]}
        )
    for attribute, value in element.items():
        key = attribute.rpartition("}")[2].lower()
        if key.startswith("on") or key == "href" or "url(" in value.lower() or "script:" in value.lower():
            raise LogoRefused(
                _("Ce dessin contient un script ou une référence (« %(name)s ») : gardez des tracés en aplats.")
                % {"name": key[:30]}
            )


def inherited(look: Look, element) -> Look:
    """The look of an element: its attributes, then its `style`, over that of its group."""
    said = dict(element.items()) | declarations(element.get("style", ""))
    for name in ("opacity", "fill-opacity", "stroke-opacity"):
        if name in said and float(said[name].removesuffix("%")) not in (1, 100):
            raise LogoRefused(_("Ce dessin est en partie transparent : un document d’archive n’en veut pas."))
    hidden = said.get("display") == "none" or said.get("visibility") == "hidden"
    return replace(
        look,
        fill="none" if hidden else colour(said.get("fill"), look.fill),
        stroke="none" if hidden else colour(said.get("stroke"), look.stroke),
        width=bounded(float(plain(said["stroke-width"]))) if "stroke-width" in said else look.width,
        rule=said.get("fill-rule", look.rule),
        transform=look.transform.transform(transform_of(said.get("transform", ""))),
    )


def declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def colour(said: str | None, around: str) -> str:
    """A colour as it is written, checked; `none`, or that of the group around."""
    if said is None or said in ("inherit", "currentColor"):
        return around
    if said != "none":
        ImageColor.getrgb(said)
    return said


def transform_of(said: str) -> Transform:
    """The transformations of an attribute, the last applied first."""
    whole = Identity
    for name, values in re.findall(r"([a-zA-Z]+)\s*\(([^)]*)\)", said):
        numbers = [bounded(float(number)) for number in re.findall(NUMBER, values)]
        whole = whole.transform(TRANSFORMS[name](*numbers) if name in TRANSFORMS else not_drawn())
    return whole


def not_drawn():
    raise ValueError


def rotation(degrees: float, x: float = 0, y: float = 0) -> Transform:
    return Identity.translate(x, y).rotate(math.radians(degrees)).translate(-x, -y)


TRANSFORMS = {
    "matrix": lambda a, b, c, d, e, f: Transform(a, b, c, d, e, f),
    "translate": lambda x, y=0: Identity.translate(x, y),
    "scale": lambda x, y=None: Identity.scale(x, x if y is None else y),
    "rotate": rotation,
    "skewX": lambda degrees: Identity.skew(math.radians(degrees), 0),
    "skewY": lambda degrees: Identity.skew(0, math.radians(degrees)),
}


class OperatorPen(BasePen):
    """Writes the outline it follows as PDF operators."""

    def __init__(self, transform: Transform):
        super().__init__(None)
        self.transform, self.operators = transform, []

    def add(self, operator: str, *points):
        placed = [bounded(part) for point in points for part in self.transform.transformPoint(point)]
        self.operators.append(" ".join([*(f"{part:.2f}".rstrip("0").rstrip(".") for part in placed), operator]))

    def _moveTo(self, point):
        self.add("m", point)

    def _lineTo(self, point):
        self.add("l", point)

    def _curveToOne(self, first, second, end):
        self.add("c", first, second, end)

    def _closePath(self):
        self.operators.append("h")


def painted(element, look: Look) -> list[str]:
    """The operators of one shape, none when it is not to be seen."""
    has_stroke = look.stroke != "none" and look.width > 0
    if look.fill == "none" and not has_stroke:
        return []
    bare = element.makeelement(local_name(element), {k: plain(v) for k, v in element.items() if k != "transform"})
    builder = PathBuilder()
    builder.add_path_from_element(bare)
    pen = OperatorPen(look.transform)
    for path in builder.paths:
        parse_path(path, pen)
    if not pen.operators:
        return []
    setting = []
    if look.fill != "none":
        setting.append(f"{rgb(look.fill)} rg")
    if has_stroke:
        scale = math.sqrt(abs(area(look)))
        setting.append(f"{rgb(look.stroke)} RG {look.width * scale:.2f} w")
    both = "B" if look.fill != "none" and has_stroke else "f" if look.fill != "none" else "S"
    even = "*" if look.rule == "evenodd" and both != "S" else ""
    return [*setting, *pen.operators, both + even]


def area(look: Look) -> float:
    """By how much the transformation multiplies areas."""
    xx, xy, yx, yy, _, _ = look.transform
    return xx * yy - xy * yx


def rgb(said: str) -> str:
    return " ".join(f"{part / 255:.3g}" for part in ImageColor.getrgb(said)[:3])
