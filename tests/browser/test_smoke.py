def test_x(page, course, student, sign_in):
    sign_in(student.user)
    page.goto(f"/c/{course.slug}/home/")
    page.screenshot(path="/tmp/infra_smoke.png")
    assert page.locator("h1").count() == 1
