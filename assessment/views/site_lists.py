"""现场核查表 on paper: the claims of a sample or of the queue, for people who have no network on the site."""

from collections.abc import Callable
from typing import Any

import segno
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.views.gate import gate
from assessment import rules
from assessment.choices import Step
from assessment.queries import cards, draws
from assessment.queries import site_lists as queries
from assessment.queries.site_lists import Block
from assessment.services import site_lists
from assessment.views import queue
from assessment.views.figures import of_a_county

MOST = 100  # acts of one printed list


@gate(rules.checks_on_site, "GET")
@of_a_county
def of_draw(request: HttpRequest, draw_id: int) -> HttpResponse:
    """The claims of a sample, in its order."""
    draw = draws.one(request.post, draw_id)
    return _printed(
        request,
        draws.chosen(request.post, draw),
        lambda rows: queries.of_draw(request.post, rows),
        title=draw.title,
        about="",
        back=reverse("draw", args=[draw.pk]),
    )


@gate(rules.prints_queue, "GET")
def of_queue(request: HttpRequest) -> HttpResponse:
    """What the queue shows, narrowed and ordered as there."""
    step = queue.step_asked(request)
    form = queue.filter_form(request, step)
    keys = cards.card_keys(request.post, step, form.narrowed())
    query = queue.filters(request)
    return _printed(
        request,
        keys,
        lambda part: queries.of_queue(request.post, step, part),
        title=f"{request.post.unit_name}{Step(step).label}",
        about=form.words(),
        back=f"{reverse('queue')}?{query}" if query else reverse("queue"),
    )


def _printed(
    request: HttpRequest,
    rows: list[Any],
    blocks_of: Callable[[list[Any]], list[Block]],
    *,
    title: str,
    about: str,
    back: str,
) -> HttpResponse:
    """One part of the list, at most ``MOST`` acts; printing it is an act in the log."""
    part = Paginator(rows, MOST).get_page(request.GET.get("part"))
    blocks = blocks_of(list(part.object_list))
    claims = sum(len(block.claims) for block in blocks)
    if blocks:
        told = [_("现场核查表：{title}").format(title=title), about]
        if part.paginator.num_pages > 1:
            told.append(f"第 {part.number} 部分，共 {part.paginator.num_pages} 部分")
        site_lists.printed(post=request.post, about="；".join(filter(None, told)), claims=claims)
    query = request.GET.copy()
    query.pop("part", None)
    return render(
        request,
        "assessment/site_list.html",
        {
            "title": title,
            "about": about,
            "periods": list(dict.fromkeys(block.first.booked_in.period.name for block in blocks)),
            "sheets": [
                (number, block, *_address(request, block))
                for number, block in enumerate(blocks, part.start_index())
            ],
            "claims": claims,
            "part": part,
            "most": MOST,
            "query": query.urlencode(),
            "back": back,
            "now": clock.now(),
        },
    )


def _address(request: HttpRequest, block: Block) -> tuple[str, str]:
    """Where the claim opens, in full, and the same as a picture to scan."""
    address = request.build_absolute_uri(reverse("claim", args=[block.first.pk]))
    return address, segno.make(address, error="m", micro=False).svg_data_uri(border=2)
