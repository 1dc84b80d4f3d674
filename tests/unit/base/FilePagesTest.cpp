#include "core/base/FilePages.h"

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>
#include <fstream>
#include <memory>
#include <string>

using namespace exo;

namespace {

// Larger than what one fault maps.
constexpr std::size_t k_pages = 512;
constexpr std::size_t k_page = 4096;
struct Table {
    std::array<unsigned char, k_pages * k_page> bytes{};
    constexpr Table() {
        for (std::size_t i = 0; i < bytes.size(); i += k_page)
            bytes[i] = static_cast<unsigned char>(i / k_page * 7 + 1);
    }
};
constexpr Table k_table;

// Reads each page; a page that came back empty or wrong is told.
std::size_t wrongPages() {
    std::size_t wrong = 0;
    const volatile unsigned char* bytes = k_table.bytes.data();
    for (std::size_t i = 0; i < k_table.bytes.size(); i += k_page)
        wrong += bytes[i] != static_cast<unsigned char>(i / k_page * 7 + 1);
    return wrong;
}

long filePagesResident() { // kB
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssFile:")) return std::stol(line.substr(8));
    return -1;
}

struct Base {
    virtual ~Base() = default;
    virtual int number() const = 0;
};
struct Derived final : Base {
    int number() const override { return 7; }
};

} // namespace

TEST_CASE("pages of code and constants go and come back as they were; relocated and written data stays") {
    static int written = 41;
    static const char* const pointers[] = {"one", "two"}; // relocated
    ++written;
    const std::unique_ptr<Base> object = std::make_unique<Derived>();
    REQUIRE(wrongPages() == 0);
    const long before = filePagesResident();
    CHECK(dropFilePages() >= 4); // code and constants of the program and of the C library
    const long after = filePagesResident();
    CHECK(before - after >= static_cast<long>(k_pages * k_page / 1024)); // at least the table went
    CHECK(wrongPages() == 0);
    CHECK(written == 42);
    CHECK(std::string(pointers[1]) == "two");
    CHECK(object->number() == 7);
}
