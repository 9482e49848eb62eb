# type-into-shell.py SHELL ARGS...: types into an interactive shell on a terminal of its own. On standard input a JSON list of
# [keys, expected]: the keys are typed, and `expected` has to appear in what the terminal then shows. Exits 1 when it doesn't.
import fcntl, json, os, pty, select, struct, sys, termios, time

patience_s = 20


def main():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[1], sys.argv[1:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    await_text(terminal, "ready>")
    for keys, expected in json.load(sys.stdin):
        os.write(terminal, keys.encode())
        await_text(terminal, expected, keys)
        # Whatever stands there is given up, and a new prompt says that the shell is done with it.
        os.write(terminal, b"\x15\r")
        await_text(terminal, "ready>")


def await_text(terminal, expected, keys=""):
    shown = b""
    end = time.monotonic() + patience_s
    while expected.encode() not in shown:
        readable, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
        if not readable:
            sys.exit(f"after {keys!r} there was no {expected!r} but {shown.decode(errors='replace')!r}")
        shown += os.read(terminal, 65536)


main()
