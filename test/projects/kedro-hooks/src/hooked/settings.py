from hooked.hooks import Recorder

HOOKS = (Recorder(),)
