"""Logos: drawings are kept as numbers of ours, anything else is refused with its reason."""

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st

from certificates.design import Colours, DesignContent, default_content
from certificates.drawing.sheet import draw_certificate
from certificates.drawing.svg import LARGEST_BYTES, LogoRefused, read_logo
from certificates.rules.colours import contrast, hard_to_read
from tests.certificates.makers import a_snapshot

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60">'
DRAWING = f"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
{HEAD}<title>Drapeau</title><defs/>
<g transform="translate(10,5) scale(.5)" style="fill:#008751; stroke:none">
<rect width="40" height="60"/><circle cx="70" cy="30" r="20" fill="gold" stroke="#e8112d" stroke-width="4"/>
<path d="M0 0 A 10 10 0 0 1 20 20 Q 30 30 40 20 z" fill-rule="evenodd"/></g>
<path d="M0 0H9" display="none"/></svg>"""


def refusal(content: str | bytes) -> str:
    with pytest.raises(LogoRefused) as refused:
        read_logo(content if isinstance(content, bytes) else content.encode(), "Logo")
    return str(refused.value)


def test_drawing_is_kept_as_filled_and_stroked_paths_from_the_bottom_up():
    logo = read_logo(DRAWING.encode(), "Drapeau")
    assert (logo.alt, logo.width, logo.height) == ("Drapeau", 100, 60)
    lines = logo.operators.splitlines()
    assert lines[:7] == ["0 0.529 0.318 rg", "10 55 m", "30 55 l", "30 25 l", "10 25 l", "10 55 l", "h"]
    assert "0.91 0.0667 0.176 RG 2.00 w" in lines
    assert [line for line in lines if line in ("f", "f*", "B", "S")] == ["f", "B", "f*"]


def test_logos_are_drawn_with_what_they_represent():
    logo = read_logo(DRAWING.encode(), "Drapeau du Bénin")
    content = default_content("certificate")
    design = DesignContent(content.kind, content.languages, content.texts, logos=(logo, logo, logo))
    drawn = draw_certificate(a_snapshot(), django_settings.LMS_FONTS_DIR, False, design)
    assert drawn.count(b"/S /Figure") == 4  # and the QR code


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEAD}<script>alert(1)</script></svg>", "« script »"),
        (f"{HEAD}<style>a{{}}</style></svg>", "« style »"),
        (f"{HEAD}<text>CTD</text></svg>", "« text »"),
        (f'{HEAD}<image href="http://198.51.100.1/a.png"/></svg>', "« image »"),
        (f'{HEAD}<use href="#a"/></svg>', "« use »"),
        (f"{HEAD}<foreignObject/></svg>", "« foreignObject »"),
        (f'{HEAD}<path d="M0 0H9" onload="alert(1)"/></svg>', "« onload »"),
        (f'{HEAD}<path d="M0 0H9" fill="url(#g)"/></svg>', "« fill »"),
        (f'{HEAD}<path d="M0 0H9" style="fill:url(http://198.51.100.1)"/></svg>', "« style »"),
        (f"{HEAD}<defs><linearGradient/></defs></svg>", "dégradés"),
        (f'{HEAD}<path d="M0 0H9" opacity=".5"/></svg>', "transparent"),
        (f'{HEAD}<path d="M0 0 ET Q BT z"/></svg>', "ne se lit pas"),
        (f'{HEAD}<path d="M 1e999 0 L 1 1 z"/></svg>', "ne se lit pas"),
        (f'{HEAD}<path d="M 0 0 L 1e7 1 z"/></svg>', "ne se lit pas"),
        (f'{HEAD}<path d="M0 0H9" fill="red) Tj ET Q"/></svg>', "ne se lit pas"),
        (f'{HEAD}<path d="M0 0H9" transform="explode(3)"/></svg>', "ne se lit pas"),
        (f'{HEAD}<rect width="large" height="1"/></svg>', "ne se lit pas"),
        (f"{HEAD}</svg>", "aucun tracé"),
        (f"{HEAD}{'<g>' * 5000}{'</g>' * 5000}</svg>", "imbriqué"),
        ('<svg viewBox="0 0 9 9"><path d="' + "M0 0L9 9z" * 30_000 + '"/></svg>', "trop détaillé"),
        ("<svg><path d='M0 0H9'/></svg>", "taille"),
        ('<svg viewBox="0 0 900 9"><path d="M0 0H9"/></svg>', "recadrez"),
        ('<svg viewBox="0 0 0 9"><path d="M0 0H9"/></svg>', "recadrez"),
        ("<html/>", "n’est pas un dessin SVG"),
        (b"\x89PNG\r\n", "n’est pas un dessin SVG"),
        (b"", "n’est pas un dessin SVG"),
        ('<!DOCTYPE s [<!ENTITY a "M0 0H9">]><svg viewBox="0 0 9 9"><path d="&a;"/></svg>', "n’est pas un dessin SVG"),
        (
            '<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg viewBox="0 0 9 9"><path d="&a;"/></svg>',
            "n’est pas un dessin SVG",
        ),
        (b" " * (LARGEST_BYTES + 1), "300 ko"),
    ],
)
def test_what_is_no_drawing_is_refused_with_its_reason(content, said):
    assert said in refusal(content)


@given(st.text(alphabet="MmLlHhVvCcSsQqTtAaZz0123456789 .,-+eE()", max_size=60))
def test_whatever_a_path_holds_gives_numbers_and_operators_or_a_refusal(path):
    try:
        logo = read_logo(f'{HEAD}<path d="{path}"/></svg>'.encode(), "Logo")
    except LogoRefused:
        return
    assert set(logo.operators) <= set("0123456789.- \nmlchfrg")


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("colours", "named"),
    [
        (Colours(), []),
        (Colours(main="#ffee00"), ["main"]),
        (Colours(second="#888888", accent="#e8a0a0"), ["second", "accent"]),
        (Colours(ground="#333333"), ["ground"]),
    ],
)
def test_colours_that_paper_would_not_show_are_named(colours, named):
    assert hard_to_read(colours) == named
