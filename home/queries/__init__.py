"""What each page of the house gathers from the rooms below: a constant number of queries a page."""
