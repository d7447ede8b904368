"""The holder's pages: their certificates, the documents, and who may see what."""

from django.conf import settings
from django.contrib import messages
from django.core.files.storage import storages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView

from certificates import storage
from certificates.actions import choose_visibility, renew_link
from certificates.actions.picturing import ask_for_picture, picture_to_show
from certificates.actions.programme_renewals import outlook_of
from certificates.credentials.picture import png_badge, svg_badge
from certificates.facts import printed_facts, standing_of
from certificates.forms import VisibilityForm
from certificates.linkedin import linkedin_address
from certificates.models import Certificate, Recertification
from certificates.verifying.checks_made import checks_of
from certificates.waiting import waits_of


class CertificateList(ListView):
    """The certificates of the signed-in person, those being issued too."""

    paginate_by = 20
    template_name = "certificates/mine.html"

    def get_queryset(self):
        rows = Certificate.objects.filter(person=self.request.user).exclude(state=Certificate.State.VOID)
        return rows.prefetch_related("files").order_by("-issued_on", "-pk")

    def get_context_data(self, **kwargs):
        updates = list(Recertification.objects.open_of(self.request.user))
        return super().get_context_data(waiting=waits_of(self.request.user), updates=updates, **kwargs)


mine = never_cache(CertificateList.as_view())


@require_safe
@never_cache
def certificate(request, pk):
    certificate = get_object_or_404(
        Certificate.objects.visible_to(request.user).select_related("credential").prefetch_related("files"), pk=pk
    )
    printed = certificate.printed
    is_holder = certificate.person_id == request.user.pk
    file = certificate.current_file()
    picture = picture_to_show(certificate) if file else None
    shared_url = request.build_absolute_uri(certificate.shared_path)
    context = {
        "certificate": certificate,
        "printed": printed,
        "facts": printed_facts(printed),
        "standing": standing_of(certificate, timezone.localdate()) if certificate.is_issued else None,
        "file": file,
        "picture": picture,
        "picture_is_coming": bool(file and not picture and not certificate.erased_at and ask_for_picture(file)),
        "is_holder": is_holder,
        "has_badge": hasattr(certificate, "credential") and not certificate.erased_at,
        "shared_url": shared_url,
        "linkedin_url": linkedin_address(certificate, shared_url),
        "visibility_form": VisibilityForm(initial={"visibility": certificate.visibility}),
        "checks": checks_of(certificate, timezone.localdate()),
        "outlook": outlook_of(certificate, timezone.localdate()) if is_holder and certificate.is_of_programme else None,
        "trail": [(_("Mes certificats"), reverse("certificates:mine")), (certificate.printed_number, None)],
    }
    return render(request, "certificates/certificate.html", context)


@require_safe
@never_cache
def download(request, pk):
    """The stored bytes, as they were sealed."""
    visible = Certificate.objects.visible_to(request.user).published()
    certificate = get_object_or_404(visible, pk=pk)
    if certificate.erased_at:
        raise Http404
    file = certificate.current_file()
    return HttpResponse(
        storage.read(file.storage_name, file.sha256),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="certificat-{certificate.printed_number}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_safe
@cache_control(private=True, no_cache=True)  # kept by the browser, and asked for again: whether it may still be seen
def picture(request, pk):
    """What the document looks like."""
    visible = Certificate.objects.visible_to(request.user).published()
    found = picture_to_show(get_object_or_404(visible, pk=pk))
    if found is None:
        raise Http404
    etag = f'"{found.storage_name}"'
    if unchanged := get_conditional_response(request, etag):
        return unchanged
    with storages["private"].open(found.storage_name) as file:
        headers = {"ETag": etag, "X-Content-Type-Options": "nosniff"}
        return HttpResponse(file.read(), content_type="image/webp", headers=headers)


@require_safe
@never_cache
def badge(request, pk, form):
    """The Open Badge: its picture with the credential inside, or the credential alone in one of its two signed forms."""
    visible = Certificate.objects.visible_to(request.user).published().select_related("credential")
    certificate = get_object_or_404(visible, pk=pk, credential__isnull=False, erased_at__isnull=True)
    printed, credential = certificate.printed, certificate.credential
    said = printed.course_title, printed.issuer, printed.assurance, credential.document
    content, media_type = {
        "png": lambda: (png_badge(*said, settings.LMS_FONTS_DIR), "image/png"),
        "svg": lambda: (svg_badge(*said), "image/svg+xml"),
        "json": lambda: (credential.document, "application/vc"),
        "jwt": lambda: (credential.token, "application/vc+jwt"),
    }[form]()
    name = f"badge-{certificate.printed_number}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


@require_POST
def visibility(request, pk):
    """The holder, and nobody for them, says what strangers who have the code are shown."""
    certificate = get_object_or_404(Certificate.objects.filter(person=request.user), pk=pk)
    form = VisibilityForm(request.POST)
    if form.is_valid():
        choose_visibility(certificate, form.cleaned_data["visibility"], request.user)
        messages.success(request, _("C’est noté : la page de vérification en tient compte dès maintenant."))
    else:
        messages.error(request, _("Choisissez l’une des trois possibilités."))
    return redirect(certificate)


@require_POST
def new_link(request, pk):
    """Close the links given so far."""
    certificate = get_object_or_404(Certificate.objects.filter(person=request.user), pk=pk)
    renew_link(certificate, request.user)
    messages.success(request, _("Votre lien est changé : les anciens ne s’ouvrent plus."))
    return redirect(certificate)
