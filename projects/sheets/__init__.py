"""The office's workbook, read, understood and checked: no database, no clock, no framework.

``book.open_book`` reads a file, ``checks.check`` tells everything that is wrong with it at once and which
rows are clean. Writing them is the work of the services.
"""
