"""Functions for ``test_limited``: workers import this module by name."""

import ctypes
import os
import re
import subprocess
import sys
import time
from pathlib import Path


def echo(value):
    return value


def process_id(*_):
    return os.getpid()


def nap(seconds):
    time.sleep(seconds)
    return os.getpid()


def spin_in_c(path):
    Path(path).write_text(str(os.getpid()))
    return 10 ** (10**9) % 7


def backtrack(path):
    Path(path).write_text(str(os.getpid()))
    return bool(re.match(r"(a|a)*b", "a" * 64))


def spin_in_python(path):
    Path(path).write_text(str(os.getpid()))
    while True:
        pass


def sleep_with_a_child(path):
    child = subprocess.Popen(["sleep", "1000"])
    Path(path).write_text(str(child.pid))
    time.sleep(1000)


def allocate(length):
    return len(bytearray(length))


def allocate_bit_by_bit():
    kept = []
    while True:
        kept.append([0] * 10)


def raise_value_error(text):
    raise ValueError(text)


def leave():
    sys.exit("done")


def leave_at_once(status):
    os._exit(status)


def abort():
    os.abort()


def read_address_zero():
    return ctypes.string_at(0)


def recurse(depth):
    return recurse(depth + 1)


def big_integer():
    return 10**5000


def print_and_read(text):
    print(text, flush=True)
    os.write(1, b"noise\n")
    return sys.stdin.read()


def open_descriptors():
    return sorted(int(name) for name in os.listdir("/proc/self/fd"))
