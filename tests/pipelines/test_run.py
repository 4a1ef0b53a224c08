"""The main job leaves what the interface says."""

from __future__ import annotations

import json

import pandas as pd

