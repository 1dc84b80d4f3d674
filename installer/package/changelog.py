#!/usr/bin/env python3
"""CHANGELOG.md as a Debian changelog: changelog.py --package NAME --version V --date YYYY-MM-DD FILE"""
import argparse
import datetime
import email.utils
import re
import sys
import textwrap


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--date", required=True)
    parser.add_argument("file")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        text = file.read()
    when = datetime.datetime.fromisoformat(options.date + "T12:00:00+00:00")
    for section in re.split(r"(?m)^## ", text)[1:]:
        head, _, body = section.partition("\n")
        words = head.split()
        dated = re.search(r"\d{4}-\d{2}-\d{2}", head)
        day = datetime.datetime.fromisoformat(dated.group() + "T12:00:00+00:00") if dated else when
        # What is not released yet is what this package carries.
        version = words[0] if dated or words[0] == options.version else options.version
        print(f"{options.package} ({version}) unstable; urgency=medium\n")
        for entry in re.split(r"(?m)^- ", body)[1:]:
            print(textwrap.fill(re.sub(r"\s+", " ", entry).strip(), 78, initial_indent="  * ", subsequent_indent="    ",
                                break_long_words=False, break_on_hyphens=False))
        print(f"\n -- ExoBrain maintainers <maintainers@exobrain.invalid>  {email.utils.format_datetime(day)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
