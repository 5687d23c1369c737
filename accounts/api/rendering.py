"""JSON of the API: money is an exact number, Chinese is readable."""

from typing import Any

from rest_framework.renderers import JSONRenderer

from accounts import exact_json


class ExactJSON(JSONRenderer):
    """application/json with exact decimals and without indentation."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        """The bytes of the body."""
        return exact_json.dumps(data, indent=None).encode()
