"""What a browser would send of a form that nobody has touched, from its HTML alone."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[list[tuple[str, str]]] = []
        self.select, self.options, self.area = None, [], None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append([])
        elif tag == "input" and "name" in attrs:
            is_box = attrs.get("type") in ("checkbox", "radio")
            if not is_box or "checked" in attrs:
                self._send(attrs["name"], attrs.get("value", "on" if is_box else ""))
        elif tag == "select":
            self.select, self.options = attrs["name"], []
        elif tag == "option" and self.select:
            self.options.append((attrs["value"], "selected" in attrs))
        elif tag == "textarea":
            self.area = (attrs["name"], [])

    def handle_data(self, data):
        if self.area:
            self.area[1].append(data)

    def handle_endtag(self, tag):
        if tag == "select":
            chosen = [value for value, is_selected in self.options if is_selected] or [self.options[0][0]]
            self._send(self.select, chosen[-1])
            self.select = None
        elif tag == "textarea":
            name, texts = self.area
            # The first line end belongs to the markup; every other is sent as CR LF.
            text = "".join(texts).replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
            self._send(name, text.replace("\n", "\r\n"))
            self.area = None

    def _send(self, name, value):
        if self.forms:
            self.forms[-1].append((name, value))


def untouched(html: str, having: str) -> dict[str, list[str]]:
    """The form of the page that has a control of this name."""
    parser = _Forms()
    parser.feed(html)
    parser.close()
    sent = next(form for form in parser.forms if having in dict(form))
    found: dict[str, list[str]] = {}
    for name, value in sent:
        found.setdefault(name, []).append(value)
    return found
