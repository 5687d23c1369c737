"""Copies and pictures of PDF files, the words of Word and Excel files: made by a program of their own.

No database, no clock, no framework. ``desk`` asks the program; ``copies``, ``pages`` and ``office`` are what
it does, ``camera`` what it does to photos inside.
"""
