"""How a test drives a node from outside: by a file it writes and a file it waits for."""
import os
import time


def pass_through(name, control):
    if "calls" in control:
        with open(control["calls"], "a") as file:
            file.write(f"{name}\n")
    while control.get("waitAt") == name and not os.path.exists(control.get("gate", "")):
        time.sleep(0.005)
    if control.get("failAt") == name:
        raise RuntimeError(f"{name} was told to fail")
