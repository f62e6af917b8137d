"""Addresses: counts for a place, for a unit and all below it, or for all; and their monthly reports."""

from django.urls import path

from collector.web.figures.overview import figures, overview
from collector.web.figures.report import report, report_table
from collector.web.figures.scope import of_all, of_place, of_unit

urlpatterns = [
    path("", figures, name="figures"),
    path("all/", of_all(overview), name="figures_all"),
    path("all/report", of_all(report), name="report_all"),
    path("all/report.csv", of_all(report_table), name="report_table_all"),
    path("units/<int:unit>/", of_unit(overview), name="figures_unit"),
    path("units/<int:unit>/report", of_unit(report), name="report_unit"),
    path("units/<int:unit>/report.csv", of_unit(report_table), name="report_table_unit"),
    path("places/<int:place>/", of_place(overview), name="figures_place"),
    path("places/<int:place>/report", of_place(report), name="report_place"),
    path("places/<int:place>/report.csv", of_place(report_table), name="report_table_place"),
]
