"""How a view says that it hands out grade data, so that the course's access log (room `machines`) names who took it."""


def pulls_grades(view):
    """For a page that answers with a file of grades. API views with the scope `grades` count without being told."""
    view.pulls_grades = True
    return view
