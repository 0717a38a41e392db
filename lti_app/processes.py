"""Commands that start processes: web server, worker, and the whole demo."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click

_WEB = "lti_app.wsgi:application"
_DEMO = "lti_app.demo.wsgi:application"


@click.command("run")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), help="Default: EXPEDITIE_PORT or 5000.")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--with-worker", is_flag=True, help="Start one worker with beat as well.")
def run(host: str, port: int | None, processes: int, with_worker: bool) -> None:
    """Serve the tool with gunicorn."""
    chosen = port or int(os.environ.get("EXPEDITIE_PORT", "5000"))
    free_or_exit(host, chosen)
    started = [start_web(host, chosen, processes, os.environ)]
    if with_worker:
        started.append(start_worker(os.environ))
    sys.exit(keep(started))


@click.command("worker", context_settings={"ignore_unknown_options": True})
@click.option("--concurrency", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--no-beat", is_flag=True, help="When another worker has beat already.")
def worker(concurrency: int, no_beat: bool) -> None:
    """Run a Celery worker, with beat unless told otherwise."""
    os.execv(sys.executable, _worker_command(concurrency, beat=not no_beat))


def start_web(
    host: str, port: int, processes: int, environ: "os._Environ[str] | dict[str, str]"
) -> "subprocess.Popen[bytes]":
    """Start gunicorn on this address."""
    return serve(_WEB, host, port, processes, dict(environ))


def serve(
    application: str, host: str, port: int, processes: int, environ: dict[str, str]
) -> "subprocess.Popen[bytes]":
    """Start gunicorn with any WSGI application, in the way that we serve the tool."""
    return _start([*_gunicorn(host, port, processes), application], environ)


def start_worker(
    environ: "os._Environ[str] | dict[str, str]", *, beat: bool = True
) -> "subprocess.Popen[bytes]":
    """Start one Celery worker, with beat unless told otherwise."""
    return _start(_worker_command(1, beat=beat), dict(environ))


def start_demo_lms(port: int, environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start the demo LMS; threads, because it calls the tool while the tool calls it."""
    return serve(_DEMO, "127.0.0.1", port, 1, environ)


def _gunicorn(host: str, port: int, processes: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{host}:{port}"]
    # Threads: a browser opens connections ahead of need, and a worker without threads would wait
    # for each of them until it times out.
    command += ["--workers", str(processes), "--worker-class", "gthread", "--threads", "8"]
    command += ["--log-level", "warning", "--timeout", "60", "--graceful-timeout", "5"]
    command += ["--no-control-socket"]
    # The heartbeat file of a worker belongs in memory: a slow disk must not kill workers.
    shared = Path("/dev/shm")
    return command + (["--worker-tmp-dir", str(shared)] if shared.is_dir() else [])


def _worker_command(concurrency: int, *, beat: bool) -> list[str]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "lti_app.worker:celery"]
    pool = ["--pool", "solo"] if concurrency == 1 else ["--concurrency", str(concurrency)]
    return [
        *command,
        "worker",
        *pool,
        *(["--beat"] if beat else []),
        "--loglevel",
        "ERROR",
        "--without-gossip",
    ]


def _start(command: list[str], environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    # A session of its own: Ctrl-C reaches only us, and we end our processes one by one. Workers
    # that got the terminal's signal as well as their master's could be left behind.
    return subprocess.Popen(command, env=environ, start_new_session=True)


def keep(started: "list[subprocess.Popen[bytes]]") -> int:
    """Wait until one process ends or Ctrl-C is pressed, then end all; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    status = 0
    try:
        while all(process.poll() is None for process in started):
            time.sleep(0.3)
        status = 1
    except KeyboardInterrupt:
        pass
    end(started)
    return status


def end(started: "list[subprocess.Popen[bytes]]") -> None:
    """End processes politely, and after ten seconds firmly."""
    for process in started:
        process.terminate()
    deadline = time.monotonic() + 10
    for process in started:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_or_exit(host: str, port: int) -> None:
    """Say in words that a port is in use, and stop."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(
                f"Port {port} on {host} is in use by another program ({error.strerror}). "
                "End it, or choose another port with EXPEDITIE_PORT or EXPEDITIE_DEMO_PORT."
            ) from error


commands = [run, worker]
