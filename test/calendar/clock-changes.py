"""Days and hours around changes of the clocks, by Python's zoneinfo and nothing but brute force.

Reads {"zones": [...], "from": year, "to": year}; answers {zone: {"days": [[date, start, end]], "hours": [[date, [starts]]]}}
with seconds since the epoch: every local day whose length is not 24 hours, and where the hours of such a day start.
"""
import json
import sys
from datetime import date, datetime, timedelta, timezone


def day_start(zone, day):
    """The first second at which the clocks of a zone show the day or a later one."""
    low = int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp()) - 86400
    high = low + 2 * 86400
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).date() >= day:
            high = middle
        else:
            low = middle + 1
    return low


def first_start(zone, day):
    """As day_start, where a midnight comes twice: the first of them, which bisection may miss."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    start = int(midnight.timestamp())
    exists = datetime.fromtimestamp(start, zone).replace(tzinfo=None) == midnight.replace(tzinfo=None)
    return start if exists else day_start(zone, day)


def hour_starts(zone, start, end):
    starts, before = [], datetime.fromtimestamp(start - 60, zone).replace(tzinfo=None)
    for second in range(start, end, 60):
        now = datetime.fromtimestamp(second, zone).replace(tzinfo=None)
        if now < before or (now.date(), now.hour) != (before.date(), before.hour):
            starts.append(second)
        before = now
    return starts


def changes(name, first, last):
    zone, days, hours = ZoneInfo(name), [], []
    day = date(first, 1, 1)
    start = first_start(zone, day)
    while day < date(last, 1, 1):
        following = day + timedelta(days=1)
        end = first_start(zone, following)
        if end - start not in (0, 86400):
            days.append([day.isoformat(), start, end])
            hours.append([day.isoformat(), hour_starts(zone, start, end)])
        day, start = following, end
    return {"days": days, "hours": hours}


try:
    from zoneinfo import ZoneInfo

    ZoneInfo("Australia/Lord_Howe")
except (ImportError, LookupError):
    sys.exit(3)

request = json.load(sys.stdin)
json.dump({name: changes(name, request["from"], request["to"]) for name in request["zones"]}, sys.stdout)
