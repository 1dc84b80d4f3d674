#pragma once
// Bytes of a file as text: encoding, lines, and whether it is worth indexing. Line numbers count from 1 and
// are those an editor shows. Pure functions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// UTF-8 as it is (without byte order mark); UTF-16 with a mark and GB 18030 are converted; other single-byte
// encodings keep their ASCII and get U+FFFD for the rest. nullopt for binary data.
std::optional<std::string> decodeText(std::string bytes);
// Whether that is the bytes as they are.
bool isPlainText(std::string_view bytes);
// Loads what decodeText takes from the system's files; for processes that are about to lose sight of them.
void prepareDecoding();

// Without line ends; an unterminated last line counts, a terminated one is not followed by an empty one.
std::vector<std::string_view> linesOf(std::string_view text);

// Lines so long that nobody wrote them.
bool looksMinified(std::string_view text, std::size_t lineCount);
// A tool's mark among the first lines ("@generated", "DO NOT EDIT", …).
bool looksGenerated(const std::vector<std::string_view>& lines);

// SHA-256 in hexadecimal.
std::string contentHash(std::string_view bytes);

} // namespace exo::analysis
