#pragma once
// A FileRecord as bytes, for the pipe of the workers and for the index. Tokens travel apart, as plain columns
// that can be used where they lie in a mapped file. Pure functions.

#include "core/analysis/parse/FileRecord.h"
#include "core/base/Result.h"

#include <string>
#include <string_view>

namespace exo::analysis {

// Changes with every source and grammar that has a part in what a record says or how it is written (the list
// is in CMakeLists.txt, the value a hash made by the build): indexes of another one are made anew.
extern const std::string_view k_recordVersion;
inline constexpr std::size_t k_maxRecordBytes = 32u << 20;

// Without the tokens.
std::string encodeRecord(const FileRecord& record);
// InvalidRequest for anything encodeRecord cannot have written: counts, lengths, enumerators and indexes are
// checked.
Result<FileRecord> decodeRecord(std::string_view bytes);

} // namespace exo::analysis
