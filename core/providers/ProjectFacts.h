#pragma once
// What can be quoted from a project and what its analysis counts: the material of the local assistant, of a
// model's context and of citations. Plain data: any thread.

#include "core/base/Ids.h"

#include <cstdint>
#include <string>
#include <vector>

namespace exo {

struct Excerpt {
    enum class Source { Project, Session, Help };
    Source source = Source::Project;
    std::string path;  // Project: relative path; Session: its title; Help: the document's title
    int startLine = 0; // 1-based, Project and Help only
    int endLine = 0;
    std::string text;
    std::string heading; // nearest heading or definition line above, may be empty
    SessionId sessionId;
    MessageId messageId;
    double score = 0;  // higher is better, comparable within one answer only
    bool weak = false; // speaks of a small part of the question only; the nearest there is
    std::string hash;  // Project: SHA-256 of the file the lines were read from; empty when not known
};

struct FactQuery {
    enum class Kind : std::uint8_t {
        Definition, // where a name is defined
        Callers,    // who calls it
        Callees,    // what it calls
        References, // where a name is used
        Includes,   // what a file includes or imports
        IncludedBy, // who includes it
        Largest,    // files and functions by lines
        MostComplex,
        Riskiest, // findings and hotspots together
        History,  // what changes most, who owns it
        Duplicates,
        Debt, // TODO, FIXME, …
        Findings,
        Coupling // files that change together
    };
    Kind kind = Kind::Definition;
    std::string project;
    std::string question; // what names and files are asked about is found in it
    std::size_t limit = 10;
};

struct Fact {
    std::string path;
    int startLine = 0, endLine = 0; // 0: the file as a whole
    std::string name;               // of a function, a type; empty for a file
    std::string text;               // the line as written, a message, who owns it, what is no code
    std::string note;               // kind of symbol, how sure a call is, a rule
    std::int64_t lines = 0, complexity = 0, count = 0;
    double share = 0; // 0–1
};

struct ProjectFacts {
    bool analysed = false;
    std::vector<std::string> subjects; // the names or files found in the question
    std::vector<Fact> facts;           // best first, at most `limit`
    std::int64_t total = 0;
    std::vector<std::string> nearest; // names like the one asked for, when that is not known
    std::vector<Excerpt> excerpts;    // that belong to the first facts
};

} // namespace exo
