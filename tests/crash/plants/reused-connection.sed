# SMS go out on connections that are kept: libcurl repeats a request whose connection closes (F1).
# files: daemon/deliver/*.c
/CURLOPT_FRESH_CONNECT\|CURLOPT_FORBID_REUSE/d
