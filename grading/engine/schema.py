"""The published shape of the [grading] table, made from the table of steps so that the two cannot differ."""

from grading.engine.deductions import DEDUCTION_SCHEMA
from grading.engine.entry import RUBRIC_SCHEMA, SCALE_SCHEMA
from grading.engine.needs import GATE_SCHEMA, SPECIFICATION_SCHEMA
from grading.engine.steps import STEPS

SOURCES = ("reviews", "presentations", "participation", "milestones", "discussion", "manual")
DEFAULT_MAX_POINTS = 10
DEFAULT_ROUNDING = {"decimals": 1, "mode": "half_up", "letters": "rounded"}

_WEIGHT = {"type": "number", "minimum": 0, "maximum": 1000}
_KEY = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$", "maxLength": 60}
_TITLE = {"type": "string", "minLength": 1, "maxLength": 120}


def _step_schema() -> dict:
    cases = [
        {
            "if": {"properties": {"step": {"const": name}}, "required": ["step"]},
            "then": {
                "properties": {"step": {"description": kind.does}} | {key: param.schema for key, param in kind.params.items()},
                "required": [key for key, param in kind.params.items() if param.is_required],
                "additionalProperties": False,
            },
        }
        for name, kind in STEPS.items()
    ]
    return {"type": "object", "properties": {"step": {"enum": list(STEPS)}}, "required": ["step"], "allOf": cases}


_GROUP = {
    "properties": {
        "key": _KEY,
        "title": _TITLE,
        "weight": _WEIGHT | {"description": "May be stated for the reader; it must be the sum of the parts"},
        "parts": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/component"}},
    },
    "required": ["key", "title", "parts"],
    "additionalProperties": False,
}
_LEAF = {
    "properties": {
        "key": _KEY,
        "title": _TITLE,
        "weight": _WEIGHT,
        "source": {"enum": list(SOURCES), "description": "Where the points come from"},
        "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
        "milestones": {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "uniqueItems": True,
            "description": "Milestone keys, for the source milestones; all of them when left out",
        },
        "credit": {"enum": ["marks", "submission"], "description": "For reviews: their marks, or full credit for handing in"},
        "max_points": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 10000,
            "description": f"For presentations and manual: the upper end of a mark; {DEFAULT_MAX_POINTS} when left out",
        },
        "rubric": RUBRIC_SCHEMA,
        "scale": SCALE_SCHEMA,
        "when_empty": {
            "enum": ["zero", "left out"],
            "description": "What a component is in which nothing has points in the end; zero when left out",
        },
        "anonymous": {"type": "boolean", "description": "Whether markers see whose work it is only once its mark is released"},
    },
    "required": ["key", "title", "weight", "source"],
    "additionalProperties": False,
}

_LETTERS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "letter": {"type": "string", "minLength": 1, "maxLength": 8},
            "from": {"type": "number", "minimum": 0, "description": "The band's lower bound; it belongs to the band"},
            "to": {"type": "number", "description": "May be stated for the reader; must be the next band's from"},
        },
        "required": ["letter", "from"],
        "additionalProperties": False,
    },
}
_POINT = {"type": "number", "minimum": 0, "maximum": 100_000}
# What the policy says of the whole, and a track may say otherwise.
_WHOLE = {
    "weights": {
        "enum": ["scale", "sum"],
        "description": "When the weights do not add up to 100: scale the total up to 100, or count out of their sum",
    },
    "components": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/component"}},
    "letters": _LETTERS,
    "specification": {
        "type": "array",
        "minItems": 1,
        "items": SPECIFICATION_SCHEMA,
        "description": "Letters by what is there instead of by the total: the first whose needs are all met",
    },
    "gates": {"type": "array", "items": GATE_SCHEMA, "description": "Who does not meet one of these fails, whatever the total"},
    "deductions": {
        "type": "array",
        "items": DEDUCTION_SCHEMA,
        "description": "What is taken off the total, or the letter, by how often something happened",
    },
    "curve": {
        "type": "array",
        "minItems": 2,
        "items": {
            "type": "object",
            "properties": {"from": _POINT, "to": _POINT},
            "required": ["from", "to"],
            "additionalProperties": False,
        },
        "description": "Totals become others: each from becomes its to, and what lies between lies between",
    },
}
_TRACK = {
    "type": "object",
    "properties": {
        "title": _TITLE,
        "sections": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"type": "string", "minLength": 1, "maxLength": 40},
            "description": "The sections of the roster whose students it holds for",
        },
    }
    | _WHOLE,
    "required": ["title", "sections"],
    "additionalProperties": False,
}

POLICY_SCHEMA: dict = {
    # Its own $id keeps the inner references right when this schema stands inside the course file's.
    "$id": "urn:courseportal:grading-policy",
    "type": "object",
    "description": "How the grade is made up",
    "properties": {
        "rounding": {
            "type": "object",
            "properties": {
                "decimals": {"type": "integer", "minimum": 0, "maximum": 6},
                "mode": {"enum": ["half_up", "half_even", "down", "up"]},
                "letters": {"enum": ["rounded", "exact"], "description": "Which total the letters are read from"},
            },
            "additionalProperties": False,
        },
        "regrade_days": {
            "type": "integer",
            "minimum": 0,
            "maximum": 365,
            "description": "How many days after its release a mark can be contested; never when 0 or left out",
        },
        "tracks": {"type": "array", "items": _TRACK, "description": "Other rules for the students of some sections"},
    }
    | _WHOLE,
    "required": ["components"],
    "additionalProperties": False,
    "$defs": {
        "component": {"type": "object", "if": {"required": ["parts"]}, "then": _GROUP, "else": _LEAF},
        "step": _step_schema(),
    },
}
