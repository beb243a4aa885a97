import os

from custom import classes
from omegaconf import OmegaConf

CONFIG_LOADER_ARGS = {
    "base_env": "common",
    "default_run_env": "dev",
    "config_patterns": {"parameters": ["knobs*"], "catalog": ["storage*"]},
    "custom_resolvers": {"stamp": classes.stamp, "twice": lambda value: value * 2},
}

HOOKS = (classes.HookThatGivesCredentials(),)

for name in filter(None, os.environ.get("CUSTOM", "").split(",")):
    setting, value = classes.CHOICES[name]
    globals()[setting] = value

# Registered by hand, as projects did before Kedro had a setting for it.
if not OmegaConf.has_resolver("by_hand"):
    OmegaConf.register_new_resolver("by_hand", classes.stamp)
