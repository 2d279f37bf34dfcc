"""Tables that come as a workbook, and where the files of an import may be written."""

import os
import re
import stat
import subprocess
import time
import zipfile

import pytest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CTL = os.path.join(os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build"))), "deadlinectl")
TABLE = "月份,责任单位,责任人\n" + "".join(
    f"{m} 月,{u},\n" for m, u in enumerate(
        "六大队 七大队 八大队 九大队 十大队 机动大队 专业执法大队 机关、数字化 一大队 二大队 三大队 四大队".split(), 1)
).replace("机关、数字化", '"机关、数字化"')


@pytest.fixture
def site(tmp_path):
    subprocess.run(["cp", "-R", os.path.join(ROOT, "config"), tmp_path / "etc"], check=True)
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def ctl(site, *args, path="/usr/bin:/bin"):
    return subprocess.run([CTL, *args], cwd=site, capture_output=True, text=True, timeout=60, check=False,
                          env={"PATH": path, "LC_ALL": "C.UTF-8",
                               "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")})


def roster(site, file, *more, **kw):
    return ctl(site, "import", "roster", file, "--year", "2027", "-c", "etc/deadlined.cfg", *more, **kw)


def converter(site, script):
    """A PATH whose xlsx2csv is this script."""
    (site / "bin").mkdir()
    program = site / "bin" / "xlsx2csv"
    program.write_text("#!/bin/sh\n" + script)
    program.chmod(0o755)
    (site / "t.xlsx").write_bytes(b"PK\003\004")
    return f"{site}/bin:/usr/bin:/bin"


# ---- workbooks -----------------------------------------------------------------------------------

def test_workbook(site):
    path = converter(site, 'test "$1 $2" = "-- t.xlsx" && cat table.csv\n')
    p = roster(site, "t.xlsx", path=path)
    assert p.returncode == 0, p.stdout
    assert len(re.findall("month = ", (site / "etc" / "roster-2027.cfg").read_text())) == 12


def test_name_is_no_option(site):
    path = converter(site, 'test "$1" = -- && cat table.csv\n')
    os.rename(site / "t.xlsx", site / "--all.xlsx")
    p = ctl(site, "import", "roster", "--year", "2027", "-c", "etc/deadlined.cfg", "--", "--all.xlsx",
            path=path)
    assert p.returncode == 0, p.stdout + p.stderr


@pytest.mark.parametrize("script", ["exit 1\n", "yes 1月,六大队\n", "head -c 5 table.csv; kill -9 $$\n",
                                    "while :; do :; done\n", ": > touched; echo x > touched; exit 1\n"],
                         ids=["fails", "endless", "killed", "busy", "writes"])
def test_converter_misbehaves(site, script):
    path = converter(site, script)
    before = time.monotonic()
    p = roster(site, "t.xlsx", path=path)
    assert p.returncode == 1
    assert "is no workbook that xlsx2csv can read" in p.stdout
    assert time.monotonic() - before < 40
    assert not os.path.exists(site / "touched") or (site / "touched").stat().st_size == 0


def test_no_converter(site):
    (site / "t.xlsx").write_bytes(b"PK\003\004")
    p = roster(site, "t.xlsx", path=str(site))
    assert p.returncode == 1
    assert "xlsx2csv is not installed" in p.stdout


def sheet(path):
    """The smallest workbook: one sheet of strings."""
    rows = ""
    for r, line in enumerate(TABLE.strip().split("\n"), 1):
        cells = (f'<c r="{c}{r}" t="inlineStr"><is><t>{text.strip(chr(34))}</t></is></c>'
                 for c, text in zip("ABC", line.split(",")))
        rows += f'<row r="{r}">' + "".join(cells) + "</row>"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", f'<Types xmlns="{package}content-types"><Default Extension="rels" '
                   'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                   f'<Override PartName="/xl/workbook.xml" ContentType="{kind}sheet.main+xml"/>'
                   f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}worksheet+xml"/></Types>')
        z.writestr("_rels/.rels", f'<Relationships xmlns="{package}relationships"><Relationship Id="r1" '
                   f'Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" '
                   'sheetId="1" r:id="r1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}relationships"><Relationship '
                   f'Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml",
                   f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>')


@pytest.mark.skipif(not os.path.exists("/usr/bin/xlsx2csv"), reason="xlsx2csv is not installed")
def test_real_converter(site):
    sheet(site / "real.xlsx")
    p = roster(site, "real.xlsx")
    assert p.returncode == 0, p.stdout
    text = (site / "etc" / "roster-2027.cfg").read_text()
    assert 'month = 8; units = [ "office", "digital" ];' in text
    assert len(re.findall("month = ", text)) == 12


# ---- where it writes ---------------------------------------------------------------------------------

def test_never_overwrites_unasked(site):
    out = site / "etc" / "roster-2027.cfg"
    out.write_text("# mine\n")
    out.chmod(0o640)
    p = roster(site, "table.csv")
    assert p.returncode == 1 and "exists already" in p.stdout and "Nothing was written." in p.stdout
    assert out.read_text() == "# mine\n"
    p = roster(site, "table.csv", "--force")
    assert p.returncode == 0, p.stdout
    assert "rosters = (" in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert sorted(f for f in os.listdir(site / "etc") if "2027" in f) == ["roster-2027.cfg"]


def test_follows_a_link_to_the_file(site):
    real = site / "real.cfg"
    real.write_text("# mine\n")
    (site / "etc" / "roster-2027.cfg").symlink_to(real)
    assert roster(site, "table.csv", "--force").returncode == 0
    assert (site / "etc" / "roster-2027.cfg").is_symlink()
    assert "rosters = (" in real.read_text()


@pytest.mark.parametrize("out", ["none/x.cfg", "etc", "/dev/null", "/proc/x.cfg"])
def test_cannot_write(site, out):
    p = roster(site, "table.csv", "--out", out, "--force")
    assert p.returncode == 1 and "Nothing was written." in p.stdout


def test_file_too_large_for_the_disk(site):
    """A write that fails half-way leaves nothing behind."""
    p = subprocess.run(["/bin/sh", "-c", f"trap '' XFSZ; ulimit -f 1; exec {CTL} import roster table.csv "
                        "--year 2027 -c etc/deadlined.cfg"], cwd=site, capture_output=True, text=True,
                       timeout=60, check=False, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    assert p.returncode == 1, p.stdout
    assert not [f for f in os.listdir(site / "etc") if "2027" in f]
