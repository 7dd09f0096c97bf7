from hypothesis import settings

# A law fails when it is broken, not when the machine is busy.
settings.register_profile("courseportal", deadline=None)
settings.load_profile("courseportal")
