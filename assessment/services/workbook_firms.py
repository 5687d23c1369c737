"""Which firm a workbook means: by credit code first, else by name; unknown ones are added."""

from collections import defaultdict

from projects.models import Enterprise
from projects.sheets.cells import name_key


class Firms:
    """The tenant's firms and those that a workbook brings.

    Two codes under one name are two firms. A code that another name has already stays with that
    firm (the checks flagged it): the second name is registered without a code. A firm without a
    code takes the one that a later row gives it.
    """

    def __init__(self) -> None:
        self.by_code: dict[str, Enterprise] = {}
        self.by_name: dict[str, list[Enterprise]] = defaultdict(list)
        self.new: list[Enterprise] = []
        for firm in Enterprise.objects.order_by("pk"):
            self._take(firm)

    def named(self, name: str, code: str | None = None, division: str | None = None) -> Enterprise:
        """The firm of this name and code; the same question later gets the same firm."""
        same = self.by_name[name_key(name)]
        owner = self.by_code.get(code) if code else None
        if owner is not None and owner in same:
            return owner
        bare = next((firm for firm in same if not firm.credit_code), None)
        if not code or owner is not None:
            return bare or (same[0] if same and owner is None else self._add(name, None, division))
        if bare is None:
            return self._add(name, code, division)
        bare.credit_code = code
        self.by_code[code] = bare
        if bare.pk:
            bare.save(update_fields=["credit_code"])
        return bare

    def save(self) -> int:
        """Insert the new ones and say how many they are."""
        return len(Enterprise.objects.bulk_create(self.new))

    def _add(self, name: str, code: str | None, division: str | None) -> Enterprise:
        firm = Enterprise(name=name, credit_code=code, division=division or "")
        self.new.append(firm)
        self._take(firm)
        return firm

    def _take(self, firm: Enterprise) -> None:
        self.by_name[name_key(firm.name)].append(firm)
        if firm.credit_code:
            self.by_code[firm.credit_code] = firm
