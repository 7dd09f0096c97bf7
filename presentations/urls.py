app_name = "presentations"
urlpatterns: list = []
