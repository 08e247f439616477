"""Layer 4: a song as one HTML file that shows, plays and explains it."""

from hexachord.page.build import make_page
from hexachord.page.data import PageContent, page_content
from hexachord.page.html import write_page

__all__ = ["PageContent", "make_page", "page_content", "write_page"]
