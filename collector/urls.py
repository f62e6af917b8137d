"""What stands at which address."""

from django.urls import include, path
from django.views.i18n import set_language

from collector.web import health, home, metrics
from collector.web.administration import administration

urlpatterns = [
    path("", home.home, name="home"),
    path("places/", home.places, name="places"),
    path("", include("collector.web.account.urls")),
    path("places/<int:place>/", include("collector.web.visits.urls")),
    path("places/<int:place>/exports/", include("collector.web.exports.urls")),
    path("places/<int:place>/guards/", include("collector.web.guards.urls")),
    path("places/<int:place>/persons/", include("collector.web.persons.urls")),
    path("places/<int:place>/", include("collector.web.place.urls")),
    path("figures/", include("collector.web.figures.urls")),
    path("doors/", include("collector.web.doors.urls")),
    path("audit/", include("collector.web.audit.urls")),
    path("o/", include("collector.web.visitors.urls")),
    path("admin/", administration.urls),
    path("language", set_language, name="language"),
    path("health", health.health, name="health"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", metrics.metrics, name="metrics"),
]
