"""What the course file's schema is put together from: one function for each kind of value."""

KEY_PATTERN = "^[a-z0-9][a-z0-9-]*$"
ONE_LINE = r"^[^\r\n]*$"


def text(about: str, limit: int, *, minimum: int = 0, **more) -> dict:
    required = {"minLength": minimum} if minimum else {"default": ""}
    return {"type": "string", "description": about, "maxLength": limit, "pattern": ONE_LINE} | required | more


def markdown(about: str) -> dict:
    return {"type": "string", "description": f"{about} Markdown.", "maxLength": 100_000, "default": ""}


def key_of(about: str) -> dict:
    return {"type": "string", "description": about, "pattern": KEY_PATTERN, "maxLength": 60}


def moment(about: str, kind: str, **more) -> dict:
    return {"type": "string", "format": kind, "description": about} | more


def address(about: str, **more) -> dict:
    return {"type": "string", "format": "uri", "description": about, "maxLength": 500} | more


def whole(about: str, least: int, most: int, **more) -> dict:
    return {"type": "integer", "description": about, "minimum": least, "maximum": most} | more


def points(about: str, default: float, **bounds) -> dict:
    bounds = bounds or {"exclusiveMinimum": 0}
    return {"type": "number", "description": about, "maximum": 9999.99, "default": default} | bounds


def one_of(about: str, *values: str, **more) -> dict:
    return {"enum": list(values), "description": about} | more


def flag(about: str, *, default: bool) -> dict:
    return {"type": "boolean", "description": about, "default": default}


def list_of(about: str, items: dict, **more) -> dict:
    return {"type": "array", "description": about, "items": items} | more


def table(about: str, required: str, properties: dict) -> dict:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }
