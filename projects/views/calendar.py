"""The work-day calendar: a year to read, to load and to change."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.refusals import Refused
from accounts.rules import anybody
from accounts.views.gate import gate, words
from accounts.views.resends import once
from projects import rules
from projects.forms.calendar import DayForm
from projects.forms.uploads import ListForm
from projects.queries import calendar_pages, workdays
from projects.services import calendar
from projects.sheets import calendar as sheet
from projects.sheets.cells import YEARS
from projects.views import lists


@gate(anybody, "GET")
def current(request: HttpRequest) -> HttpResponse:
    """The calendar of this year."""
    return _page(request, clock.today().year)


@gate(anybody, "GET")
def of_year(request: HttpRequest, year: int) -> HttpResponse:
    """The calendar of a year, known or not."""
    return _page(request, year)


@gate(rules.may_keep_calendar, "GET")
def form(request: HttpRequest, year: int) -> HttpResponse:
    """The sheet of a year to fill in, with the days that are known to be moved."""
    days = [sheet.Day(item.day, item.works, item.name) for item in calendar_pages.moved_days(_known(year))]
    return lists.download(sheet.form(year, days), f"calendar-{year}.xlsx")


@gate(rules.may_keep_calendar, "POST")
@once()
def seed(request: HttpRequest, year: int) -> HttpResponse:
    """Load a year as the State Council arranged it."""
    try:
        calendar.seed(post=request.post, year=_known(year))
    except Refused as refusal:
        return _page(request, year, refused=[words(refusal)])
    messages.success(request, _("{year}年的工作日历已按国务院节假日安排载入。").format(year=year))
    return redirect("calendar_year", year)


@gate(rules.may_keep_calendar, "POST")
@once(ListForm)
def load(request: HttpRequest, year: int) -> HttpResponse:
    """Take a year from the filled-in sheet, or tell everything that is wrong with it."""
    upload = ListForm(request.POST, request.FILES)
    if not upload.is_valid():
        return _page(request, year, upload=upload)
    file = upload.cleaned_data["workbook"]
    try:
        calendar.load(post=request.post, year=_known(year), content=file.read(), file_name=file.name)
    except ValidationError as faults:
        return _page(request, year, refused=faults.messages)
    messages.success(request, _("{year}年的工作日历已按上传的表载入。").format(year=year))
    return redirect("calendar_year", year)


@gate(rules.may_keep_calendar, "POST")
@once(DayForm)
def change_day(request: HttpRequest, year: int) -> HttpResponse:
    """Make one day a work day or a day off."""
    day = DayForm(request.POST)
    if day.is_valid():
        try:
            calendar.change_day(post=request.post, **day.cleaned_data)
        except Refused as refusal:
            day.add_error(None, words(refusal))
        else:
            messages.success(request, _("已调整 {day:%Y-%m-%d}。").format(day=day.cleaned_data["day"]))
            return redirect("calendar_year", day.cleaned_data["day"].year)
    return _page(request, year, day=day)


def _known(year: int) -> int:
    if year not in YEARS:
        raise Http404("没有这一年的工作日历。")
    return year


def _page(
    request: HttpRequest,
    year: int,
    *,
    day: DayForm | None = None,
    upload: ListForm | None = None,
    refused: list[str] | None = None,
) -> HttpResponse:
    _known(year)
    return render(
        request,
        "projects/calendar.html",
        {
            "year": year,
            "found": calendar_pages.year_of(year),
            "years": calendar_pages.years(),
            "missing": workdays.missing_years(clock.today()),
            "keeps": rules.may_keep_calendar(request.post),
            "published": year in calendar.PUBLISHED,
            "day_form": day or DayForm(),
            "upload_form": upload or ListForm(),
            "refused": refused or [],
        },
    )
