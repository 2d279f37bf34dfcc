"""A throw-away CA and a certificate for localhost, made with openssl."""

import os
import subprocess


def make(folder, names="DNS:localhost,IP:127.0.0.1", days=3650):
    """Returns (ca, certificate, key) as paths below folder.  days -1: it ended yesterday."""
    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True, timeout=60)

    with open(os.path.join(folder, "ext"), "w", encoding="ascii") as f:
        f.write(f"subjectAltName={names}\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-days", "3650", "-subj", "/CN=Test CA",
            "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", *curve, "-subj", "/CN=localhost", "-keyout", "srv.key", "-out", "srv.csr")
    openssl("x509", "-req", "-in", "srv.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", str(days), "-extfile", "ext", "-out", "srv.crt")
    return tuple(os.path.join(folder, name) for name in ("ca.crt", "srv.crt", "srv.key"))
