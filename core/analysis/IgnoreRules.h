#pragma once
// The rules of .gitignore files (https://git-scm.com/docs/gitignore), matched without running git. A matcher
// is linear in pattern × path, so a hostile pattern cannot stall the walk. Immutable after construction: any
// thread.

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exo::analysis {

// One line of an ignore file.
class IgnoreRule {
  public:
    // nullopt for blank lines, comments and patterns that can match nothing.
    static std::optional<IgnoreRule> parse(std::string_view line);

    // `path` is relative to the folder of the ignore file, without leading or trailing slash.
    bool matches(std::string_view path, bool isFolder) const;
    bool negated() const { return m_negated; }

  private:
    enum class Kind : std::uint8_t { Byte, AnyByte, Class, Star, Everything, Folders };
    struct Token {
        Kind kind = Kind::Byte;
        char byte = 0;
        std::uint16_t set = 0; // index into m_sets
    };

    bool compile(std::string_view pattern);
    bool compileClass(std::string_view pattern, std::size_t& pos);
    void compileStars(std::string_view pattern, std::size_t& pos);
    bool matchTokens(std::string_view text) const;
    void close(std::vector<bool>& states) const;

    std::string m_literal; // whole pattern, or the tail of "*tail", when no token is needed
    enum class Shape : std::uint8_t { Literal, Suffix, Tokens } m_shape = Shape::Tokens;
    std::vector<Token> m_tokens;
    std::vector<std::bitset<256>> m_sets;
    bool m_negated = false;
    bool m_folderOnly = false;
    bool m_anchored = false; // has a slash: matched against the path, not the last name
};

// The rules that hold in one folder: those of its own file before those of the folders above.
class IgnoreRules {
  public:
    // `base` is the folder of the file relative to the scanned root ("" or "a/b"); for a folder above the
    // root, `prefix` is the way from it to the root ("sub/dir").
    static std::shared_ptr<const IgnoreRules> parse(std::string_view text, std::string base,
                                                    std::string prefix,
                                                    std::shared_ptr<const IgnoreRules> above);

    // `path` is relative to the scanned root. The innermost, last rule that matches decides.
    bool ignored(std::string_view path, bool isFolder) const;
    // Of the scanned root itself, by the files above it.
    bool ignoresRoot() const;

  private:
    std::optional<bool> decide(std::string_view relative, bool isFolder) const;

    std::string m_base;
    std::string m_prefix;
    std::vector<IgnoreRule> m_rules;
    std::shared_ptr<const IgnoreRules> m_above;
};

} // namespace exo::analysis
