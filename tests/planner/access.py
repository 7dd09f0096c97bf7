from tests.access import Row

ROWS: list[Row] = [
    Row("planner:reminder_list", student=403, other=403, assistant=403, instructor=200),
    Row("api:deadline_list", student=200, other=200, assistant=200, instructor=200, anonymous=401),
    Row("api:reminder_list", student=403, other=403, assistant=403, instructor=200, anonymous=401),
    Row("api:reminder_coming", student=403, other=403, assistant=403, instructor=200, anonymous=401),
]
