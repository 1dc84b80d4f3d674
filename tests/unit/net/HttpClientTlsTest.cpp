// TLS against a server with a certificate made on the spot.
#include "tests/support/TempHome.h"
#include "tests/unit/net/ClientSupport.h"

#include <boost/asio/ssl.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>

using namespace exo;
using namespace exo::net;
using namespace exo::test;

namespace {

// A self-signed certificate for 127.0.0.1 and its key, as PEM files.
void makeCertificate(const std::filesystem::path& certFile, const std::filesystem::path& keyFile) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* cert = X509_new();
    REQUIRE((key && cert));
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME* name = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(cert, name);
    X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(cert, names, -1);
    X509_EXTENSION_free(names);
    REQUIRE(X509_sign(cert, key, EVP_sha256()) > 0);
    std::FILE* file = std::fopen(certFile.c_str(), "w");
    PEM_write_X509(file, cert);
    std::fclose(file);
    file = std::fopen(keyFile.c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(cert);
    EVP_PKEY_free(key);
}

using TlsStream = asio::ssl::stream<Tcp::socket&>;

struct TlsFixture {
    TempHome home;
    asio::io_context io{1};
    asio::ssl::context tls{asio::ssl::context::tls_server};
    int handshakes = 0;
    int resumed = 0;
    Upstream upstream{io, [this](Tcp::socket& socket, int) { return serve(socket); }};

    TlsFixture() {
        makeCertificate(home / "cert.pem", home / "key.pem");
        tls.use_certificate_chain_file(home / "cert.pem");
        tls.use_private_key_file(home / "key.pem", asio::ssl::context::pem);
        const unsigned char context[] = "test";
        SSL_CTX_set_session_id_context(tls.native_handle(), context, sizeof context);
    }
    ~TlsFixture() { ::unsetenv("SSL_CERT_FILE"); }
    void trust() { ::setenv("SSL_CERT_FILE", (home / "cert.pem").c_str(), 1); }

    asio::awaitable<void> serve(Tcp::socket& socket) {
        TlsStream stream(socket, tls);
        boost::system::error_code error;
        co_await stream.async_handshake(TlsStream::server, asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        ++handshakes;
        resumed += SSL_session_reused(stream.native_handle());
        std::string head;
        const std::string answer = okWith("over tls", "Connection: close\r\n");
        co_await asio::async_read_until(stream, asio::dynamic_buffer(head), "\r\n\r\n",
                                        asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        co_await asio::async_write(stream, asio::buffer(answer),
                                   asio::redirect_error(asio::use_awaitable, error));
        co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
    }
};

} // namespace

TEST_CASE("a certificate nobody vouches for is refused, and repeating would not help") {
    TlsFixture f;
    const auto client = makeHttpClient(f.io);
    const auto answer = run(f.io, fetched(*client, get(f.upstream.url("/", "https"))));
    REQUIRE_FALSE(answer->response.ok());
    CHECK(answer->response.error().code == ErrorCode::UpstreamConnection);
    CHECK_FALSE(answer->response.error().retryable);
    CHECK(answer->response.error().detail.find("certificate") != std::string::npos);
    CHECK(f.handshakes == 0);
}

TEST_CASE("a certificate for another name is refused") {
    TlsFixture f;
    f.trust();
    const auto client = makeHttpClient(f.io);
    const std::string url = "https://localhost:" + std::to_string(f.upstream.port()) + "/";
    const auto answer = run(f.io, fetched(*client, get(url)));
    CHECK(answer->sendError() == ErrorCode::UpstreamConnection);
}

TEST_CASE("an authority named by SSL_CERT_FILE is trusted, and later connections resume its session") {
    TlsFixture f;
    f.trust();
    const auto client = makeHttpClient(f.io);
    for (int i = 0; i < 3; ++i) {
        const auto answer = run(f.io, fetched(*client, get(f.upstream.url("/", "https"))));
        CHECK(answer->status() == 200);
        REQUIRE(answer->body.ok());
        CHECK(*answer->body == "over tls");
    }
    CHECK(f.handshakes == 3);
    CHECK(f.resumed == 2);
}
