#include "app/exobrain/doctor/Redact.h"

#include <doctest/doctest.h>

using exo::doctor::Redactor;

TEST_CASE("secrets go, by their text and by their form, and the rest stays") {
    const Redactor redact({"known-secret", "known-secret-longer", "abc"});
    CHECK(redact("x known-secret-longer y known-secret z abc") == "x *** y *** z abc");
    CHECK(redact("key exo_0123456789abc used") == "key exo_*** used");
    CHECK(redact("sk-proj-AAAA1111bbbb") == "sk-***");
    CHECK(redact("authorization: Bearer abc.def-123") == "authorization: *** ***");
    CHECK(redact("redis://user:pw@host:1/0") == "redis://***@host:1/0");
    CHECK(redact("https://host/path") == "https://host/path");
    CHECK(redact(R"({"api_key": "v1234567", "model": "m"})") == R"({"api_key": "***", "model": "m"})");
    CHECK(redact("password=hunter22&x=1") == "password=***&x=1");
    CHECK(redact("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nnext") == "***\nnext");
    CHECK(redact("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln") == "***");
    CHECK(redact("GET /healthz 200 0.1ms 15B id=req_01m8") == "GET /healthz 200 0.1ms 15B id=req_01m8");
    CHECK(redact("") == "");
}
