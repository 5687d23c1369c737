"""What the process that the others are forked from imports, once."""

import django

django.setup()

import tests.world  # noqa: E402, F401 -- models can be imported from here on
