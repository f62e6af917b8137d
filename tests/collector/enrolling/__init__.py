"""Boxes that are set up by code, over real TLS, on both kinds of database."""
