"""Rasad (رصد) watches the Arabic press: fetch, clean, extract key facts with evidence, load, measure."""

__version__ = "0.1.0"
