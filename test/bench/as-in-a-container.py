"""Executes a command under a seccomp filter that allows everything: every container's program runs under some filter, and the few
nanoseconds which that adds to each call belong to "plain"."""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
RETURN, ALLOW = 0x06, 0x7FFF0000

instruction = ctypes.create_string_buffer(struct.pack("HBBI", RETURN, 0, 0, ALLOW))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 1, ctypes.addressof(instruction)))
if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) != 0:
    sys.exit(f"cannot install a seccomp filter: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[1], sys.argv[1:])
