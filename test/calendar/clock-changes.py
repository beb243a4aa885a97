"""Days and hours around changes of the clocks, by Python's zoneinfo and nothing but brute force.

Reads {"zones": [...], "from": year, "to": year, "rules_from": year, "rules": {name: [[hour, minute]]}}; answers {zone: {
"days": [[date, start, end]], "hours": [[date, [starts]]], "rules": [[name, gap, overlap, from, to, [starts]]]}} with seconds
since the epoch: every local day whose length is not 24 hours, where the hours of such a day start, and where each rule has
its starts from the day before to the day after it, under each policy.
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


def instants(zone, naive):
    """The instants at which the clocks show a local time, and the jump that goes over it where there is none."""
    both = [int(naive.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1)]
    real = sorted({at for at in both if datetime.fromtimestamp(at, zone).replace(tzinfo=None) == naive})
    if real:
        return real, None
    low, high = min(both), max(both)
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while low < high:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle + 1
        else:
            high = middle
    return [], low


def rule_starts(found, gap, overlap):
    """Of each local time its first instant, both or the jump."""
    starts = set()
    for real, jump in found:
        if jump is not None and gap == "shift":
            starts.add(jump)
        starts.update(real if overlap == "twice" else real[:1])
    return starts


def reentries(zone, start, end):
    """Where the clocks go back into the middle of an hour, which makes it start again."""
    found, before = set(), datetime.fromtimestamp(start - 60, zone).replace(tzinfo=None)
    for second in range(start, end, 60):
        now = datetime.fromtimestamp(second, zone).replace(tzinfo=None)
        if now < before:
            found.add(second)
        before = now
    return found


def rules_about(zone, day, rules):
    start, end = first_start(zone, day - timedelta(days=1)), first_start(zone, day + timedelta(days=2))
    dates = [datetime(day.year, day.month, day.day) + timedelta(days=days) for days in range(-2, 3)]
    again, rows = reentries(zone, start, end), []
    for name, times in rules.items():
        found = [instants(zone, each + timedelta(hours=hour, minutes=minute)) for each in dates for hour, minute in times]
        for gap in ("shift", "skip"):
            for overlap in ("once", "twice"):
                starts = rule_starts(found, gap, overlap) | (again if name == "hour" and overlap == "twice" else set())
                rows.append([name, gap, overlap, start, end, sorted(at for at in starts if start <= at < end)])
    return rows


def changes(name, request):
    zone, days, hours, rules = ZoneInfo(name), [], [], []
    day = date(request["from"], 1, 1)
    start = first_start(zone, day)
    while day < date(request["to"], 1, 1):
        following = day + timedelta(days=1)
        end = first_start(zone, following)
        if end - start not in (0, 86400):
            days.append([day.isoformat(), start, end])
            hours.append([day.isoformat(), hour_starts(zone, start, end)])
        if end - start != 86400 and day.year >= request["rules_from"]:
            rules += rules_about(zone, day, request["rules"])
        day, start = following, end
    return {"days": days, "hours": hours, "rules": rules}


try:
    from zoneinfo import ZoneInfo

    ZoneInfo("Australia/Lord_Howe")
except (ImportError, LookupError):
    sys.exit(3)

request = json.load(sys.stdin)
json.dump({name: changes(name, request) for name in request["zones"]}, sys.stdout)
