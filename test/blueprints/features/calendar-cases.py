"""Writes calendar-cases.json: parts of times in time zones by Python's datetime and zoneinfo."""

import json
import random
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = ["UTC", "Europe/Prague", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
random.seed(49)

moments = [0, 951_782_400_000, 1_704_067_199_999, 1_735_689_600_000]
# About the hours when clocks change, and ends of years and weeks.
for day in ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-04", "2011-12-30", "2020-12-31", "2024-02-29"]:
    start = int(datetime.fromisoformat(day + "T00:00:00+00:00").timestamp() * 1000)
    moments += [start + random.randrange(-36, 36) * 1_800_000 + random.randrange(1000) for _ in range(4)]
moments += [random.randrange(4_000_000_000_000) for _ in range(20)]

cases = []
for ms in moments:
    for zone in ZONES:
        local = (EPOCH + timedelta(milliseconds=ms)).astimezone(ZoneInfo(zone))
        cases.append([ms, zone, local.minute, local.hour, local.isoweekday(), int(local.isoweekday() > 5), local.day,
                      local.timetuple().tm_yday, local.isocalendar().week, local.month, (local.month - 1) // 3 + 1, local.year])
Path(__file__).with_suffix(".json").write_text("[\n" + ",\n".join("  " + json.dumps(case) for case in cases) + "\n]\n")
