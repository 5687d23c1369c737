"""Copies of PDF files, made by a program of their own: no database, no clock, no framework.

``desk.copy`` asks the program for a copy; ``copies`` is what it does, ``camera`` to photos inside.
"""
