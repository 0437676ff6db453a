"""What people are told about numbers."""

from django.utils.translation import gettext_lazy as _

from tradewind.engines.inbox.kinds import notice

notice(
    "metrics.reopening_asked",
    title=_("%(person)s asks to open %(month)s again"),
    text="%(reason)s",
    label=_("Somebody asks to open a closed month"),
    icon="lock-question",
)
notice("metrics.month_opened", title=_("%(month)s is open again"), text=_("%(person)s agreed. Its numbers can change."),
       label=_("A month I asked for was opened"), icon="lock-open")  # fmt: skip
notice("metrics.month_kept", title=_("%(month)s stays closed"), text=_("%(person)s did not agree to open it."),
       label=_("A month I asked for stays closed"), icon="lock")  # fmt: skip
notice("metrics.target_behind", title=_("%(name)s %(period)s is behind its target"),
       text=_("For %(days)s days now. Look at what holds it back; this closes itself when it is back on its line."),
       label=_("A target of mine falls behind"), icon="target-arrow")  # fmt: skip
notice("metrics.alert_below", title=_("%(name)s: %(value)s is below %(limit)s"), text=_("From %(from)s to %(to)s."),
       label=_("A number I watch falls below its limit"), icon="bell-exclamation")  # fmt: skip
notice("metrics.alert_above", title=_("%(name)s: %(value)s is above %(limit)s"), text=_("From %(from)s to %(to)s."),
       label=_("A number I watch rises above its limit"), icon="bell-exclamation")  # fmt: skip
notice("metrics.alert_falls", title=_("%(name)s fell to %(value)s"), text=_("It was %(before)s as many days before %(from)s."),
       label=_("A number I watch falls"), icon="trending-down")  # fmt: skip
notice("metrics.alert_rises", title=_("%(name)s rose to %(value)s"), text=_("It was %(before)s as many days before %(from)s."),
       label=_("A number I watch rises"), icon="trending-up")  # fmt: skip
notice("metrics.alert_silent", title=_("%(name)s: no data"), text=_("Nothing came in from %(from)s to %(to)s."),
       label=_("Data I watch does not come in"), icon="plug-connected-x")  # fmt: skip
notice("metrics.alert_blind", title=_("%(name)s cannot be measured"),
       text=_("From %(from)s to %(to)s there is nothing to measure, or an exchange rate is missing."),
       label=_("A number I watch cannot be measured"), icon="eye-off")  # fmt: skip
