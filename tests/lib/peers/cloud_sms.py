"""Aliyun, Tencent Cloud and 云MAS as their documents have them: each recomputes the signature from the
bytes that came, and refuses in the provider's own words what is signed wrongly, too late or twice.

A server is an HttpScript whose answer is a function of the request; `script` overrules what a good
request gets: a code, or any answer of an HttpScript.
"""

import base64
import hashlib
import hmac
import json
import time
import urllib.parse
from datetime import datetime, timezone
from email.utils import formatdate

from peers.http_script import HttpScript

KEY, SECRET = "LTAI-test-key-id", "test-key-secret-0123456789"
APP, REGION, ENTERPRISE, SIGN_CODE = "1400006666", "ap-guangzhou", "测试市大数据局", "TestSign1"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def hmac256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)


def quote(text):
    return urllib.parse.quote(text, safe="-_.~")


def answer(body, status=200, headers=None):
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return (status, text, {"Content-Type": "application/json", **(headers or {})})


class Cloud(HttpScript):
    """now: the provider's clock; None is the real one."""

    def __init__(self, script=None, now=None, secret=SECRET, details=(), context=None):
        super().__init__(None, context=context)
        self.script, self.clock, self.secret = script, now, secret
        self.details = list(details)
        self.sent, self.asked, self.nonces = [], [], set()

    def now(self):
        return time.time() if self.clock is None else self.clock

    def answer(self):
        what = self.judge(*self.requests[-1][:4])
        if isinstance(what, tuple):
            status, text, *more = what
            headers = {"Date": formatdate(self.now(), usegmt=True), **(more[0] if more else {})}
            return (status, text, headers)
        return what

    def scripted(self, good):
        if self.script is None:
            return good
        return self.script if not isinstance(self.script, str) else self.refuse(self.script)


class Aliyun(Cloud):
    def refuse(self, code, message="words", status=200):
        return answer({"RequestId": "R-1", "Code": code, "Message": message}, status)

    def judge(self, method, target, headers, body):
        path, _, query = target.partition("?")
        names = ["host"] + sorted(n for n in headers if n.startswith("x-acs-"))
        if "content-type" in headers:
            names.insert(0, "content-type")
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        canonical_query = "&".join(f"{quote(k)}={quote(v)}" for k, v in sorted(pairs))
        canonical = "\n".join([method, path, canonical_query,
                               "".join(f"{n}:{headers[n].strip()}\n" for n in names),
                               ";".join(names), sha256(body)])
        to_sign = "ACS3-HMAC-SHA256\n" + sha256(canonical.encode())
        signature = hmac256(self.secret.encode(), to_sign).hexdigest()
        if headers.get("x-acs-content-sha256") != sha256(body):
            return self.refuse("SignatureDoesNotMatch", "hash", 400)
        if headers.get("authorization") != (
                f"ACS3-HMAC-SHA256 Credential={KEY},SignedHeaders={';'.join(names)},"
                f"Signature={signature}"):
            if f"Credential={KEY}," not in headers.get("authorization", ""):
                return self.refuse("InvalidAccessKeyId.NotFound", "no such key", 404)
            return self.refuse("SignatureDoesNotMatch", "server string to sign is ...", 400)
        at = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ")
        if abs(at.replace(tzinfo=timezone.utc).timestamp() - self.now()) > 900:
            return self.refuse("InvalidTimeStamp.Expired", "expired", 400)
        nonce = headers["x-acs-signature-nonce"]
        if nonce in self.nonces or len(nonce) != 32:
            return self.refuse("SignatureNonceUsed", "used", 400)
        self.nonces.add(nonce)
        if headers["x-acs-version"] != "2017-05-25":
            return self.refuse("InvalidVersion", "version", 400)
        return {"SendSms": self.send, "QuerySendDetails": self.query}[headers["x-acs-action"]](
            dict(pairs))

    def send(self, p):
        if set(p) - {"PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"}:
            return self.refuse("isv.INVALID_PARAMETERS")
        values = json.loads(p.get("TemplateParam", "{}"))
        if not all(isinstance(v, str) for v in values.values()):
            return self.refuse("isv.INVALID_JSON_PARAM")
        self.sent.append({**p, "TemplateParam": values})
        return self.scripted(answer({"Message": "OK", "RequestId": "R-1", "Code": "OK",
                                     "BizId": "900619746936498440^0"}))

    def query(self, p):
        self.asked.append(p)
        items = [i for i in self.details if i["PhoneNum"] == p["PhoneNumber"] and
                 i.get("Day", p["SendDate"]) == p["SendDate"]]
        return self.scripted(answer({"Message": "OK", "RequestId": "R-2", "Code": "OK",
                                     "TotalCount": len(items),
                                     "SmsSendDetailDTOs": {"SmsSendDetailDTO": items}}))


class Tencent(Cloud):
    def refuse(self, code, message="words"):
        return answer({"Response": {"Error": {"Code": code, "Message": message},
                                    "RequestId": "R-1"}})

    def judge(self, method, target, headers, body):
        names = headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
        stamp = headers["x-tc-timestamp"]
        day = datetime.fromtimestamp(int(stamp), timezone.utc).strftime("%Y-%m-%d")
        canonical = "\n".join([method, target, "",
                               "".join(f"{n}:{headers[n].strip().lower()}\n"
                                       for n in names.split(";")), names, sha256(body)])
        scope = f"{day}/sms/tc3_request"
        to_sign = "\n".join(["TC3-HMAC-SHA256", stamp, scope, sha256(canonical.encode())])
        key = ("TC3" + self.secret).encode()
        for part in (day, "sms", "tc3_request"):
            key = hmac256(key, part).digest()
        want = (f"TC3-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={names}, "
                f"Signature={hmac256(key, to_sign).hexdigest()}")
        if not {"content-type", "host"} <= set(names.split(";")):
            return self.refuse("AuthFailure.SignatureFailure", "headers")
        if headers["authorization"] != want:
            return self.refuse("AuthFailure.SignatureFailure", "the provided credentials ...")
        if abs(int(stamp) - self.now()) > 300:
            return self.refuse("AuthFailure.SignatureExpire", "expired")
        if headers["x-tc-version"] != "2021-01-11" or headers["x-tc-region"] != REGION:
            return self.refuse("InvalidParameter", "version or region")
        return {"SendSms": self.send, "PullSmsSendStatusByPhoneNumber": self.query}[
            headers["x-tc-action"]](json.loads(body))

    def status(self, code, serial=""):
        p = self.sent[-1]
        return answer({"Response": {"SendStatusSet": [{
            "SerialNo": serial, "PhoneNumber": p["PhoneNumberSet"][0], "Fee": 1,
            "SessionContext": p["SessionContext"], "Code": code, "Message": "words",
            "IsoCode": "CN"}], "RequestId": "R-1"}})

    def send(self, p):
        if p["SmsSdkAppId"] != APP or not isinstance(p["TemplateParamSet"], list):
            return self.refuse("UnauthorizedOperation.SmsSdkAppIdVerifyFail")
        self.sent.append(p)
        if isinstance(self.script, str) and self.script.startswith("number:"):
            return self.status(self.script[7:])
        return self.scripted(self.status("Ok", "2028:f825e6b16e23f73f4123"))

    def query(self, p):
        self.asked.append(p)
        items = [i for i in self.details if i["PhoneNumber"] == p["PhoneNumber"]]
        return self.scripted(answer({"Response": {"PullSmsSendStatusSet": items,
                                                  "RequestId": "R-2"}}))


class Mas(Cloud):
    def refuse(self, code):
        return answer({"msgGroup": "", "rspcod": code, "success": False})

    def judge(self, method, target, headers, body):
        try:
            p = json.loads(base64.b64decode(body, validate=True))
        except ValueError:
            return self.refuse("InvalidMessage")
        text = [p["templateId"], p["mobiles"], p["params"]] if "templateId" in p else \
            [p["mobiles"], p["content"]]
        mac = hashlib.md5("".join([p["ecName"], p["apId"], self.secret, *text, p["sign"],
                                   p["addSerial"]]).encode()).hexdigest()
        if p["ecName"] != ENTERPRISE or p["apId"] != KEY:
            return self.refuse("InvalidUsrOrPwd")
        if p["mac"] != mac:
            return self.refuse("IllegalMac")
        if p["sign"] != SIGN_CODE:
            return self.refuse("NoSignId")
        if "secretKey" in p or ("params" in p and not isinstance(json.loads(p["params"]), list)):
            return self.refuse("InvalidMessage")
        self.sent.append({**p, "path": target})
        return self.scripted(answer({"msgGroup": "0105013527000001139923", "rspcod": "success",
                                     "success": True}))
