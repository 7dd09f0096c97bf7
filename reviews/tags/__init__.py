"""Tags on papers, written as in HotCRP: `name` for the course, `~~name` for staff, `~name` for oneself, each with `#value`."""
