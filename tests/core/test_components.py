"""The component tags say what a person sees, to the letter."""

import re

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from lms.core.templatetags.components import motif
from lms.core.templatetags.icons import ICONS
from lms.core.typography import french

CHECK = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m4.5 12.5 5 5 10-11"/></svg>'


def render(source, **context):
    return Template("{% load components %}" + source).render(Context(context))


def squeeze(html):
    """The same HTML without the spaces that lay it out."""
    return re.sub(r">\s+<", "><", re.sub(r"\s+", " ", html)).strip()


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(None, "–"), (0, "0 min"), (45, "45 min"), (60, "1 h"), (65, "1 h 05"), (80, "1 h 20")],
)
def test_duration_reads_as_one_says_it(minutes, text):
    assert render("{% duration minutes %}", minutes=minutes).replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("size_bytes", "text"), [(0, "1 ko"), (57_755, "58 ko"), (999_400, "999 ko"), (1_250_000, "1,2 Mo")]
)
def test_weight_reads_as_one_says_it(size_bytes, text):
    assert render("{% weight size_bytes %}", size_bytes=size_bytes).replace("\xa0", " ") == text


def test_icon_is_silent_unless_labelled():
    assert render('{% icon "check" %}') == CHECK
    assert 'role="img" aria-label="Terminé &lt;"' in render('{% icon "check" label %}', label="Terminé <")


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icons_draw_within_their_grid(name):
    assert re.fullmatch(r"(<(path|circle|rect)( [a-z]+=\"[^\"]+\")+/>)+", ICONS[name])


def test_badge_escapes_its_text():
    assert render('{% badge text "success" %}', text="<i>") == '<span class="badge badge--success">&lt;i&gt;</span>'
    assert render('{% badge "Neutre" %}') == '<span class="badge badge--neutral">Neutre</span>'


def test_button_link_with_and_without_an_icon():
    assert render('{% button_link "/a/" "Lire" %}') == '<a class="button button--primary" href="/a/">Lire</a>'
    expected = f'<a class="button button--ghost" href="/a/">{CHECK}Lire</a>'
    assert render('{% button_link "/a/" "Lire" "ghost" "check" %}') == expected


def test_stat_names_its_figure():
    expected = '<div class="stat"><dt class="stat__label">agents</dt><dd class="stat__value">24</dd></div>'
    assert render('{% stat 24 "agents" %}') == expected


def test_card_links_its_title_at_the_level_asked():
    html = squeeze(render('{% card title=title level=2 url="/a/" %}<p>Texte</p>{% endcard %}', title="L’eau & nous"))
    assert html == (
        '<article class="card"><h2 class="card__title"><a href="/a/">L’eau &amp; nous</a></h2>'
        '<div class="card__body"><p>Texte</p></div></article>'
    )


def test_card_escapes_what_stands_inside():
    assert "&lt;script&gt;" in render("{% card %}{{ text }}{% endcard %}", text="<script>")


@pytest.mark.parametrize("kind", ["info", "success", "warning", "error"])
def test_notice_of_each_kind(kind):
    html = squeeze(render("{% notice kind=kind title='Attention' %}<p>Texte</p>{% endnotice %}", kind=kind))
    assert html.startswith(f'<div class="notice notice--{kind}"><svg class="icon"')
    assert html.endswith('<div class="notice__body"><p class="notice__title">Attention</p><p>Texte</p></div></div>')


@pytest.mark.parametrize(("value", "shown"), [(None, 0), (-3, 0), (40, 40), (99.9, 99), (140, 100)])
def test_progress_bar_stays_between_0_and_100(value, shown):
    html = squeeze(render('{% progress_bar value=value label="Leçons" show_label=False %}', value=value))
    assert html == (
        '<div class="progress"><span class="visually-hidden" aria-hidden="true">Leçons</span>'
        f'<progress class="progress__bar" value="{shown}" max="100" aria-label="Leçons">{shown} %</progress>'
        f'<span class="progress__value">{shown} %</span></div>'
    )


def test_empty_state_says_what_to_do():
    html = squeeze(render('{% empty_state title="Rien" text="Encore." action_url="/a/" action_label="Faire" %}'))
    assert html.endswith(
        '<h3 class="empty__title">Rien</h3><p class="empty__text">Encore.</p>'
        '<a class="button button--primary" href="/a/">Faire</a></div>'
    )
    assert "<a" not in render('{% empty_state title="Rien" %}')


def test_breadcrumbs_mark_the_page_itself():
    html = squeeze(render("{% breadcrumbs items %}", items=[("Formations", "/f/"), ("X-Road <3", None)]))
    assert html == (
        '<nav class="breadcrumbs" aria-label="Fil d’Ariane"><ol class="breadcrumbs__list">'
        '<li class="breadcrumbs__item"><a class="breadcrumbs__link" href="/f/">Formations</a></li>'
        '<li class="breadcrumbs__item"><span aria-current="page">X-Road &lt;3</span></li></ol></nav>'
    )


@pytest.mark.parametrize(
    ("held", "required", "text", "patches"),
    [
        (2, 3, "Niveau 2 acquis, niveau 3 attendu, sur 5", ["held", "held", "missing", "beyond", "beyond"]),
        (4, 3, "Niveau 4 acquis, niveau 3 attendu, sur 5", ["held"] * 4 + ["beyond"]),
        (None, 0, "Niveau 0 sur 5", ["beyond"] * 5),
    ],
)
def test_level_meter_says_in_words_what_it_draws(held, required, text, patches):
    html = render("{% level_meter held required %}", held=held, required=required)
    assert f'<span class="visually-hidden">{text}</span>' in html
    assert re.findall(r"level-meter__(held|missing|beyond)", html) == patches


def test_score_ring_marks_the_pass_mark():
    html = render("{% score_ring 82.4 70 %}")
    assert 'class="score-ring score-ring--passed"' in html
    assert 'aria-label="Note : 82 %, seuil de réussite : 70 %"' in html
    assert 'stroke-dasharray="82 100"' in html
    assert 'transform="rotate(252 50 50)"' in html
    assert 'class="score-ring"' in render("{% score_ring 45 70 %}")


def test_pagination_keeps_the_filters():
    page = Paginator(range(100), 10).page(2)
    html = render("{% pagination page %}", page=page, request=RequestFactory().get("/?q=a%26b&page=2"))
    assert 'rel="prev" href="?q=a%26b&amp;page=1"' in html
    assert 'rel="next" href="?q=a%26b&amp;page=3"' in html
    assert 'href="?q=a%26b&amp;page=2" aria-current="page"' in html


def test_pagination_of_one_page_shows_nothing():
    assert render("{% pagination page %}", page=Paginator([1], 10).page(1)).strip() == ""


class WishForm(forms.Form):
    name = forms.CharField(
        label="Nom", help_text="Comme sur le certificat", error_messages={"required": "Écrivez votre nom."}
    )
    remark = forms.CharField(label="Remarque", required=False)
    agree = forms.BooleanField(label="J’accepte")
    size = forms.ChoiceField(label="Taille", choices=[("s", "Petite")], widget=forms.RadioSelect)


def test_field_ties_label_help_and_errors_together():
    html = squeeze(render("{% field form.name %}", form=WishForm({})))
    assert html == (
        '<div class="field field--error"><label for="id_name">Nom</label>'
        '<div class="field__help" id="id_name_helptext">Comme sur le certificat</div>'
        '<input type="text" name="name" required aria-invalid="true" aria-describedby="id_name_helptext id_name_error" '
        'id="id_name"><ul class="field__errors" id="id_name_error"><li>Écrivez votre nom.</li></ul></div>'
    )


def test_field_says_what_is_optional():
    assert '<span class="field__optional">(facultatif)</span>' in render("{% field form.remark %}", form=WishForm())


def test_a_checkbox_stands_in_its_label():
    html = squeeze(render("{% field form.agree %}", form=WishForm()))
    assert html == (
        '<div class="field field--check"><label for="id_agree"><input type="checkbox" name="agree" required '
        'id="id_agree"><span>J’accepte</span></label></div>'
    )


def test_radio_buttons_are_a_group_with_a_legend():
    assert squeeze(render("{% field form.size %}", form=WishForm())).startswith(
        '<fieldset class="field"><legend>Taille</legend>'
    )


def test_motif_of_a_code_never_changes():
    assert [motif(code) for code in ("messagerie-hygiene", "pki-signature")] == ["m6", "m5"]
    assert {motif(str(number)) for number in range(60)} == {"m1", "m2", "m3", "m4", "m5", "m6"}


OUTLINE = [
    {"title": "Lire", "url": "/1/", "minutes": 12, "kind": "lesson", "state": "done", "is_current": False},
    {"title": "Écrire", "url": "/2/", "minutes": 15, "kind": "lesson", "state": "todo", "is_current": True},
    {"title": "Évaluation", "url": None, "minutes": None, "kind": "quiz", "state": "locked", "is_current": False},
]


def test_outline_says_what_is_done_current_and_locked():
    html = squeeze(render('{% include "components/outline.html" with items=items only %}', items=OUTLINE))
    assert html.count("<a ") == 2
    assert 'href="/2/" aria-current="page"' in html
    assert 'Lire <span class="visually-hidden">(terminé)</span>' in html
    assert 'Évaluation <span class="visually-hidden">(pas encore ouvert)</span>' in html


def test_step_nav_leads_both_ways():
    source = '{% include "components/step_nav.html" with previous=previous next=next only %}'
    html = render(source, previous=None, next={"title": "Écrire", "url": "/2/"})
    assert "Précédent" not in html
    assert 'rel="next" href="/2/"' in html


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("l'agent", "l’agent"),
        ("privé : marchés", "privé\xa0: marchés"),
        ("Vraiment ?", "Vraiment\u202f?"),
        ("« oui »", "«\xa0oui\xa0»"),
        ("voir http://a.example:80 à 10:30", "voir http://a.example:80 à 10:30"),
        ("70 %", "70\xa0%"),
    ],
)
def test_french_typography_holds_its_spaces(typed, set_):
    assert french(typed) == set_
    assert french(set_) == set_


@pytest.mark.django_db  # the frame asks for the identity of the platform
@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "429"])
def test_error_pages_say_what_to_do(code):
    request = RequestFactory().get("/perdu/")
    request.user = AnonymousUser()
    html = render_to_string(f"{code}.html", request=request)
    assert html.count("<h1>") == 1
    assert f"Erreur {code[:3]}" in html
    assert '<a class="button button--primary" href="/formations/">Voir les formations</a>' in html


def test_the_page_of_a_failure_needs_nothing():
    html = render_to_string("500.html")
    assert "<h1>La panne vient de nous</h1>" in html


@pytest.mark.django_db
def test_no_inline_style_or_script_in_the_frame():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    html = render_to_string("404.html", request=request)
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|https?://(?!www\.w3\.org)", html)


def test_demo_accounts_show_on_demonstration_sites_only(settings):  # the fixture, which restores them
    source = "{% load demo %}{% demo_accounts %}"
    settings.LMS_DEMO = True
    assert "<code>agent@demo.example</code>" in render(source)
    settings.LMS_DEMO = False
    assert render(source).strip() == ""


@pytest.mark.django_db
def test_the_accessibility_statement_is_open_to_all(client):
    assert "<h1>Accessibilité</h1>" in client.get("/accessibilite/").content.decode()


def nav_of(path, user=None, **context):
    request = RequestFactory().get(path)
    html = render("{% load navigation %}{% navigation %}", request=request, user=user or AnonymousUser(), **context)
    return re.findall(r'href="([^"]+)"(?: aria-current="(\w+)")?', html)


class Member:
    is_authenticated = True


def test_navigation_shows_each_reader_their_entries_and_marks_the_place():
    assert nav_of("/formations/x/", nav_may_see_people=True) == [("/formations/", "true"), ("/verifier/", "")]
    assert nav_of("/mon-espace/", Member()) == [
        ("/formations/", ""),
        ("/mon-espace/", "page"),
        ("/mes-competences/", ""),
        ("/verifier/", ""),
    ]
    assert ("/equipe/", "true") in nav_of("/equipe/3/", Member(), nav_may_see_people=True)


def test_every_static_file_named_in_a_template_exists():
    named = {
        path
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for path in re.findall(r"{% static [\"']([^\"']+)[\"'] %}", template.read_text())
    }
    assert {path for path in named if finders.find(path) is None} == set()
