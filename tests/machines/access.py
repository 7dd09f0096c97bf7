from tests.access import Row, in_course
from tests.factories import GrantFactory, MachineClientFactory


def nothing(course, student):
    return {}


def some_client(course, student):
    return {"pk": MachineClientFactory().pk}


def let_in(course, student):
    return {**in_course(course, student), "pk": GrantFactory(course=course).client_id}


def let_in_elsewhere(course, student):
    return {**in_course(course, student), "pk": GrantFactory().client_id}


ROWS: list[Row] = [
    Row("machines:client_list", 403, 403, 403, 200, 403, make=nothing),
    Row("machines:client_create", 302, 302, 302, 302, 302, make=nothing),  # asks for the password again
    Row("machines:client_create", 302, 302, 302, 302, 302, method="post", make=nothing),
    Row("machines:client_revoke", 404, 404, 404, 404, 404, method="post", make=some_client),
    Row("machines:access_log", 403, 403, 403, 200),
    Row("machines:course_withdraw", 403, 403, 403, 302, method="post", make=let_in),
    Row("machines:course_withdraw", 403, 403, 403, 404, method="post", make=let_in_elsewhere),
    Row("machines:token", 401, 401, 401, 401, 401, 401, method="post", make=nothing),
    Row("machines:token", 405, 405, 405, 405, 405, 405, make=nothing),
    Row("machines:token_revoke", 401, 401, 401, 401, 401, 401, method="post", make=nothing),
    Row("api:pull_list", 403, 403, 403, 200, anonymous=401),
    Row("api:client_list", 403, 403, 403, 200, anonymous=401),
    Row("api:client_withdraw", 403, 403, 403, 200, anonymous=401, method="post", make=let_in),
    Row("api:client_withdraw", 403, 403, 403, 404, anonymous=401, method="post", make=let_in_elsewhere),
]
