"""What the OpenAPI document says of every address alike."""

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
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", REFUSAL)
    return result
