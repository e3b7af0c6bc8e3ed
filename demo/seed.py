"""A Home Assistant configuration that needs no onboarding and no login.

The account and its keys are public, so the demo listens on this machine only.
"""

import base64
from datetime import UTC, datetime, timedelta
import hashlib
import hmac
import json
from pathlib import Path
import shutil
from typing import Any

FOLDER = Path(__file__).parent
REPOSITORY = FOLDER.parent

USER_ID = "d0d0d0d0d0d04d0d8d0d0d0d0d0d0d0d"
TOKEN_ID = "e0e0e0e0e0e04e0e8e0e0e0e0e0e0e0e"
TOKEN_KEY = hashlib.sha512(b"the demo's public key").hexdigest()
TEN_YEARS = timedelta(days=3650)


def seed(folder: Path, port: int, *, empty: bool = False) -> str:
    """Write the configuration of a Home Assistant on this port; return an access token.

    An empty one has the integration's files, and knows of no server yet.
    """
    home = "empty_home_assistant" if empty else "home_assistant"
    shutil.copytree(FOLDER / home, folder, dirs_exist_ok=True)
    (folder / "secrets.yaml").write_text(f"internal_url: http://127.0.0.1:{port}\n")
    _link(folder, Path("custom_components", "cisco_unified_presence"))
    # Home Assistant lists no blueprints of a linked folder.
    part = Path("blueprints", "automation", "cisco_unified_presence")
    shutil.copytree(REPOSITORY / part, folder / part)
    _write_stores(folder / ".storage", port, "config" if empty else "demo-office")
    _write_quiet_ffmpeg(folder / "bin")
    return _access_token()


def _link(folder: Path, part: Path) -> None:
    """Link a part of the repository into the configuration."""
    (folder / part).parent.mkdir(parents=True)
    (folder / part).symlink_to(REPOSITORY / part)


def _write_stores(storage: Path, port: int, panel: str) -> None:
    storage.mkdir()
    now = datetime.now(UTC).isoformat()

    def store(key: str, data: dict[str, Any], version: int = 1, minor_version: int = 1) -> None:
        content = {"version": version, "minor_version": minor_version, "key": key, "data": data}
        (storage / key).write_text(json.dumps(content))

    store("auth", _auth(now))
    store("onboarding", {"done": ["user", "core_config", "analytics", "integration"]}, version=4)
    # In YAML, http settings are a trial that Home Assistant ends after five minutes.
    store("http", {"stable": _http(port, now), "pending": None, "yaml_migration_done": True}, 2, 2)
    store("core.config_entries", {"entries": [_disabled_marketplace(now)]}, minor_version=5)
    store("frontend.system_data", {"core": {"default_panel": panel}})


def _auth(now: str) -> dict[str, Any]:
    return {
        "users": [
            {
                "id": USER_ID,
                "group_ids": ["system-admin"],
                "is_owner": True,
                "is_active": True,
                "name": "Demo",
                "system_generated": False,
                "local_only": True,
            }
        ],
        "groups": [
            {"id": "system-admin", "name": "Administrators"},
            {"id": "system-users", "name": "Users"},
            {"id": "system-read-only", "name": "Read Only"},
        ],
        "credentials": [],
        "refresh_tokens": [
            {
                "id": TOKEN_ID,
                "user_id": USER_ID,
                "client_id": None,
                "client_name": "demo",
                "client_icon": None,
                "token_type": "long_lived_access_token",
                "created_at": now,
                "access_token_expiration": TEN_YEARS.total_seconds(),
                "token": hashlib.sha512(b"the demo's public token").hexdigest(),
                "jwt_key": TOKEN_KEY,
                "last_used_at": None,
                "last_used_ip": None,
                "expire_at": None,
                "credential_id": None,
                "version": None,
            }
        ],
    }


def _http(port: int, now: str) -> dict[str, Any]:
    return {
        "server_host": ["127.0.0.1"],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": True,
        "ssl_profile": "modern",
        "use_x_frame_options": True,
        "created_at": now,
        "error": None,
        "error_message": None,
    }


def _disabled_marketplace(now: str) -> dict[str, Any]:
    """Return an entry without which Home Assistant 2026.11 accesses the internet at its start."""
    return {
        "entry_id": "01DEM000000000000000000000",
        "domain": "marketplace",
        "title": "",
        "source": "system",
        "data": {},
        "options": {},
        "unique_id": None,
        "disabled_by": "user",
        "created_at": now,
        "modified_at": now,
        "discovery_keys": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "subentries": [],
        "version": 1,
        "minor_version": 1,
    }


def _write_quiet_ffmpeg(folder: Path) -> None:
    """Write a stub; without ffmpeg Home Assistant logs an error at its start."""
    folder.mkdir()
    ffmpeg = folder / "ffmpeg"
    ffmpeg.write_text("#!/bin/sh\necho 'ffmpeg version 7.0'\n")
    ffmpeg.chmod(0o755)


def _access_token() -> str:
    issued = datetime.now(UTC) - timedelta(minutes=1)
    head = _encode({"alg": "HS256", "typ": "JWT"})
    claims = _encode(
        {
            "iss": TOKEN_ID,
            "iat": int(issued.timestamp()),
            "exp": int((issued + TEN_YEARS).timestamp()),
        }
    )
    signed = f"{head}.{claims}"
    signature = hmac.new(TOKEN_KEY.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _encode(part: dict[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
