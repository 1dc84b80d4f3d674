#pragma once
// Files of resources/ that are part of the binary (SQL migrations, prompts, the OpenAPI file, help).

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exo {

struct ResourceEntry {
    const char* name;
    const char* begin;
    const char* end;
};

// Generated at build time.
std::span<const ResourceEntry> resourceTable();

// The bytes of e.g. "migrations/0001_sessions.sql"; nullopt when there is no such file.
std::optional<std::string_view> resource(std::string_view name);
// Names below a folder ("migrations/"), sorted.
std::vector<std::string_view> resourcesIn(std::string_view folder);

} // namespace exo
