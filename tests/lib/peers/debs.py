"""Unpacks Debian packages below build/peers/ instead of installing them.

Installing a mail or SMS server would start it, or configure it for the whole machine.  What they
link to is in the Makefile's PKG_PEERS and installed as usual.
"""

import os
import shutil
import subprocess
import tempfile

import pytest

from .probe import BUILD


def unpack(package):
    """The folder that stands for / of the package."""
    root = os.path.join(BUILD, "peers", package)
    if os.path.isdir(root):
        return root
    os.makedirs(os.path.dirname(root), exist_ok=True)
    work = tempfile.mkdtemp(dir=os.path.dirname(root))
    try:
        download(package, work)
        deb = next(name for name in os.listdir(work) if name.endswith(".deb"))
        subprocess.run(["dpkg", "-x", deb, "root"], cwd=work, check=True, timeout=60)
        os.rename(os.path.join(work, "root"), root)
    finally:
        shutil.rmtree(work)
    return root


def download(package, folder):
    command = ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300,
                          check=False)
    if done.returncode and os.geteuid() == 0:
        subprocess.run(["apt-get", "-qq", "update"], capture_output=True, timeout=300, check=False)
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300,
                              check=False)
    if done.returncode:
        pytest.fail(f"cannot download the Debian package {package}: {done.stderr.strip()}")


def run_env(*folders):
    """The environment for unpacked programs: their own libraries first."""
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    env["LD_LIBRARY_PATH"] = ":".join(folders)
    return env
