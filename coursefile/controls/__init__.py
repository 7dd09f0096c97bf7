"""The settings of a course as forms on the web: words for the schema's keys, and values put into the course file."""
