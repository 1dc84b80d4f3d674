#pragma once
// Talking to a person or a pipe: results go to stdout, everything else to stderr. What a model or a stranger
// wrote cannot steer the terminal. Main thread, or one thread at a time.

#include "core/api/ErrorMap.h"
#include "core/base/Json.h"

#include <string>
#include <string_view>
#include <vector>

namespace exo::cli {

// Chinese when LC_ALL, LC_MESSAGES or LANG (the first that is set) begins with zh.
api::Language language();
bool stdoutIsTerminal();

// Control characters (also the C1 range) and those that turn the writing direction become visible; line ends
// and tabs stay.
std::string escapeForTerminal(std::string_view text);

// Text for stdout: escaped when that is a terminal, as it is otherwise. False when nobody reads any more.
bool print(std::string_view text);
bool printJson(const Json& json);
// False when not everything could be written.
bool flushOutput();
// Whether the program that read our output has ended (`| head`): nothing more needs to be said.
bool readerGone();
// A word on stderr about a result that could not be written for another reason, e.g. a full disk.
void sayIfNotWritten();

// One message on stderr, after "exobrain: ".
void say(std::string_view text);

// Columns as wide as their widest cell; the last one is not padded.
std::string table(const std::vector<std::vector<std::string>>& rows);
// Cells on a terminal: Han, kana and full-width forms take two.
std::size_t displayWidth(std::string_view text);
// At most `cells` wide, on one line, with … when something was left out.
std::string fitLine(std::string_view text, std::size_t cells);

} // namespace exo::cli
