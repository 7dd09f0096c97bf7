"""Taking the reviews of a course out of the portal, in the shapes that other systems read."""
