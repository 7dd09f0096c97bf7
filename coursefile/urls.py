app_name = "coursefile"
urlpatterns: list = []
