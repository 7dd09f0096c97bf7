"""Filters of the API that take no word for another."""

from django import forms
from django_filters import filters


class TrueFalseField(forms.Field):
    words = {"true": True, "false": False}

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if str(value).lower() not in self.words:
            raise forms.ValidationError(f"Expected true or false, found {value}.")
        return self.words[str(value).lower()]


class TrueFalseFilter(filters.BooleanFilter):
    """django-filter's own leaves out what it does not understand, and so answers with everything."""

    field_class = TrueFalseField
