"""evolution_reader.py UID - the calendar of that source, by libecal

Reads words from its standard input and answers each with a line of JSON: refresh, list.  An end of the
input is its end.
"""
import json
import sys

import gi

gi.require_version("EDataServer", "1.2")
gi.require_version("ECal", "2.0")
from gi.repository import ECal, EDataServer  # noqa: E402


def row(component):
    start = component.get_dtstart()
    day = f"{start.get_year():04}-{start.get_month():02}-{start.get_day():02}"
    assert start.is_date(), component.as_ical_string()
    return [component.get_uid(), component.get_summary(), day, component.get_status().value_nick.upper() == "CANCELLED"
            or "STATUS:CANCELLED" in component.as_ical_string()]


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = registry.ref_source(sys.argv[1])
    client = ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 1, None)
    answer("ready")
    for line in sys.stdin:
        if line.strip() == "refresh":
            try:
                answer(client.refresh_sync(None))
            except Exception as e:  # a server that fails is a GLib.Error
                answer(str(e))
        else:
            found = client.get_object_list_sync("#t", None)
            answer([row(c) for c in found[1]])


main()
