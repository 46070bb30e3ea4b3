#!/usr/bin/env python3
"""Tries every documented call against a shop of its own, with schemathesis: no 5xx, no answer that is not documented.

    python3 tests/schemathesis/run.py [arguments for `schemathesis run`]

Builds and starts the embedded shop on free ports, with a buyer and a member of staff, and installs schemathesis into
target/. Without a package index it says so and does nothing, unless DADASHOP_REQUIRE_SERVICES=1.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PASSWORD = "s3cret-pass"
BUYER, STAFF = "schema01", "schemaboss"


def installed():
    """The schemathesis command of the pinned version; None when it cannot be had."""
    requirements = HERE / "requirements.txt"
    folder = TARGET / "schemathesis"
    command, stamp = folder / "bin" / "schemathesis", folder / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return command
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", "-r", requirements], check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"schemathesis cannot be installed: {error}")
        return None
    stamp.write_text(requirements.read_text())
    return command


def binary():
    """The shop: a given one, or the sources'."""
    given = os.environ.get("DADASHOP_TEST_BINARY")
    if given:
        return Path(given)
    subprocess.run(["cargo", "build", "--locked", "--quiet", "-p", "dadashop"], cwd=ROOT, check=True)
    return TARGET / "debug" / "dadashop"


def environment(folder):
    """Free ports, no limits, no SMS."""
    settings = {
        "MODE": "development",
        "DATA_DIR": f"{folder}/data",
        "GATEWAY_ADDR": "127.0.0.1:0",
        "WEB_ADDR": "127.0.0.1:0",
        "SANDBOX_ADDR": "127.0.0.1:0",
        "LIMITS": "off",
        "USERS_REGISTER_REQUIRE_SMS": "false",
        "LOG": "error",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DADASHOP_")}
    return inherited | {f"DADASHOP_{name}": value for name, value in settings.items()}


def await_ready(shop):
    """The address of its gateway, from the line `ready: web=… api=… sandbox=…`."""
    for line in shop.stdout:
        if line.startswith("ready:"):
            return dict(word.split("=", 1) for word in line.split()[1:])["api"]
    raise SystemExit("the shop did not start")


def post(url, body, token=None):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    if token:
        request.add_header("Authorization", token)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def people(api, program, env):
    """Tokens of a buyer with an address, a cart and an order, and of staff."""
    phone = "13800138000"
    form = {"uname": BUYER, "password": PASSWORD, "phone": phone, "email": "schema01@example.com"}
    token = post(f"{api}/v1/users/register", form)["token"]
    address = {"receiver": "周岚", "receiver_phone": phone, "address": "江苏省苏州市工业园区湖东路8号", "tag": "家"}
    post(f"{api}/v1/users/{BUYER}/address", address, token)
    for sku in (1, 2):
        post(f"{api}/v1/carts/{BUYER}", {"sku_id": sku, "count": 1}, token)
    post(f"{api}/v1/orders/{BUYER}", {"address_id": 1, "settlement_type": 1, "sku_id": 1, "buy_count": 1}, token)
    made = subprocess.run(
        [program, "users", "createsuperuser", "--username", STAFF, "--email", "staff@example.com", "--phone", "13900139000"],
        env=env | {"DADASHOP_SUPERUSER_PASSWORD": PASSWORD}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )
    if made.returncode != 0:
        raise SystemExit(f"no staff account: {made.stderr.strip()}")
    staff = post(f"{api}/v1/users/login", {"username": STAFF, "password": PASSWORD})
    return token, staff["token"]


def main():
    command = installed()
    if command is None:
        print("skipped: no schemathesis")
        return 1 if os.environ.get("DADASHOP_REQUIRE_SERVICES") == "1" else 0
    program = binary()
    with tempfile.TemporaryDirectory() as folder:
        env = environment(folder)
        shop = subprocess.Popen([program], cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
        try:
            api = await_ready(shop)
            token, staff_token = people(api, program, env)
            env |= {"SHOP_TOKEN": token, "SHOP_STAFF_TOKEN": staff_token, "SHOP_USERNAME": BUYER}
            run = [command, "--no-color", "--config-file", "schemathesis.toml", "run", f"{api}/v1/openapi.json"]
            return subprocess.run([*run, *sys.argv[1:]], cwd=HERE, env=env).returncode
        finally:
            shop.terminate()
            shop.wait(30)


if __name__ == "__main__":
    sys.exit(main())
