"""Three nodes that make a text, and nodes that end a process in several ways."""
import logging
import os
import signal
import time

from kedro.pipeline import node, pipeline


def repeat(size):
    return "x" * size


def shout(text, parameters):
    if parameters.get("fail"):
        raise ValueError("told to fail")
    return text.upper()


def measure(text):
    return len(text)


def die(how):
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "exit":
        os._exit(7)
    if how == "sys.exit":
        raise SystemExit("enough")
    return how


def sleep(seconds):
    end = time.time() + seconds
    while time.time() < end:
        time.sleep(0.01)
    return seconds


# What only a kill can end.
def deaf(seconds):
    end = time.time() + seconds
    while time.time() < end:
        try:
            time.sleep(0.01)
        except KeyboardInterrupt:
            pass
    return seconds


# A cancel that arrives in the midst of the host's next words to its parent.
def cut(size):
    write = os.write

    def interrupting(descriptor, data):
        if descriptor == 4:
            os.write = write
            os.kill(os.getpid(), signal.SIGINT)
        return write(descriptor, data)

    os.write = interrupting
    return "x" * size


def say(word):
    print(f"printed {word}")
    logging.getLogger(__name__).info("logged %s", word)
    os.write(1, f"written {word}\n".encode())
    return os.getpid()


def child(seconds):
    import subprocess
    import sys

    subprocess.run([sys.executable, "-c", f"import time; time.sleep({seconds})"], check=True)
    return seconds


def register_pipelines():
    made = pipeline(
        [
            node(repeat, "params:size", "text", name="repeat"),
            node(shout, ["text", "parameters"], "made", name="shout"),
            node(measure, "made", "length", name="measure"),
        ]
    )
    return {
        "__default__": made,
        "alias": made,
        "die": pipeline([node(die, "params:how", "seen", name="die")]),
        "sleep": pipeline([node(sleep, "params:seconds", "slept", name="sleep")]),
        "deaf": pipeline([node(deaf, "params:seconds", "slept", name="deaf")]),
        "cut": pipeline([node(cut, "params:size", "text", name="cut"), node(lambda text: text, "text", "made", name="keep")]),
        "say": pipeline([node(say, "params:word", "pid", name="say")]),
        "child": pipeline([node(child, "params:seconds", "slept", name="child")]),
        "table": pipeline([node(lambda table: table, "table", "same", name="same")]),
    }
