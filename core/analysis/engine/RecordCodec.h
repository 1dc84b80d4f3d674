#pragma once
// A FileRecord as bytes, for the pipe of the workers and for the index. Tokens travel apart, as plain columns
// that can be used where they lie in a mapped file. Pure functions.

#include "core/analysis/parse/FileRecord.h"
#include "core/base/Result.h"

#include <string>
#include <string_view>

namespace exo::analysis {

// Changes whenever the bytes below or what the parsers make of a file change: indexes of another version are
// made anew.
inline constexpr std::uint32_t k_recordVersion = 2;
inline constexpr std::size_t k_maxRecordBytes = 32u << 20;

// Without the tokens.
std::string encodeRecord(const FileRecord& record);
// InvalidRequest for anything encodeRecord cannot have written: counts, lengths, enumerators and indexes are
// checked.
Result<FileRecord> decodeRecord(std::string_view bytes);

} // namespace exo::analysis
