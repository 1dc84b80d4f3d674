#!/usr/bin/env python3
"""check_no_qt.py BINARY: the headless program must not need Qt or a display's libraries, not even by way of another."""
import re
import subprocess
import sys

needed = subprocess.run(["ldd", sys.argv[1]], check=True, capture_output=True, text=True).stdout
found = [line.strip() for line in needed.splitlines() if re.search(r"libQt|libX11|libxcb|libwayland|libGL", line)]
print("\n".join(found) if found else f"{len(needed.splitlines())} libraries, none of them for a display")
sys.exit(1 if found or "libc.so" not in needed else 0)
