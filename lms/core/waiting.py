"""« À faire »: on the dashboard of the back office, how much waits for who looks, and where. Each floor adds its own.

By the Wagtail hook `register_waiting_work`: a function of the user that gives `Waiting` rows, those at 0 included; none to
who has no part in such work. `register_own_work` does the same for one's own space on the site, where rows at 0 are left out.
"""

from dataclasses import dataclass

from wagtail import hooks
from wagtail.admin.ui.components import Component


@dataclass(frozen=True)
class Waiting:
    """How many things wait, called `label`, and the list of them."""

    label: str
    count: int
    url: str


class WaitingPanel(Component):
    name = "waiting_work"
    template_name = "core/waiting_panel.html"
    order = 50

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        return {"rows": [row for hook in hooks.get_hooks("register_waiting_work") for row in hook(user)]}


def own_work(user) -> list[Waiting]:
    """What waits for someone outside the back office: what they supervise, what they are asked to confirm."""
    return [row for hook in hooks.get_hooks("register_own_work") for row in hook(user) if row.count]
