"""What was formatted somewhere else comes in as the Markdown that somebody would have typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.markdown import render_markdown
from core.pasting import markdown_of

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body>
<!--[if !supportLists]--><p class=MsoNormal><b><span style='font-size:12.0pt'>Strong</span></b> point.<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0'><span style='font-family:Symbol'>·<span style='font:7.0pt "Times New Roman"'>
&nbsp;&nbsp;&nbsp; </span></span>first</p><p class=MsoListParagraph>·&nbsp;&nbsp; second</p><!--EndFragment--></body></html>"""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (WORD, "**Strong** point.\n\n- first\n- second"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<h2>Head</h2>text", "## Head\n\ntext"),
        ("snake_case and <code>a_b</code>", "snake_case and `a_b`"),
        ("<pre>x = 1\ny = 2</pre>", "```\nx = 1\ny = 2\n```"),
        ('<a href="https://example.org/">link</a>', "[link](https://example.org/)"),
        ('<a href="javascript:alert(1)">link</a>', "link"),
        ("<script>alert(1)</script><img src=x onerror=alert(1)>seen", "seen"),
        ("plain", "plain"),
        ("", ""),
    ],
    ids=[
        "word",
        "paragraphs",
        "nested",
        "numbered",
        "heading",
        "code",
        "lines",
        "link",
        "script link",
        "script",
        "plain",
        "none",
    ],
)
def test_formatting_becomes_markdown(html, text):
    assert markdown_of(html) == text


@given(st.text())
def test_any_text_comes_through_without_an_error(html):
    assert "<script" not in render_markdown(markdown_of(html))


@pytest.mark.parametrize("tag", ["ul><li", "blockquote", "b", "table><tr><td"])
def test_nesting_without_end_is_refused_in_words(tag):
    with pytest.raises(DomainError, match="nested too deep"):
        markdown_of(f"<{tag}>" * 5_000 + "deep")
