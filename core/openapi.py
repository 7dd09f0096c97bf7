"""What the OpenAPI document says of every address alike."""

CLOCK_TIME = r"^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$"
PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457); nothing was changed",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable, where a rule of the course refused"},
        "errors": {"description": "What is wrong, by field"},
    },
    "required": ["type", "title", "status", "detail"],
}
REFUSAL = {
    "description": "Refused: problem details say why",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def state_refusals(result, generator, request, public):
    """Every operation may be refused, with one shape of answer; a hook of drf-spectacular."""
    _state_clock_times(result)
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                content = response.get("content", {})
                if "application/json" in content:
                    content.pop("*/*", None)  # of a view that answers with files as well
                if status >= "400" and "application/json" in content:
                    response["content"] = {"application/problem+json": content.pop("application/json")}
            operation["responses"].setdefault("default", REFUSAL)
    return result


def _state_clock_times(part) -> None:
    """Times are what a clock in the course's zone shows; "time" would promise an offset (RFC 3339)."""
    if isinstance(part, dict):
        if part.get("format") == "time":
            del part["format"]
            part["pattern"] = CLOCK_TIME
        part = part.values()
    if not isinstance(part, str | int | float | None):
        for inner in list(part):
            _state_clock_times(inner)
