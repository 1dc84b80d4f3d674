#pragma once
// How languages write comments and strings, as data: what counting lines has to know of them, and no more.
// Constant data and pure functions: any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace exo::analysis {

// Lines from the next one on that are a string which began in this one.
struct HereDocument {
    enum class End : std::uint8_t {
        Line,     // with a line that is the word
        Indented, // blanks may stand before it
        Start     // before a line that begins with it; blanks may stand before it
    };
    std::string_view word{}; // empty: none
    End end = End::Line;
};
// Behind its last line. 0 when nothing ends it: it is none.
std::size_t hereEnd(std::string_view text, std::size_t from, const HereDocument& document);

// A piece of a text that begins where it was asked for, and what its lines are.
struct LinePiece {
    enum class Kind : std::uint8_t {
        Comment,
        Code, // its blank lines too: they are in a string
        Text  // code where it is not blank
    } kind = Kind::Code;
    std::size_t end = 0; // behind it
    std::size_t bodyEnd =
        0;               // not 0: the lines from the next one up to here are a string that begins in this one
    HereDocument here{}; // or where they end is still to be found
};

// What begins at `at` by a rule that is no table.
using LineHook = std::optional<LinePiece> (*)(std::string_view text, std::size_t at);

struct LineSyntax {
    struct Block {
        std::string_view open, close;
    };
    struct Quote {
        std::string_view open, close;
        bool escapes = false; // a backslash takes the next character's meaning
        bool lines = false;   // may hold line ends; one that may not and is not closed is no string
    };

    std::string_view language; // display name
    std::array<std::string_view, 4> lineComments{};
    std::array<Block, 2> blocks{};
    std::array<Quote, 5> quotes{}; // a longer opener before its beginning
    bool nested = false;           // blocks within blocks
    bool continued = false;        // a line comment goes on behind a backslash at the end of its line
    bool onlyFirst = false;        // comments stand first in a line; nothing is known of strings
    bool atWords = false;          // a line comment begins a word: "$#" holds none
    std::string_view watched{};    // characters the hook wants to see
    LineHook hook = nullptr;
};

// nullptr when nothing is known: all lines that are not blank are code then.
const LineSyntax* lineSyntaxOf(std::string_view languageName);

namespace hook {
std::optional<LinePiece> c(std::string_view text, std::size_t at);
std::optional<LinePiece> script(std::string_view text, std::size_t at);
std::optional<LinePiece> rust(std::string_view text, std::size_t at);
std::optional<LinePiece> character(std::string_view text, std::size_t at);
std::optional<LinePiece> csharp(std::string_view text, std::size_t at);
std::optional<LinePiece> ruby(std::string_view text, std::size_t at);
std::optional<LinePiece> php(std::string_view text, std::size_t at);
std::optional<LinePiece> shell(std::string_view text, std::size_t at);
std::optional<LinePiece> lua(std::string_view text, std::size_t at);
std::optional<LinePiece> yaml(std::string_view text, std::size_t at);
} // namespace hook

} // namespace exo::analysis
