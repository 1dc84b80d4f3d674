#pragma once
// What the tools share: reading their arguments, and writing an answer as text and as data side by side,
// bounded, with a note when something was left out. Private to the tools; one thread.

#include "core/analysis/retrieve/KnownProject.h"
#include "core/providers/ToolBox.h"

#include <atomic>
#include <string>
#include <string_view>
#include <unordered_map>

namespace exo::analysis {

struct ToolCallContext {
    const KnownProject& project;
    const Json& arguments;
    const std::atomic<bool>& cancelled;
    const AnalysisResult& result() const { return project.result(); }
};

// The path of a file of the project, from what a model wrote: "./a.c", "/root/a.c". InvalidRequest when it
// leaves the root, NotFound when the project has no such file.
Result<std::string> projectPath(const KnownProject& project, std::string_view path);
// The argument "path" in that form, empty when it is not there.
Result<std::string> pathArgument(const ToolCallContext& call);
Result<std::size_t> limitArgument(const ToolCallContext& call, std::size_t usual, std::size_t most);

// "a.c:3-9"
std::string placeText(std::string_view path, int start, int end);

class ToolWriter {
  public:
    explicit ToolWriter(const KnownProject& project)
        : m_project(project) {}

    static constexpr std::size_t k_maxText = 32 * 1024;

    void text(std::string_view text) { m_answer.text += text; }
    // One line of text and its item; false when there is no room left, then neither is written.
    bool item(std::string_view line, Json item);
    // Lines the reader has now seen of a file.
    void shows(std::string_view path, int start, int end);
    void shows(std::string_view path, int start, int end, std::string hash);
    // The line as it is in the file now, trimmed; empty when it cannot be read. Keeps files it has read.
    std::string lineAt(const std::string& path, int line);

    // Ends the answer: {listName: items, total, truncated} beside what `extra` holds.
    ToolAnswer finish(std::string_view listName, std::size_t total, Json extra = Json::object());

  private:
    const KnownProject& m_project;
    ToolAnswer m_answer;
    Json m_items = Json::array();
    struct Read {
        std::string text;
        std::vector<std::string_view> lines;
    };
    std::unordered_map<std::string, std::unique_ptr<Read>> m_read;
};

} // namespace exo::analysis
