"""Markdown as people write it in reviews and pages -> HTML that is safe to show.

CommonMark with tables, strikethrough, footnotes, `$maths$` as MathML and highlighted code; everything is
sanitised last, so nothing before it has to be trusted.
"""

import html

import nh3
from django.utils.safestring import SafeString, mark_safe
from latex2mathml.converter import convert as latex_to_mathml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# fmt: off
MATHML_TAGS = {
    "math", "semantics", "mrow", "mi", "mo", "mn", "ms", "mtext", "mspace", "msub", "msup", "msubsup", "munder", "mover",
    "munderover", "mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose",
    "mmultiscripts", "mprescripts", "none",
}
# fmt: on
MATHML_ATTRIBUTES = {
    "display",
    "mathvariant",
    "stretchy",
    "fence",
    "form",
    "separator",
    "lspace",
    "rspace",
    "largeop",
    "movablelimits",
    "accent",
    "accentunder",
    "linethickness",
    "columnalign",
    "rowspacing",
    "columnspacing",
    "width",
    "height",
    "depth",
    "scriptlevel",
    "displaystyle",
    "minsize",
    "maxsize",
    "symmetric",
    "notation",
}  # fmt: skip
MATHML_ATTRIBUTES_BY_TAG = dict.fromkeys(MATHML_TAGS, MATHML_ATTRIBUTES)
MAX_MATHS = 2_000  # characters in one formula; longer is shown as it was typed


def _maths(source: str, options: dict) -> str:
    display = "block" if options.get("display_mode") else "inline"
    if len(source) > MAX_MATHS:
        return f"<code>{html.escape(source)}</code>"
    try:
        return latex_to_mathml(source, display=display)
    except Exception:  # the library raises many kinds; a formula it cannot read is shown as typed
        return f"<code>{html.escape(source)}</code>"


def _code(source: str, language: str, _attrs: str) -> str:
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(source, lexer, HtmlFormatter(nowrap=True))


_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _code})
    .enable(["table", "strikethrough"])
    .use(footnote_plugin)
    .use(dollarmath_plugin, renderer=_maths, double_inline=True, allow_digits=False)
)

_cleaner = nh3.Cleaner(
    tags=(nh3.ALLOWED_TAGS - {"img", "map", "area", "nav", "header", "footer", "article", "aside"}) | MATHML_TAGS | {"section"},
    attributes={
        **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items() if tag != "img"},
        **MATHML_ATTRIBUTES_BY_TAG,
        "code": {"class"},
        "span": {"class"},
        "a": {"href", "title"},
    },
    allowed_classes=None,
    link_rel="noopener nofollow ugc",
    url_schemes={"http", "https", "mailto"},
    strip_comments=True,
)


def render_markdown(text: str) -> SafeString:
    """The text as sanitised HTML. Linear in its length; headings start at h3 so that pages keep their outline."""
    rendered = _parser.render(text)
    for level in (4, 3, 2, 1):
        rendered = rendered.replace(f"<h{level}>", f"<h{level + 2}>").replace(f"</h{level}>", f"</h{level + 2}>")
    return mark_safe(_cleaner.clean(rendered))  # noqa: S308 - sanitised on this line
