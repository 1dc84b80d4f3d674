#include "core/analysis/tools/ToolWriter.h"

#include "core/analysis/FileKinds.h"
#include "core/analysis/TextFile.h"
#include "core/analysis/engine/IncludeResolver.h"
#include "core/base/Text.h"

namespace exo::analysis {

namespace {

constexpr std::size_t k_maxSource = 4u << 20;
constexpr std::size_t k_maxLine = 240;
constexpr std::size_t k_maxReads = 200; // files opened for one answer

} // namespace

Result<std::string> projectPath(const KnownProject& project, std::string_view path) {
    const std::string asked(path);
    const std::string& root = project.root().path();
    if (path.find('\0') != std::string_view::npos)
        return fail(ErrorCode::InvalidRequest, "a path holds no zero byte", "path");
    if (path.starts_with('/')) {
        if (path == root) return std::string();
        if (!path.starts_with(root + "/"))
            return fail(ErrorCode::InvalidRequest, asked + " is outside the project", "path");
        path.remove_prefix(root.size() + 1);
    }
    std::string normal = joinPath("", path);
    if (normal.empty() && path.find("..") != std::string_view::npos)
        return fail(ErrorCode::InvalidRequest, asked + " is outside the project", "path");
    return normal;
}

Result<std::string> pathArgument(const ToolCallContext& call) {
    EXO_TRY(const auto path, optString(call.arguments, "path"));
    if (!path || path->empty()) return std::string();
    EXO_TRY(std::string normal, projectPath(call.project, *path));
    if (rankOf(normal) == FileRank::Private)
        return fail(ErrorCode::InvalidRequest, normal + " may hold keys and is not read", "path");
    return normal;
}

Result<std::size_t> limitArgument(const ToolCallContext& call, std::size_t usual, std::size_t most) {
    EXO_TRY(const auto limit, optInt(call.arguments, "limit", 1, static_cast<std::int64_t>(most)));
    return limit ? static_cast<std::size_t>(*limit) : usual;
}

std::string placeText(std::string_view path, int start, int end) {
    std::string text = std::string(path) + ":" + std::to_string(start);
    if (end > start) text += "-" + std::to_string(end);
    return text;
}

bool ToolWriter::item(std::string_view line, Json item) {
    if (m_answer.text.size() + line.size() + 1 > k_maxText) return false;
    m_answer.text += line;
    m_answer.text += '\n';
    m_items.push_back(std::move(item));
    return true;
}

void ToolWriter::shows(std::string_view path, int start, int end) {
    shows(path, start, end, m_project.result().hashOf(path));
}

void ToolWriter::shows(std::string_view path, int start, int end, std::string hash) {
    Excerpt place;
    place.path = path;
    place.startLine = start;
    place.endLine = std::max(start, end);
    place.hash = std::move(hash);
    m_answer.places.push_back(std::move(place));
}

std::string ToolWriter::lineAt(const std::string& path, int line) {
    auto found = m_read.find(path);
    if (found == m_read.end()) {
        if (m_read.size() >= k_maxReads) return {};
        auto read = std::make_unique<Read>();
        auto bytes = m_project.root().read(path, k_maxSource);
        if (bytes.ok())
            if (auto text = decodeText(std::move(bytes->bytes))) {
                read->text = std::move(*text);
                read->lines = linesOf(read->text);
            }
        found = m_read.emplace(path, std::move(read)).first;
    }
    const auto& lines = found->second->lines;
    if (line < 1 || line > static_cast<int>(lines.size())) return {};
    return std::string(utf8Prefix(trim(lines[static_cast<std::size_t>(line - 1)]), k_maxLine));
}

ToolAnswer ToolWriter::finish(std::string_view listName, std::size_t total, Json extra) {
    const std::size_t shown = m_items.size();
    const bool truncated = shown < total;
    if (truncated)
        m_answer.text += "… " + std::to_string(total - shown) + " of " + std::to_string(total) +
                         " are not shown: narrow the question, or raise `limit`.\n";
    m_answer.structured = std::move(extra);
    m_answer.structured[std::string(listName)] = std::move(m_items);
    m_answer.structured["total"] = total;
    m_answer.structured["truncated"] = truncated;
    return std::move(m_answer);
}

} // namespace exo::analysis
