"""Addresses: what persons ask about their own data."""

from django.urls import path

from collector.web.persons import answering, finding

urlpatterns = [
    path("", finding.requests, name="persons"),
    path("see", answering.see, name="persons_see"),
    path("correct", answering.correct, name="persons_correct"),
    path("erase", answering.erase, name="persons_erase"),
    path("receipts/<uuid:receipt>/", answering.receipt, name="persons_receipt"),
]
