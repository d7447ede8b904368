"""People: users, the organisation tree, dated posts, roles with scope, and the one scoping rule."""

from django.contrib.auth.models import AbstractUser, Group, Permission
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from lms.people.rules import plain_name
from lms.skills.models import JobProfile


def in_force_on(day, prefix=""):
    """Condition: a dated row (`starts_on`, `ends_on`, both inclusive, open end allowed) is in force on `day`."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day})
    )


def inside(paths, prefix=""):
    """Condition: a unit (reached by `prefix`) is one of those at `paths`, or below one; nothing for no path.

    Every step of a path has the same length, so a path that starts with another is that of a descendant.
    """
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


class UnitQuerySet(MP_NodeQuerySet):
    def in_scope_of(self, user, permission: str, on=None):
        """Units under which `user` holds `permission` ("app_label.codename") by a role in force on the day `on`."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(inside(RoleAssignment.objects.scope_paths(user, permission, on)))


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):
    """Units in tree order, as treebeard expects."""

    def get_queryset(self):
        return UnitQuerySet(self.model, using=self._db).order_by("path")


class Unit(MP_Node):
    """A node of the organisation tree: State, ministry, directorate, agency, department, commune."""

    class Kind(models.TextChoices):
        STATE = "state", _("État")
        PRESIDENCY = "presidency", _("Présidence")
        MINISTRY = "ministry", _("Ministère")
        DIRECTORATE = "directorate", _("Direction")
        AGENCY = "agency", _("Agence")
        AUTHORITY = "authority", _("Autorité")
        COMPANY = "company", _("Société")
        ASSOCIATION = "association", _("Association")
        DEPARTMENT = "department", _("Département")
        COMMUNE = "commune", _("Commune")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind.choices)
    starts_on = models.DateField(_("créée le"), null=True, blank=True)
    ends_on = models.DateField(_("supprimée le"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)

    # Siblings keep the order they were added in (that of the government for ministries): sorting them in the tree
    # would rewrite the paths of many rows at each addition.
    objects = UnitManager()

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")

    def __str__(self):
        return self.name

    def name_in_tree(self):
        """The name, set back by its depth."""
        return "\u2003" * (self.depth - 1) + self.name

    name_in_tree.short_description = _("nom")


class UserQuerySet(models.QuerySet):
    def visible_to(self, user, permission: str = "people.view_user", on=None):
        """The one scoping rule: whom `user` may see. Default deny.

        Everyone sees themself; a manager, the people whose post in force names them; a role that carries
        `permission` ("app_label.codename"), the people with a post in force inside the role's unit; a superuser, all.
        """
        if not user.is_active:  # an anonymous is not
            return self.none()
        if user.is_superuser:
            return self
        paths = RoleAssignment.objects.scope_paths(user, permission, on)
        posts = Post.objects.in_force(on).filter(Q(manager=user) | inside(paths, "unit__"))
        return self.filter(Q(pk=user.pk) | Q(pk__in=posts.values("person")))

    def in_scope_of(self, user, permission: str, on=None):
        """The narrower rule of acts on others: only the people inside the units of a role that carries `permission`."""
        if user.is_active and user.is_superuser:
            return self
        paths = RoleAssignment.objects.scope_paths(user, permission, on)
        return self.filter(pk__in=Post.objects.in_force(on).filter(inside(paths, "unit__")).values("person"))


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):
    """Creates users known by e-mail alone."""

    use_in_migrations = True

    def _create_user(self, email, password, **extra):
        if not email:
            raise ValueError("An e-mail address is required.")
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email, password=None, **extra):
        return self._create_user(email, password, **{"is_staff": False, "is_superuser": False, **extra})

    def create_superuser(self, email, password=None, **extra):
        return self._create_user(email, password, **{"is_staff": True, "is_superuser": True, **extra})

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractUser):
    """A person with an account, known by e-mail; no national identification number is held."""

    username = None
    email = models.EmailField(_("adresse électronique"), unique=True)
    matricule = models.CharField(
        _("matricule"),
        max_length=30,
        blank=True,
        db_index=True,
        help_text=_("Facultatif ; un même matricule ne sert qu’une fois dans un ministère ou une agence."),
    )
    is_demo = models.BooleanField(_("compte de démonstration"), default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]
    objects = UserManager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="people_email_once_whatever_the_case",
                violation_error_message=_("Un compte a déjà cette adresse."),
            )
        ]
        # Wagtail's own user pages ask for change_user, whatever the person: only superusers hold that one.
        permissions = [("correct_user", _("Peut corriger le nom et le matricule des personnes de son périmètre"))]
        verbose_name = _("personne")
        verbose_name_plural = _("personnes")

    def __str__(self):
        return self.get_full_name() or self.email

    def save(self, *args, **kwargs):
        self.email = self.email.lower()
        self.first_name, self.last_name = plain_name(self.first_name), plain_name(self.last_name)
        super().save(*args, **kwargs)


class EmailDomain(models.Model):
    """A professional e-mail domain from which anyone may open an account (its sub-domains too)."""

    domain = models.CharField(_("domaine"), max_length=120, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("admis"), default=True)

    class Meta:
        ordering = ["domain"]
        verbose_name = _("domaine de messagerie admis")
        verbose_name_plural = _("domaines de messagerie admis")

    def __str__(self):
        return self.domain


class InUnitQuerySet(models.QuerySet):
    """Dated rows that stand in a unit."""

    def in_force(self, on=None):
        return self.filter(in_force_on(on or timezone.localdate()))

    def in_scope_of(self, user, permission: str, on=None):
        """Rows of the units under which `user` holds `permission` by a role in force on the day `on`."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(inside(RoleAssignment.objects.scope_paths(user, permission, on), "unit__"))


class Post(models.Model):
    """A person in a unit with a job profile, from a date to a date; has a manager."""

    person = models.ForeignKey(User, models.PROTECT, related_name="posts", verbose_name=_("personne"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("structure"))
    job_profile = models.ForeignKey(
        JobProfile, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("profil de poste")
    )
    manager = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="managed_posts", verbose_name=_("responsable")
    )
    title = models.CharField(_("fonction"), max_length=160, blank=True)
    is_primary = models.BooleanField(_("affectation principale"), default=True)
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = InUnitQuerySet.as_manager()

    class Meta:
        ordering = ["person", "-is_primary", "-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="people_post_ends_after_it_starts",
                violation_error_message=_("Une affectation finit après avoir commencé."),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True, ends_on__isnull=True),
                name="people_one_open_primary_post",
                violation_error_message=_("Cette personne a déjà une affectation principale sans date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(manager__isnull=True) | ~Q(manager=models.F("person")),
                name="people_not_own_manager",
                violation_error_message=_("Nul n’est son propre responsable."),
            ),
        ]
        verbose_name = _("affectation")
        verbose_name_plural = _("affectations")

    def __str__(self):
        return f"{self.person} – {self.title or self.unit}"


class RoleAssignmentQuerySet(InUnitQuerySet):
    def carrying(self, permission: str, on=None):
        """Roles in force on `on` whose group carries `permission` ("app_label.codename")."""
        app_label, codename = permission.split(".")
        return self.in_force(on).filter(
            group__permissions__in=Permission.objects.filter(content_type__app_label=app_label, codename=codename),
        )

    def granting(self, user, permission: str, on=None):
        """Roles of `user` in force on `on` whose group carries `permission`."""
        return self.carrying(permission, on).filter(person=user)

    def scope_paths(self, user, permission: str, on=None) -> list[str]:
        """Tree paths of the topmost units where such roles stand; none for an inactive user. One query."""
        if not user.is_active or not user.is_authenticated:
            return []
        paths: list[str] = []
        for path in self.granting(user, permission, on).order_by("unit__path").values_list("unit__path", flat=True):
            if not paths or not path.startswith(paths[-1]):
                paths.append(path)
        return paths


class RoleAssignment(models.Model):
    """A role (a Wagtail group) given to a person over a unit and all below it, for a time."""

    person = models.ForeignKey(User, models.PROTECT, related_name="roles", verbose_name=_("personne"))
    group = models.ForeignKey(Group, models.PROTECT, related_name="role_assignments", verbose_name=_("rôle"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="role_assignments", verbose_name=_("structure"))
    starts_on = models.DateField(_("depuis le"), default=timezone.localdate)
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["person", "group", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "group", "unit"],
                condition=Q(ends_on__isnull=True),
                name="people_role_given_once",
                violation_error_message=_("Cette personne a déjà ce rôle dans cette structure."),
            ),
        ]
        verbose_name = _("rôle confié")
        verbose_name_plural = _("rôles confiés")

    def __str__(self):
        return f"{self.person} : {self.group} – {self.unit}"


class OwnedQuerySet(models.QuerySet):
    """Rows about a person (enrolments, attempts, certificates, evidence) follow the rule of `User.visible_to`."""

    person_path = "person"

    def visible_to(self, user, permission: str = "people.view_user"):
        """Rows about the people whom `user` may see with `permission`."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(**{f"{self.person_path}__in": User.objects.visible_to(user, permission)})
