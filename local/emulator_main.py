"""Starts the emulator with one more folder on its path: `python -P emulator_main.py FOLDER`.

Run by the emulator's own interpreter, so nothing of this project may be imported here.
"""

import sys

sys.path.append(sys.argv.pop(1))

from ministack.app import main

main()
