"""The API for programs: plain ASGI callables beside the pages, since every page view asks for suggestions."""
