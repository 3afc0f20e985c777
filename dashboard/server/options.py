"""What `python -m dashboard` can be told, checked before anything starts."""

import argparse
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from dashboard.server.login import NoDoor, NoUploads, Password, Vouched, password

HERE = ["localhost", "127.0.0.1"]


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How the dashboard will be served."""

    settings: dict[str, Any]  # for Streamlit
    doors: list[Middleware]  # in front of it, the outermost first
    said: list[str]  # to whoever starts it


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The options, with their help."""
    parser = argparse.ArgumentParser(
        prog="python -m dashboard", description=description, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--port", type=int, default=8501, help="where to listen (8501)")
    parser.add_argument(
        "--work", type=Path, help="folder for the models that readers train (one among the temporary files)"
    )
    parser.add_argument(
        "--models-dir", type=Path, help="folder that readers may open models of their own from"
    )
    parser.add_argument("--keep", type=int, default=6, help="models kept in memory at a time (6)")
    public = parser.add_argument_group("for others", "without --public only this machine is served")
    public.add_argument(
        "--public", action="store_true", help="let others in, through a door; files are not taken"
    )
    public.add_argument(
        "--password-file", type=Path, help="the door: its first line is the password of the class"
    )
    public.add_argument(
        "--proxy-header", help="the door: a login in front of this server names the reader here"
    )
    public.add_argument(
        "--host", action="append", default=[], help="a name that readers reach this dashboard by"
    )
    return parser


def serving(asked: argparse.Namespace) -> Serving:
    """Check what was asked, and put the dashboard's settings into the environment of its pages.

    Raises:
        NoDoor: One sentence: what is wrong, and what to do.
    """
    door = _door(asked)
    address = "0.0.0.0" if asked.password_file else "127.0.0.1"
    _check_port(address, asked.port)
    if asked.models_dir and not asked.models_dir.is_dir():
        raise NoDoor(f"There is no folder {asked.models_dir}: give --models-dir one that is there.")
    if asked.models_dir:
        os.environ["UNDERHOOD_MODELS"] = str(asked.models_dir.resolve())
    if asked.work:
        os.environ["UNDERHOOD_WORK"] = str(asked.work.resolve())
    os.environ["UNDERHOOD_KEPT"] = str(max(1, asked.keep))
    os.environ["UNDERHOOD_PUBLIC"] = "1" if asked.public else ""
    hosts = [*HERE, *asked.host]
    return Serving(
        settings={"server.port": asked.port, "server.address": address, "server.allowedHosts": hosts},
        doors=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False), *door],
        said=_said(asked),
    )


def _door(asked: argparse.Namespace) -> list[Middleware]:
    """Who is let in."""
    doors = [name for name in ("password_file", "proxy_header") if getattr(asked, name)]
    if not asked.public:
        if doors or asked.host:
            raise NoDoor("--password-file, --proxy-header and --host belong to --public: add it.")
        return []
    if len(doors) != 1:
        raise NoDoor("--public needs one door: --password-file FILE, or --proxy-header NAME behind a login.")
    if not asked.host:
        raise NoDoor("--public needs --host NAME: the name, without a port, that readers reach this by.")
    if asked.models_dir:
        raise NoDoor("--public opens no folder to readers: leave --models-dir away.")
    if asked.password_file:
        return [Middleware(Password, word=password(asked.password_file)), Middleware(NoUploads)]
    if not asked.proxy_header.replace("-", "").isalnum() or not asked.proxy_header.isascii():
        raise NoDoor("--proxy-header takes the name of a header, for instance X-Forwarded-User.")
    return [Middleware(Vouched, header=asked.proxy_header), Middleware(NoUploads)]


def _check_port(address: str, port: int) -> None:
    if not 1 <= port <= 65535:
        raise NoDoor(f"Port {port} does not exist: choose one from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            raise NoDoor(
                f"Port {port} is in use: stop what runs there or choose another with --port."
            ) from None


def _said(asked: argparse.Namespace) -> list[str]:
    if not asked.public:
        return [f"Underhood: http://localhost:{asked.port}  (Ctrl+C stops it)"]
    who = "asks for the password" if asked.password_file else f"lets in whom {asked.proxy_header} names"
    lines = [f"Underhood: http://{asked.host[0]}:{asked.port} {who}; files are not taken. Ctrl+C stops it."]
    if asked.password_file:
        lines.append("Without a proxy that adds TLS, passwords and texts travel readable by the network.")
    return lines
