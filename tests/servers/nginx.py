# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx as a mirror: serves a folder as it is, as a school's or a region's web server would."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import ServerFailedError, ServerProcess

CONFIGURATION = """
daemon off;
master_process off;
error_log stderr warn;
pid {state}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    types {{ application/json json; text/html html; application/octet-stream bin; }}
    default_type application/octet-stream;
    log_format seen '$request_method\t$uri\t$http_range\t$status\t$body_bytes_sent';
    access_log {state}/access.log seen;
    client_body_temp_path {state}/body;
    proxy_temp_path {state}/proxy;
    fastcgi_temp_path {state}/fastcgi;
    uwsgi_temp_path {state}/uwsgi;
    scgi_temp_path {state}/scgi;
    sendfile on;
    etag on;
    {options}
    server {{
        listen 127.0.0.1:{port};
        root "{served}";
        autoindex off;
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the access log; `range` is empty where none was asked for."""

    method: str
    path: str
    range: str
    status: int
    body_bytes: int


class Nginx(ServerProcess):
    """Serves `served`. `rate_bytes_per_s` limits each connection; gzip compresses all but media."""

    name = "nginx"

    def __init__(
        self,
        folder: Path,
        served: Path,
        *,
        rate_bytes_per_s: int | None = None,
        is_gzip_on: bool = False,
    ) -> None:
        super().__init__(folder)
        self.served = served
        self._options: list[str] = []
        if rate_bytes_per_s is not None:
            self._options.append(f"limit_rate {rate_bytes_per_s};")
        if is_gzip_on:
            types = "application/octet-stream application/json"
            self._options += ["gzip on;", "gzip_min_length 1;", f"gzip_types {types};"]

    @property
    def url(self) -> str:
        return f"{self.address}/"

    def command(self) -> list[str]:
        program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            raise ServerFailedError("nginx is not installed: python3 dev.py test installs it")
        configuration = self.folder / "nginx.conf"
        text = CONFIGURATION.format(
            state=self.folder,
            served=self.served,
            port=self.port,
            options="\n    ".join(self._options),
        )
        configuration.write_text(text, "utf-8")
        return [program, "-e", "stderr", "-p", str(self.folder), "-c", str(configuration)]

    def requests(self) -> list[Request]:
        """What was asked so far, oldest first; a request appears when its reply has ended."""
        lines = (self.folder / "access.log").read_text("utf-8").splitlines()
        seen: list[Request] = []
        for line in lines:
            method, path, asked, status, body_bytes = line.split("\t")
            asked = "" if asked == "-" else asked
            seen.append(Request(method, path, asked, int(status), int(body_bytes)))
        return seen
