"""Asks for prices, with what comes with Python: `client.py [URL]`."""
import json
import sys
import urllib.request
from pathlib import Path

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
body = Path(__file__).with_name("request.json").read_bytes()
request = urllib.request.Request(f"{url}/pipelines/predict/run", body, {"Content-Type": "application/json"})
with urllib.request.urlopen(request) as answer:
    run = json.load(answer)
for shuttle in run["outputs"]["prices"]:
    print(f"{shuttle['name']:<10} {shuttle['price']:>9.2f}")
