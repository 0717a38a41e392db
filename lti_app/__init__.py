"""Expeditie: lab modules inside any LMS, and micro-credentials that anyone can verify."""

__version__ = "0.1.0"
