"""One section of the settings as a form over one table of the course file."""

from django import forms

from coursefile.controls.edit import Present, schema_of
from coursefile.controls.form import SWITCH, Changed, TableForm
from coursefile.controls.setting import Section


class SectionForm(TableForm):
    def __init__(self, section: Section, present: Present, data=None):
        self.section, self.part_was = section, present.has(section.key)
        was = {setting.key: present.value(section.key, setting.key) for setting in section.settings}
        super().__init__(section.groups, present, table=section.key, schema=schema_of(section.key), was=was, data=data)

    def _add_switch(self) -> None:
        if self.section.switch:
            self.fields[SWITCH] = forms.BooleanField(
                required=False, label=self.section.switch, help_text=self.section.switch_help
            )

    def fresh(self) -> "SectionForm":
        return SectionForm(self.section, self.present)

    def answered(self, data) -> "SectionForm":
        met = self._met(data)
        form = SectionForm(self.section, self.present, met.data)
        form.clashes, form.follows = met.clashes, met.follows
        return form

    @property
    def is_part(self) -> bool:
        return not self.section.switch or self.cleaned_data.get(SWITCH, False)

    @property
    def is_switched(self) -> bool:
        """Whether the part comes or goes."""
        return self.is_part != (not self.section.switch or self.part_was)

    @property
    def switch_clashes(self) -> bool:
        return SWITCH in self.clashes

    @property
    def where(self) -> str:
        return self.section.key

    def text(self) -> str:
        section, there = self.section, self.present.data.get(self.section.key)
        if not self.is_part:
            return self.present.with_table(section.key, None)
        changed = self.changed_values()
        if there is None and not changed and not section.switch:
            return self.present.text
        table = (dict(section.starts_with) if there is None else there) | changed
        return self.present.with_table(section.key, {key: value for key, value in table.items() if value is not None})

    def changes(self) -> list[Changed]:
        switched = (
            [Changed(self.section.switch, *(("no", "yes") if self.is_part else ("yes", "no")))] if self.is_switched else []
        )
        return switched + super().changes()
