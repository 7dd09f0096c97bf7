"""A document as TOML that people like to read."""

from collections.abc import Callable, Sequence

import tomlkit

# Lists of small tables that read better one a line than one a header.
INLINE = {"options", "steps", "letters", "levels", "scale"}

KeysOf = Callable[[dict], Sequence[str]]


def write_table(lines: list[str], path: str, table: dict, schema: dict, keys_of: KeysOf) -> None:
    """Add the table's lines; `keys_of` a schema says in which order the keys of such a table stand, others follow."""
    ordered = sorted(table.items(), key=lambda pair: _rank(pair[0], keys_of(schema)))
    later = [(key, value) for key, value in ordered if _has_header(key, value)]
    lines += [
        f"{key} = {_value(value, keys_of, is_long=key in INLINE)}" for key, value in ordered if not _has_header(key, value)
    ]
    for key, value in later:
        inner_path, inner = (f"{path}.{key}" if path else key), schema.get("properties", {}).get(key, {})
        if isinstance(value, dict):
            lines += ["", f"[{inner_path}]"]
            write_table(lines, inner_path, value, inner, keys_of)
        for item in value if isinstance(value, list) else ():
            lines += ["", f"[[{inner_path}]]"]
            write_table(lines, inner_path, item, inner.get("items", {}), keys_of)


def _has_header(key: str, value) -> bool:
    if isinstance(value, list):
        return key not in INLINE and bool(value) and isinstance(value[0], dict)
    return isinstance(value, dict)


def _rank(key: str, order: Sequence[str]) -> tuple[int, str]:
    return (order.index(key) if key in order else len(order), key)


def _value(value, keys_of: KeysOf, *, is_long: bool = False) -> str:
    if isinstance(value, list):
        items = [_value(item, keys_of) for item in value]
        if is_long and len(items) > 1:
            return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: _rank(pair[0], keys_of({})))
        return "{ " + ", ".join(f"{key} = {_value(inner, keys_of)}" for key, inner in pairs) + " }"
    if isinstance(value, str) and "\n" in value and "\r" not in value:
        return _block(value)
    return tomlkit.item(value).as_string()


def _block(text: str) -> str:
    """Text of several lines as it reads; backslashes (maths) stay single where quotes allow it."""
    is_plain = all(letter.isprintable() or letter in "\n\t" for letter in text)
    if "\\" in text and "'''" not in text and not text.endswith("'") and is_plain:
        return f"'''\n{text}'''"
    # Behind a letter: to a text that begins with a line end, tomlkit adds another.
    return '"""\n' + tomlkit.string("x" + text, multiline=True).as_string()[4:-3] + '"""'
