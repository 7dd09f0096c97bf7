"""A press that cannot be sent says so, and works once the connection or the session is back."""

from playwright.sync_api import expect

from tests.browser.pages import sign_in


def test_a_press_without_connection_or_session_says_so_and_then_works(page, context, demo_course):
    sign_in(page, "student")
    page.goto(f"/c/{demo_course.slug}/papers/rammer/discussion/")
    button = page.get_by_role("button", name="Follow", exact=True)

    context.set_offline(True)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("No connection, so nothing was sent.")

    context.set_offline(False)
    context.clear_cookies(name="sessionid")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out, so nothing was changed.")
    expect(button).to_be_visible()  # and not the sign-in page in its place

    sign_in(context.new_page(), "student")  # which changes the token of every form
    button.click()
    expect(page.get_by_role("button", name="Stop following")).to_be_visible()


def test_words_sent_after_the_session_ended_are_sent_again(page, context, demo_course):
    sign_in(page, "student")
    page.goto(f"/c/{demo_course.slug}/papers/rammer/discussion/")
    page.locator("summary", has_text="Start a thread").first.click()
    page.locator("textarea[name=text]:visible").first.fill("A thought of ten minutes.")
    context.clear_cookies(name="sessionid")
    page.locator("button:visible", has_text="Start the thread").first.click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()

    sign_in(context.new_page(), "student")
    page.get_by_role("button", name="Send again").click()

    expect(page.locator("main")).to_contain_text("A thought of ten minutes.")
    expect(page.get_by_role("heading", name="You are signed out")).to_have_count(0)
