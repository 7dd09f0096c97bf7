"""What a browser pastes as HTML (from a word processor, a page, a mail), as the Markdown that our text fields hold."""

import re

import nh3
from markdownify import markdownify

from core.errors import DomainError
from core.text import tidy

MAX_HTML = 1_000_000  # characters; a word processor wraps a page of text in some 50,000
_WORDS = {"p", "div", "br", "b", "strong", "i", "em", "a", "code", "pre", "blockquote"}
_BLOCKS = {"ul", "ol", "li", "table", "tr", "td", "th"} | {f"h{level}" for level in range(1, 7)}
# Word writes the points of a list as paragraphs that begin with a bullet and some hard blanks.
_BULLET = re.compile(r"^[ \t]*[·•▪◦‣●○]\s+", re.MULTILINE)
_SPREAD = re.compile(r"^(- .*)\n\n(?=- )", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def markdown_of(html: str) -> str:
    """The text with its lists, headings, links, emphasis and code; styles, scripts, comments and pictures are left out.

    Raises DomainError for HTML whose elements are nested hundreds deep, which nothing that people write is.
    """
    kept = nh3.clean(
        html, tags=_WORDS | _BLOCKS, attributes={"a": {"href"}}, link_rel=None, url_schemes={"http", "https", "mailto"}
    )
    try:
        text = markdownify(f"<div>{kept}</div>", heading_style="ATX", bullets="-", escape_underscores=False, escape_misc=False)
    except RecursionError:
        raise DomainError("What was pasted is nested too deep to be read.", code="too_deep") from None
    text = _BULLET.sub("- ", text.replace("\xa0", " "))
    return tidy(_BLANK_LINES.sub("\n\n", _SPREAD.sub(r"\1\n", text))).lstrip("\n")
