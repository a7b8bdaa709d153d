"""The configuration of one municipality: its models and how a folder of YAML and CSV is read."""

from orchestration.config.load import load_config
from orchestration.config.model import Config

__all__ = ["Config", "load_config"]
